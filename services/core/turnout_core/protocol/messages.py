"""The messages of the live protocol (docs/protocol.md), as the WebSocket and the event stream carry them.

Messages of clients are pydantic models, because people see their errors. Messages of the server are msgspec
structs, like the items in them; ``type`` is the tag of the class.
"""

from enum import IntEnum
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from turnout_core.domain import limits
from turnout_core.protocol.items import (
    AttendeeItem,
    Card,
    DayItem,
    EventItem,
    InvitationItem,
    ListItem,
    MineItem,
    PresenceItem,
    RequestItem,
    TagItem,
    UserItem,
)
from turnout_core.protocol.restricted_items import (
    AccountItem,
    AuditItem,
    KeptOutItem,
    LinkedAccountItem,
    NoteItem,
    NoticeItem,
    NoticesItem,
    PasskeyItem,
    PreferencesItem,
    PushItem,
    ReportItem,
    SessionItem,
    WebhookItem,
)

Item = (
    Card | EventItem | AttendeeItem | ListItem | DayItem | TagItem | PresenceItem | UserItem | MineItem
    | RequestItem | InvitationItem | KeptOutItem | NoteItem | WebhookItem
    | AccountItem | SessionItem | PasskeyItem | LinkedAccountItem | PreferencesItem | PushItem
    | NoticesItem | NoticeItem
    | ReportItem | AuditItem
)  # fmt: skip


class _ClientMessage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Watch(_ClientMessage):
    """Asks for a view and its changes. With ``at``, the client's position, only later changes are sent."""

    type: Literal["watch"]
    view: Annotated[str, Field(min_length=1, max_length=limits.VIEW_ADDRESS_MAX_CHARS)]
    at: Annotated[str, Field(max_length=40)] | None = None


class Unwatch(_ClientMessage):
    type: Literal["unwatch"]
    view: Annotated[str, Field(min_length=1, max_length=limits.VIEW_ADDRESS_MAX_CHARS)]


class ReportPresence(_ClientMessage):
    """Says whether a person can see the page. A client that sends it once has to repeat it, see ``Hello``."""

    type: Literal["presence"]
    looking: Annotated[bool, Field(strict=True)]


ClientMessage = Annotated[Watch | Unwatch | ReportPresence, Field(discriminator="type")]
client_messages: TypeAdapter[Watch | Unwatch | ReportPresence] = TypeAdapter(ClientMessage)


class _ServerMessage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    pass


class Hello(_ServerMessage, frozen=True, kw_only=True, tag="hello"):
    """The first message on every connection.

    Attributes:
        user: id of the signed-in user, whose view ``me`` is; null for a visitor.
        beat_ms: interval of heartbeats; a connection without a message for twice this time is dead.
        now: the time of the gateway, in ms since 1970 (UTC). The clock of a client may be wrong.
        presence_ms: interval at which a client that is looking says so; after twice this time without a report it no
            longer counts. Absent from a gateway that does not know the message ``presence``.
    """

    position: str
    user: str | None
    beat_ms: int
    now: int
    presence_ms: int | None = None


class Snapshot(_ServerMessage, frozen=True, kw_only=True, tag="snapshot"):
    """The whole view, which replaces the client's state of it. GET of the view's address returns the same bytes.

    Attributes:
        view: the canonical address, which later patches carry.
        asked: the address as the client sent it, if that is not the canonical address.
        order: of the items, by ``(rank, key)``.
    """

    view: str
    asked: str | None = None
    at: str
    order: Literal["ascending", "descending"]
    items: tuple[Item, ...]


class Patch(_ServerMessage, frozen=True, kw_only=True, tag="patch"):
    """The changes since the client's last message of this view. Applying it twice has no further effect."""

    view: str
    asked: str | None = None
    at: str
    upsert: tuple[Item, ...]
    remove: tuple[str, ...]


class Fail(_ServerMessage, frozen=True, kw_only=True, tag="fail"):
    """The view is refused or has ended; with ``view`` null, the message is refused. The connection stays open."""

    view: str | None
    code: str
    detail: str


class Beat(_ServerMessage, frozen=True, kw_only=True, tag="beat"):
    """A heartbeat: the connection works, and the replica of the gateway is at ``at``."""

    at: str


class Bye(_ServerMessage, frozen=True, kw_only=True, tag="bye"):
    """This gateway will close the connection. Connect again after a random time within ``retry_ms``."""

    retry_ms: tuple[int, int]


ServerMessage = Hello | Snapshot | Patch | Fail | Beat | Bye


class Close(IntEnum):
    """WebSocket close codes. After 4000 to 4499, connect again with jitter. After 4500 to 4999, do not.

    After 1001 (going away, RFC 6455 section 7.4.1), also connect again.
    """

    DRAINING = 4000  # the gateway stops
    STALLED = 4001  # the client did not read for too long
    BEHIND = 4002  # the replica is not up to date
    CROWDED = 4003  # too many connections, here or from this address or user

    BAD_MESSAGE = 4500  # too many messages that are not of the protocol
    TOO_LARGE = 4501  # a message beyond the size limit
    TOO_FAST = 4502  # more messages than the rate limit allows
    FORBIDDEN = 4503  # the Origin is not ours
