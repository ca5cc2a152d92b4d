"""What an operator can set: ``TURNOUT_*`` in the environment, or the options of the command line."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from turnout_core.runtime.startup import read_secret
from turnout_core.runtime.valkey_client import ValkeyUrl
from turnout_gateway.live.admission import LOOPBACK, Door
from turnout_gateway.live.client_protocol import Allowance
from turnout_gateway.live.hub import Terms
from turnout_gateway.views.registry import Limits


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _networks(value: Any) -> Any:
    return [ip_network(part) for part in value.replace(",", " ").split()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]


class Settings(BaseSettings):
    """A field's description says what it is; docs/settings.md is made of them."""

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", frozen=True, extra="ignore")

    host: Annotated[str, Field(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8001
    valkey: Annotated[
        ValkeyUrl,
        Field(description="URL of the Valkey, or Redis >= 7.2, that keeps the journal; it may hold a password"),
    ] = "redis://127.0.0.1:6379"
    valkey_file: Annotated[
        Path | None, Field(description="file that holds that URL instead, so that its password is in no environment")
    ] = None
    secret_file: Annotated[
        Path | None,
        Field(
            description="file with the secret that signs sessions; without one, the secret in Valkey is taken, or made"
        ),
    ] = None
    origins: Annotated[
        Listed, Field(description="further origins whose pages may open a live link, comma-separated; * for any")
    ] = ()
    proxies: Annotated[
        Networks,
        Field(
            description="networks of our own proxies, whose X-Forwarded-For is believed, separated by commas or spaces"
        ),
    ] = LOOPBACK
    links: Annotated[int, Field(ge=1, description="live links at a time")] = 50_000
    links_per_address: Annotated[
        int, Field(ge=1, description="live links from one address; of IPv6, a /64 counts as one")
    ] = 1_000
    links_per_user: Annotated[int, Field(ge=1, description="live links of one user")] = 1_000
    views_per_link: Annotated[int, Field(ge=1, description="different views that one link may watch")] = 100
    views: Annotated[int, Field(ge=1, description="different views at a time")] = 50_000
    searches: Annotated[int, Field(ge=1, description="different views with words at a time")] = 1_000
    linger_s: Annotated[
        float, Field(ge=0, description="seconds that a view stays up to date when nobody watches it")
    ] = 60
    tick_ms: Annotated[
        float,
        Field(
            ge=0,
            le=1000,
            description="the time between two ticks, in which changes are merged, in ms; cheap ticks come sooner",
        ),
    ] = 16
    beat_ms: Annotated[int, Field(ge=100, description="interval of beats on an idle link, in ms")] = 10_000
    stall_s: Annotated[
        float,
        Field(gt=0, description="a client that takes nothing of what waits for it is cut off after so many seconds"),
    ] = 20
    messages_burst: Annotated[int, Field(ge=1, description="messages that one client may send at once")] = 200
    messages_per_s: Annotated[
        float, Field(gt=0, description="messages a second that one client may send in the long run")
    ] = 20
    message_max_bytes: Annotated[int, Field(ge=1024, description="size of a message that a client may send")] = 8192
    drain_s: Annotated[float, Field(ge=0, description="seconds that a stop may take to send the clients elsewhere")] = 5
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="what is logged: debug, info, warning or error")
    ] = "info"

    @model_validator(mode="before")
    @classmethod
    def _address(cls, given: dict[str, Any]) -> dict[str, Any]:
        file = given.get("valkey_file")
        return {**given, "valkey": read_secret(Path(file))} if file else given

    def terms(self) -> Terms:
        allowance = Allowance(self.message_max_bytes, self.messages_burst, self.messages_per_s)
        return Terms(allowance, self.views_per_link, self.beat_ms, self.stall_s)

    def limits(self) -> Limits:
        return Limits(self.views, self.searches, linger_ms=round(self.linger_s * 1000))

    def door(self) -> Door:
        return Door(self.origins, self.proxies, self.links, self.links_per_address, self.links_per_user)
