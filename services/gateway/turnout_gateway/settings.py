"""What an operator can set: ``TURNOUT_*`` in the environment, or the options of the command line."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from turnout_core.connection import ValkeyUrl
from turnout_core.start import secret
from turnout_gateway.handshake import LOOPBACK, Door
from turnout_gateway.hub import Terms
from turnout_gateway.session import Allowance
from turnout_gateway.views import Limits


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _networks(value: Any) -> Any:
    return [ip_network(part) for part in value.replace(",", " ").split()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]


class Settings(BaseSettings):
    """
    Attributes:
        valkey: where the journal is.
        valkey_file: holds that address instead, so that its password is in no environment.
        secret_file: holds the secret that signs sessions; without it the one in Valkey is taken, or made.
        origins: further origins whose pages may open a live link, comma-separated; "*" for any.
        proxies: networks of our own edge, whose X-Forwarded-For is believed, separated by commas or spaces.
        links, links_per_address, links_per_user: live links at a time; of IPv6, a /64 counts as one address.
        views_per_link, views, searches: different views at a time, of one link and of this gateway; of the latter,
            those with words.
        linger_s: how long a view stays up to date when nobody watches it.
        tick_ms: the longest rest after a tick, in which changes are merged; cheap ticks rest less.
        beat_ms: the interval of beats on an idle link.
        stall_s: a client that takes nothing of what waits for it is cut off after so long.
        messages_burst, messages_per_s, message_max_bytes: what one client may send.
        drain_s: how long a stop may take to send the clients elsewhere.
        log_level: debug, info, warning or error.
    """

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8001
    valkey: ValkeyUrl = "redis://127.0.0.1:6379"
    valkey_file: Path | None = None
    secret_file: Path | None = None
    origins: Listed = ()
    proxies: Networks = LOOPBACK
    links: Annotated[int, Field(ge=1)] = 50_000
    links_per_address: Annotated[int, Field(ge=1)] = 1_000
    links_per_user: Annotated[int, Field(ge=1)] = 1_000
    views_per_link: Annotated[int, Field(ge=1)] = 100
    views: Annotated[int, Field(ge=1)] = 50_000
    searches: Annotated[int, Field(ge=1)] = 1_000
    linger_s: Annotated[float, Field(ge=0)] = 60
    tick_ms: Annotated[float, Field(ge=0, le=1000)] = 10
    beat_ms: Annotated[int, Field(ge=100)] = 10_000
    stall_s: Annotated[float, Field(gt=0)] = 20
    messages_burst: Annotated[int, Field(ge=1)] = 200
    messages_per_s: Annotated[float, Field(gt=0)] = 20
    message_max_bytes: Annotated[int, Field(ge=1024)] = 8192
    drain_s: Annotated[float, Field(ge=0)] = 5
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="before")
    @classmethod
    def _address(cls, given: dict[str, Any]) -> dict[str, Any]:
        file = given.get("valkey_file")
        return {**given, "valkey": secret(Path(file))} if file else given

    def terms(self) -> Terms:
        allowance = Allowance(self.message_max_bytes, self.messages_burst, self.messages_per_s)
        return Terms(allowance, self.views_per_link, self.beat_ms, self.stall_s)

    def limits(self) -> Limits:
        return Limits(self.views, self.searches, linger_ms=round(self.linger_s * 1000))

    def door(self) -> Door:
        return Door(self.origins, self.proxies, self.links, self.links_per_address, self.links_per_user)
