"""The settings of a gateway."""

from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from turnout_core.runtime.settings import ServiceSettings
from turnout_gateway.live.admission import Door
from turnout_gateway.live.client_protocol import Allowance
from turnout_gateway.live.hub import Terms
from turnout_gateway.runtime.flusher import TICK_S
from turnout_gateway.views.registry import Limits

# The defaults are theirs.
_ADMISSION: Final = Door()
_CLIENT: Final = Terms()
_MESSAGES: Final = Allowance()
_VIEWS: Final = Limits()


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(ServiceSettings):
    former_names: ClassVar = {"TURNOUT_PROXIES": "trusted_proxies"}

    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8002
    origins: Annotated[
        Listed, Field(description="further origins whose pages may open a live link, comma-separated; * for any")
    ] = ()
    links: Annotated[int, Field(ge=1, description="live links at a time")] = _ADMISSION.links
    links_per_address: Annotated[
        int, Field(ge=1, description="live links from one address; of IPv6, a /64 counts as one")
    ] = _ADMISSION.links_per_place
    links_per_user: Annotated[int, Field(ge=1, description="live links of one user")] = _ADMISSION.links_per_user
    views_per_link: Annotated[int, Field(ge=1, description="different views that one link may watch")] = (
        _CLIENT.views_per_client
    )
    views: Annotated[int, Field(ge=1, description="different views at a time")] = _VIEWS.views
    searches: Annotated[int, Field(ge=1, description="different searches at a time")] = _VIEWS.searches
    linger_s: Annotated[
        float, Field(ge=0, description="seconds that a view stays up to date after its last client has left")
    ] = _VIEWS.linger_ms / 1000
    tick_ms: Annotated[
        float,
        Field(
            ge=0,
            le=1000,
            description="interval in ms in which changes are merged into one update; sooner under light load",
        ),
    ] = TICK_S * 1000
    beat_ms: Annotated[int, Field(ge=100, description="interval of heartbeats on an idle link, in ms")] = (
        _CLIENT.beat_ms
    )
    stall_s: Annotated[
        float,
        Field(gt=0, description="seconds after which a client that does not read is disconnected"),
    ] = _CLIENT.stall_s
    messages_burst: Annotated[int, Field(ge=1, description="messages that one client may send at once")] = (
        _MESSAGES.burst
    )
    messages_per_s: Annotated[
        float, Field(gt=0, description="messages a second that one client may send in the long run")
    ] = _MESSAGES.per_s
    message_max_bytes: Annotated[
        int, Field(ge=1024, description="size of a message that a client may send, in bytes")
    ] = _MESSAGES.message_max_bytes
    drain_s: Annotated[
        float, Field(ge=0, description="seconds that a stop may take to send the clients to other gateways")
    ] = 5

    def terms(self) -> Terms:
        allowance = Allowance(
            message_max_bytes=self.message_max_bytes, burst=self.messages_burst, per_s=self.messages_per_s
        )
        return Terms(
            allowance=allowance, views_per_client=self.views_per_link, beat_ms=self.beat_ms, stall_s=self.stall_s
        )

    def limits(self) -> Limits:
        return Limits(views=self.views, searches=self.searches, linger_ms=round(self.linger_s * 1000))

    def door(self) -> Door:
        return Door(
            origins=self.origins,
            proxies=self.trusted_proxies,
            links=self.links,
            links_per_place=self.links_per_address,
            links_per_user=self.links_per_user,
        )
