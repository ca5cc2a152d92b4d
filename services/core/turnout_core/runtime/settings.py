"""The settings of all services, from ``TURNOUT_*`` in the environment."""

import logging
import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from turnout_core.runtime.startup import read_secret
from turnout_core.runtime.valkey_client import ValkeyUrl

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"), IPv6Network("::1"))
EVERYWHERE: Final = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

log = logging.getLogger("turnout.settings")


def _networks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = value.replace(",", " ").split()
    try:
        return EVERYWHERE if parts == ["*"] else [ip_network(part) for part in parts]
    except ValueError:
        raise ValueError("must be networks such as 10.0.0.0/8, separated by commas or spaces, or *") from None


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]


class ServiceSettings(BaseSettings):
    """Base of the settings of each service. docs/settings.md is generated from the descriptions of the fields.

    Attributes:
        former_names: deprecated variables that still work, each with the field that it sets.
    """

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", frozen=True, extra="ignore")

    former_names: ClassVar[dict[str, str]] = {}

    host: Annotated[str, Field(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 for any free port")] = 8001
    valkey: Annotated[
        ValkeyUrl,
        Field(description="URL of the Valkey, or Redis >= 7.2, that stores the journal; it may contain a password"),
    ] = "redis://127.0.0.1:6379"
    valkey_file: Annotated[
        Path | None,
        Field(description="file with this URL, so that its password is not in the environment"),
    ] = None
    secret_file: Annotated[
        Path | None,
        Field(description="file with the secret that signs sessions; by default one is generated and stored in Valkey"),
    ] = None
    trusted_proxies: Annotated[
        Networks,
        Field(
            description="networks of proxies whose X-Forwarded-* headers are trusted, separated by commas or spaces; "
            "* for any"
        ),
    ] = LOOPBACK
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="lowest level that is logged: debug, info, warning or error"),
    ] = "info"

    @classmethod
    def warn_of_former_names(cls) -> None:
        """Logs a warning for each deprecated variable in the environment."""
        for name, field in cls.former_names.items():
            if name in os.environ:
                log.warning("%s is deprecated: set TURNOUT_%s instead", name, field.upper())

    @model_validator(mode="before")
    @classmethod
    def _add_former_names_and_file(cls, given: dict[str, Any]) -> dict[str, Any]:
        former = {field: os.environ[name] for name, field in cls.former_names.items() if name in os.environ}
        complete = {**former, **given}
        file = complete.get("valkey_file")
        return {**complete, "valkey": read_secret(Path(file))} if file else complete
