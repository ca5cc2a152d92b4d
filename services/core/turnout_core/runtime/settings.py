"""The settings of all services, from ``TURNOUT_*`` in the environment."""

import logging
import os
import re
from collections.abc import Collection
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from turnout_core.runtime.origins import ANY, Origin
from turnout_core.runtime.startup import WAIT_S, read_secret
from turnout_core.runtime.valkey_url import ValkeyUrl

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"), IPv6Network("::1"))
EVERYWHERE: Final = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

_PREFIX: Final = "TURNOUT_"
_ALMOST: Final = 0.85  # such as one wrong, missing or extra letter in seven

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


def _split_commas(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _check_origins(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(each == ANY or Origin.parse(each) for each in values):
        raise ValueError(
            "must be origins such as https://events.example, without a path and with the name in ASCII (xn--…), or *"
        )
    return values


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas), AfterValidator(_check_origins)]


def _check_frames(values: tuple[str, ...]) -> tuple[str, ...]:
    origins = [Origin.parse(each) for each in values if each != ANY]
    if not all(each and re.fullmatch(r"[a-z0-9.:-]+", each.host) for each in origins):
        raise ValueError("must be origins such as https://blog.example, without a path, separated by spaces, or *")
    return (ANY,) if ANY in values else tuple(map(str, origins))


def _split_spaces(value: Any) -> Any:
    return value.split() if isinstance(value, str) else value


FramingOrigins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_spaces), AfterValidator(_check_frames)]
"""Origins with spaces between them, as ``frame-ancestors`` has them: deploy/caddy/Caddyfile uses the same text."""


def _base_path(value: str) -> str:
    path = value.rstrip("/")
    if path and re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path) is None:
        raise ValueError("must be a path such as /turnout, of letters, digits and . _ ~ -")
    return path


BasePath = Annotated[str, AfterValidator(_base_path)]


def _site(value: str) -> str:
    if not value:  # as a container gets it from an empty setting
        return value
    scheme, separator, rest = value.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    if not separator or Origin.parse(f"{scheme}://{host}") is None or scheme not in {"http", "https"}:
        raise ValueError(
            "must be the address of the site, such as https://events.example or https://here.example/turnout"
        )
    return f"{scheme}://{host}{_base_path(slash + path)}"


SiteAddress = Annotated[str, AfterValidator(_site)]


def warn_of_misspelt_names(known: Collection[str]) -> None:
    """Logs each variable of the environment that is not ``known``, but almost has a known name."""
    unprefixed = [each.removeprefix(_PREFIX) for each in known]
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name not in known:
            for match in get_close_matches(name.removeprefix(_PREFIX), unprefixed, n=1, cutoff=_ALMOST):
                log.warning("%s is not a setting; did you mean %s%s?", name, _PREFIX, match)


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
    valkey_wait_s: Annotated[
        float,
        Field(ge=0, description="seconds for which a start waits for a Valkey that does not answer; then it fails"),
    ] = WAIT_S
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
    origins: Annotated[
        Origins,
        Field(
            description="further origins whose pages may act here, such as https://events.example, separated by "
            "commas: needed behind a proxy that changes the header Host; * lets any page open a live link, and none "
            "send commands"
        ),
    ] = ()
    base_path: Annotated[
        BasePath,
        Field(description="path below which a proxy serves everything and which it strips, such as /turnout"),
    ] = ""
    url: Annotated[
        SiteAddress | None,
        Field(
            description="public address of the site, such as https://events.example/turnout, with which the addresses "
            "in mails, heads of pages, calendars and the sitemap begin; without it no notices are mailed, and the "
            "others begin as the request for them says"
        ),
    ] = None
    metrics: Annotated[
        Literal["local", "everyone"],
        Field(
            description="who may read /metrics: local for clients of the machine itself, everyone for all that reach "
            "the port"
        ),
    ] = "local"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="lowest level that is logged: debug, info, warning or error"),
    ] = "info"

    @classmethod
    def variables(cls) -> set[str]:
        """The names of the variables that set these settings."""
        return {f"TURNOUT_{field}".upper() for field in cls.model_fields} | set(cls.former_names)

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
