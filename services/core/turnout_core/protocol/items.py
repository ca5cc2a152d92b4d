"""Items: the states that views hold and answers carry.

An item is a state ("this event is now so"), keyed by ``key``; a view is a set of items, ordered by ``rank`` and
then ``key``. Nothing in an item depends on the viewer, so one encoded item serves all clients.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seating = Literal["going", "waitlisted"]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Said):
    id: str
    name: str


class Face(_Said):
    """An attendee as the card of an event shows them."""

    id: str
    name: str
    party: int


class _Item(_Said):
    """
    Attributes:
        key: unique within a view.
        rank: sorts the items of a view; ties go by ``key``.
    """

    key: str
    rank: int


class _Shown(_Item):
    """An event as lists and pages show it. ``rank`` is ``starts_at``.

    Attributes:
        starts: local time in ``zone``, ``YYYY-MM-DDTHH:MM``; ``starts_at`` is the same moment in ms since 1970 (UTC).
        going: seats taken, guests included; ``waiting``: seats asked for by the waitlist.
        capacity: seats; null for no limit.
        faces: the first of those who go, in the order in which they joined.
        newest: the last of them, in the same order, so that a newcomer to a crowd can be named; empty where
            ``faces`` are all, and behind a waitlist of more than 100 parties.
        version: counts edits and the cancellation, from 1.
    """

    id: str
    version: int
    status: Literal["scheduled", "cancelled"]
    title: str
    organizer: Person
    starts: str
    ends: str
    zone: str
    starts_at: int
    ends_at: int
    place: str
    link: str
    tags: tuple[str, ...]
    capacity: int | None
    waitlist: bool
    going: int
    waiting: int
    faces: tuple[Face, ...]
    newest: tuple[Face, ...]


class Card(_Shown):
    """An event as lists show it."""

    kind: Literal["card"]


class EventItem(_Shown):
    """One event, whole: the card's fields and the description."""

    kind: Literal["event"]
    description: str
    created_at: int


class AttendeeItem(_Item):
    """One attendee of one event. ``rank`` is the order of joining, which is the order of the waitlist."""

    kind: Literal["attendee"]
    user: Person
    party: int
    status: Seating
    joined_at: int


class ListItem(_Item):
    """The number of events that match a list view, inside and beyond its window."""

    kind: Literal["list"]
    total: int


class PresenceItem(_Item):
    """The number of clients that have this event open, over all gateways."""

    kind: Literal["presence"]
    looking: int


class UserItem(_Item):
    """Whose ``me`` this is."""

    kind: Literal["user"]
    id: str
    name: str


class MineItem(_Item):
    """The signed-in user's attendance of one event; its card is an item beside it.

    Attributes:
        status: null when they only organise it.
        party: seats; 0 when status is null.
        ahead: parties before theirs on the waitlist; 0 when not waiting.
    """

    kind: Literal["mine"]
    event: str
    organizing: bool
    status: Seating | None
    party: int
    ahead: int


Item = Annotated[
    Card | EventItem | AttendeeItem | ListItem | PresenceItem | UserItem | MineItem, Field(discriminator="kind")
]


class SessionAnswer(_Said):
    """``GET /api/session``."""

    user: Person


class NewSessionAnswer(SessionAnswer):
    """``POST /api/session``; ``token`` goes into ``Authorization: Bearer`` where there are no cookies."""

    token: str


class FieldError(_Said):
    field: str
    message: str


class Problem(BaseModel):
    """``application/problem+json`` (RFC 9457). ``code`` is stable; ``detail`` is fit to be shown."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] | None = None
