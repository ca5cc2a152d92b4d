"""The settings that every service has, from ``TURNOUT_*`` in the environment."""

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


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class ServiceSettings(BaseSettings):
    """The description of a field is its help text; docs/settings.md is made of them.

    Attributes:
        former_names: of variables that were renamed and still work, with the field that each of them sets.
    """

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", frozen=True, extra="ignore")

    former_names: ClassVar[dict[str, str]] = {}

    host: Annotated[str, Field(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8001
    valkey: Annotated[
        ValkeyUrl,
        Field(description="URL of the Valkey, or Redis >= 7.2, that holds the journal; it may hold a password"),
    ] = "redis://127.0.0.1:6379"
    valkey_file: Annotated[
        Path | None, Field(description="file that holds that URL instead, so that its password is in no environment")
    ] = None
    secret_file: Annotated[
        Path | None,
        Field(description="file with the secret that signs sessions; without one, a secret is made and kept in Valkey"),
    ] = None
    trusted_proxies: Annotated[
        Networks,
        Field(
            description="networks of proxies whose X-Forwarded-* headers are believed, separated by commas or spaces; "
            "* for any"
        ),
    ] = LOOPBACK
    origins: Annotated[
        Listed,
        Field(
            description="further origins whose pages may act here, such as https://events.example, separated by "
            "commas; * lets any page open a live link, and none send commands"
        ),
    ] = ()
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="lowest level that is logged: debug, info, warning or error"),
    ] = "info"

    @classmethod
    def warn_of_former_names(cls) -> None:
        """Logs each variable of the environment that has a new name."""
        for name, field in cls.former_names.items():
            if name in os.environ:
                log.warning("%s is deprecated: set TURNOUT_%s instead", name, field.upper())

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: dict[str, Any]) -> dict[str, Any]:
        former = {field: os.environ[name] for name, field in cls.former_names.items() if name in os.environ}
        complete = {**former, **given}
        file = complete.get("valkey_file")
        return {**complete, "valkey": read_secret(Path(file))} if file else complete
