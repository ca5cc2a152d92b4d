"""Items: the states that views hold and answers carry. This is their only definition.

An item is a state ("this event is now so"), keyed by ``key``; a view is a set of items, ordered by ``rank`` and
then ``key``. Nothing in an item depends on the viewer, so one encoded item serves all clients.

msgspec encodes items and describes them in the documents (``web.openapi``). ``kind`` is the tag of the class: the
first member of the JSON, and no attribute. No item can be part of a reference cycle, hence ``gc=False``.
"""

from typing import Literal

from msgspec import Struct

Seating = Literal["going", "waitlisted"]


class Person(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    id: str
    name: str


class Face(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An attendee as the card of an event shows them."""

    id: str
    name: str
    party: int


class _Item(Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """
    Attributes:
        key: unique within a view.
        rank: sorts the items of a view; ties go by ``key``.
    """

    key: str
    rank: int


class _EventFields(_Item, frozen=True, kw_only=True):
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


class Card(_EventFields, frozen=True, tag="card"):
    """An event as lists show it."""


class EventItem(_EventFields, frozen=True, kw_only=True, tag="event"):
    """One event, whole: the card's fields and the description."""

    description: str
    created_at: int


class AttendeeItem(_Item, frozen=True, kw_only=True, tag="attendee"):
    """One attendee of one event. ``rank`` is the order of joining, which is the order of the waitlist."""

    user: Person
    party: int
    status: Seating
    joined_at: int


class ListItem(_Item, frozen=True, kw_only=True, tag="list"):
    """The number of events that match a list view, inside and beyond its window."""

    total: int


class PresenceItem(_Item, frozen=True, kw_only=True, tag="presence"):
    """The number of clients that have this event open, over all gateways."""

    looking: int


class UserItem(_Item, frozen=True, kw_only=True, tag="user"):
    """Whose ``me`` this is."""

    id: str
    name: str


class MineItem(_Item, frozen=True, kw_only=True, tag="mine"):
    """The signed-in user's attendance of one event; its card is an item beside it.

    Attributes:
        status: null when they only organise it.
        party: seats; 0 when status is null.
        ahead: parties before theirs on the waitlist; 0 when not waiting.
    """

    event: str
    organizing: bool
    status: Seating | None
    party: int
    ahead: int


Item = Card | EventItem | AttendeeItem | ListItem | PresenceItem | UserItem | MineItem


class SessionAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``GET /api/session``."""

    user: Person


class NewSessionAnswer(SessionAnswer, frozen=True):
    """``POST /api/session``; ``token`` goes into ``Authorization: Bearer`` where there are no cookies."""

    token: str
