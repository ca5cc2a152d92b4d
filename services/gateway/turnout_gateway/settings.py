"""The settings of a gateway."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from turnout_core.runtime.settings import FramingOrigins, ServiceSettings
from turnout_gateway.live.admission import AdmissionPolicy
from turnout_gateway.live.client_protocol import MessageLimits
from turnout_gateway.live.hub import HubConfig
from turnout_gateway.views.registry import ViewLimits

# Each default is defined once, in the config class that uses it.
_ADMISSION: Final = AdmissionPolicy()
_CLIENT: Final = HubConfig()
_MESSAGES: Final = MessageLimits()
_VIEWS: Final = ViewLimits()


class Settings(ServiceSettings):
    former_names: ClassVar = {"TURNOUT_PROXIES": "trusted_proxies"}

    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8002
    read_from: Annotated[
        Literal["primary", "replica"],
        Field(
            description="server of Valkey to follow: primary, or replica, so that many gateways do not load the "
            "primary. For replicas, TURNOUT_VALKEY must name Sentinels or a Cluster, which know them; what a replica "
            "lacks is read from the primary"
        ),
    ] = "primary"
    links: Annotated[int, Field(ge=1, description="live links at a time")] = _ADMISSION.connections
    links_per_address: Annotated[
        int, Field(ge=1, description="live links from one address; an IPv6 /64 counts as one address")
    ] = _ADMISSION.connections_per_address
    links_per_user: Annotated[int, Field(ge=1, description="live links of one user")] = _ADMISSION.connections_per_user
    views_per_link: Annotated[int, Field(ge=1, description="views that one link may watch")] = _CLIENT.views_per_client
    views: Annotated[
        int,
        Field(
            ge=1,
            description="views open at a time; then a new one replaces the oldest of the address or user with most",
        ),
    ] = _VIEWS.views
    searches: Annotated[int, Field(ge=1, description="searches open at a time; shared like views")] = _VIEWS.searches
    linger_s: Annotated[
        float, Field(ge=0, description="seconds for which a view stays open after its last client has left")
    ] = _VIEWS.linger_s
    beat_ms: Annotated[int, Field(ge=100, description="ms between two heartbeats on an idle link")] = (
        _CLIENT.heartbeat_ms
    )
    stall_s: Annotated[
        float,
        Field(gt=0, description="seconds after which a client that does not read is disconnected"),
    ] = _CLIENT.stall_s
    messages_burst: Annotated[int, Field(ge=1, description="messages that one client may send at once")] = (
        _MESSAGES.burst
    )
    messages_per_s: Annotated[
        float, Field(gt=0, description="messages per second that one client may send in the long run")
    ] = _MESSAGES.per_s
    message_max_bytes: Annotated[
        int, Field(ge=1024, description="maximum size in bytes of a message from a client")
    ] = _MESSAGES.max_bytes
    embed_origins: Annotated[
        FramingOrigins,
        Field(
            description="origins whose pages may frame events and lists (`/embed/…`), such as https://blog.example, "
            "separated by spaces; * for any page; none by default"
        ),
    ] = ()
    drain_s: Annotated[
        float, Field(ge=0, description="seconds in which a stopping gateway sends its clients to other gateways")
    ] = 5

    index_url: Annotated[
        str | None,
        Field(
            pattern=r"^https?://",
            description="address at which the edge serves the built index.html, such as http://edge:8081/index.html; "
            "the gateway puts into it what each page shows. Without it the gateway serves no pages",
        ),
    ] = None

    def hub_config(self) -> HubConfig:
        messages = MessageLimits(max_bytes=self.message_max_bytes, burst=self.messages_burst, per_s=self.messages_per_s)
        return HubConfig(
            messages=messages, views_per_client=self.views_per_link, heartbeat_ms=self.beat_ms, stall_s=self.stall_s
        )

    def view_limits(self) -> ViewLimits:
        return ViewLimits(views=self.views, searches=self.searches, linger_s=self.linger_s)

    def admission_policy(self) -> AdmissionPolicy:
        return AdmissionPolicy(
            origins=self.origins,
            trusted_proxies=self.trusted_proxies,
            connections=self.links,
            connections_per_address=self.links_per_address,
            connections_per_user=self.links_per_user,
        )
