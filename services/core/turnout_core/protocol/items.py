"""Items: the parts of views and the bodies of responses. ``restricted_items`` has those that few people see.

An item is the present state of one thing, identified by ``key``. A view is a set of items, ordered by ``rank``, then
``key``. Items do not depend on the viewer, so one encoded item serves all clients.

msgspec encodes items and describes them in OpenAPI (``web.openapi``). ``kind`` is the tag of the class: the first
member of the JSON, and no attribute. No item can be part of a reference cycle, hence ``gc=False``.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

Seating = Literal["going", "waitlisted"]


class Person(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    id: str
    name: str


class Face(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An attendee as the card of an event shows them; of a restricted guest list the initial alone, without an id."""

    id: str
    name: str
    party: int


class ItemFields(Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """One element of a view.

    Attributes:
        key: unique within a view.
        rank: sorts the items of a view; items of equal rank are sorted by ``key``.
    """

    key: str
    rank: int


class _EventFields(ItemFields, frozen=True, kw_only=True):
    """An event as lists and pages show it. ``rank`` is ``starts_at``.

    Attributes:
        starts: local time in ``zone``, ``YYYY-MM-DDTHH:MM``; ``starts_at`` is the same moment in ms since 1970 (UTC).
        starts_fold: 1 if the clocks show ``starts`` twice and the second is meant; else absent. ``ends_fold`` likewise.
        all_day: true if the event lasts whole days, as in ``EventDraft``; else absent.
        going: seats taken, with guests; ``waiting``: seats of the parties on the waitlist.
        capacity: seats; null for no limit.
        organizer: the id and the name are empty if they are gone.
        faces: the first attendees, in the order of joining.
        newest: the last attendees, in the same order, so that a client can name a newcomer to a large event. Empty if
            ``faces`` holds all attendees, or if the last 100 parties are waitlisted.
        version: counts edits and the cancellation, from 1.
        cohosts: who may do what the organizer may, apart from deleting and handing over; absent without any.
        visibility, joining, guest_list, guest_hint: as in ``EventDraft``; absent if everyone sees and joins.
        hidden: true if a moderator hides the event; else absent.
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
    starts_fold: Literal[1] | UnsetType = UNSET
    ends_fold: Literal[1] | UnsetType = UNSET
    all_day: Literal[True] | UnsetType = UNSET
    cohosts: tuple[Person, ...] | UnsetType = UNSET
    visibility: Literal["unlisted", "private"] | UnsetType = UNSET
    joining: Literal["request", "invitation"] | UnsetType = UNSET
    guest_list: Literal["going", "hosts"] | UnsetType = UNSET
    guest_hint: Literal["counts"] | UnsetType = UNSET
    hidden: Literal[True] | UnsetType = UNSET


class Card(_EventFields, frozen=True, tag="card"):
    """An event as lists show it."""


class EventItem(_EventFields, frozen=True, kw_only=True, tag="event"):
    """One event: the fields of the card, and the description."""

    description: str
    created_at: int


class AttendeeItem(ItemFields, frozen=True, kw_only=True, tag="attendee"):
    """One attendee of one event. ``rank`` is the order of joining, which is the order of the waitlist."""

    user: Person
    party: int
    status: Seating
    joined_at: int


class ListItem(ItemFields, frozen=True, kw_only=True, tag="list"):
    """The number of events, or of people, that match a view, inside and beyond its window.

    Attributes:
        before: how many of them precede the window, in the order of the view.
    """

    total: int
    before: int


class DayItem(ItemFields, frozen=True, kw_only=True, tag="day"):
    """A day of a calendar view on which events start. ``rank`` is its first moment in ms since 1970 (UTC).

    Attributes:
        date: ``YYYY-MM-DD``, by the clock of the view's zone.
        total: number of events that start on it, over or not.
    """

    date: str
    total: int


class TagItem(ItemFields, frozen=True, kw_only=True, tag="tag"):
    """A tag and the number of events that have it. ``rank`` is minus this number."""

    tag: str
    total: int


class PresenceItem(ItemFields, frozen=True, kw_only=True, tag="presence"):
    """The number of people who have this event open, over all gateways."""

    looking: int


class UserItem(ItemFields, frozen=True, kw_only=True, tag="user"):
    """The signed-in user of the view ``me``.

    Attributes:
        organizes: number of their events that have not ended and are not called off.
        attends: number of such events at which they have seats or a place on the waitlist.
    """

    id: str
    name: str
    organizes: int
    attends: int


class MineItem(ItemFields, frozen=True, kw_only=True, tag="mine"):
    """The signed-in user's relation to one event. A window of their events also holds the card of the event.

    Attributes:
        status: null if they organize the event and do not attend it.
        party: seats; 0 if status is null.
        ahead: number of parties before theirs on the waitlist; 0 if they are not on it.
        cohost: true if they are a co-host; else absent.
        invited: true if a link has invited them, and they neither host nor have joined; else absent.
        requested: seats that they have asked for; absent without a request.
    """

    event: str
    organizing: bool
    status: Seating | None
    party: int
    ahead: int
    cohost: Literal[True] | UnsetType = UNSET
    invited: Literal[True] | UnsetType = UNSET
    requested: int | UnsetType = UNSET


class RequestItem(ItemFields, frozen=True, kw_only=True, tag="request"):
    """The wish of a person for seats of an event. ``rank`` is the order of asking.

    Attributes:
        requested_at: ms since 1970 (UTC).
    """

    user: Person
    party: int
    requested_at: int


class InvitationItem(ItemFields, frozen=True, kw_only=True, tag="invitation"):
    """A link that makes people guests or co-hosts. ``rank`` is ``made_at``.

    Attributes:
        id: names the link, and opens nothing.
        code: the secret part of its address; absent where co-hosts would read that of a link for co-hosts.
        uses: number of people who can still accept it; null for any number.
        ends_at: ms since 1970 (UTC), as ``made_at``; null for no end.
    """

    id: str
    code: str | UnsetType = UNSET
    role: Literal["guest", "co-host"]
    uses: int | None
    ends_at: int | None
    made_by: Person
    made_at: int


class SessionAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``GET /api/session``. It has a ``token`` if a bearer token is old: the client replaces it.

    Attributes:
        session: id of the session of this device; absent for a token that an earlier version issued.
    """

    user: Person
    session: str | UnsetType = UNSET
    token: str | UnsetType = UNSET


class NewSessionAnswer(SessionAnswer, frozen=True, kw_only=True):
    """``POST /api/session``. Clients without cookies send ``token`` as ``Authorization: Bearer``."""

    token: str


class RecoveryAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``POST /api/recovery``: the secret of the new recovery link. The server keeps only its digest."""

    secret: str


class DeviceCodeAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``POST /api/codes``: a code that signs another device in once, within ``expires_in_s`` seconds."""

    code: str
    expires_in_s: int


class CodeSentAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A code was sent by mail, or none, if there is nobody to get it. It works for ``expires_in_s`` seconds."""

    expires_in_s: int


class PushAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``POST /api/me/push``: the subscription, as in ``me/account``; ``added_at`` is ms since 1970."""

    id: str
    added_at: int


class PushKeyAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``GET /api/push/key``: the ``applicationServerKey`` of this instance, base64url without padding (RFC 8292)."""

    key: str


class FeedAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``POST /api/me/feed``: the path of the secret feed, below the base path."""

    feed: str


class PasskeyAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``POST /api/passkeys``: the new passkey.

    Attributes:
        name: of the device that made it; empty if its browser does not say.
        added_at: ms since 1970.
    """

    id: str
    name: str
    added_at: int


class SignInWays(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``GET /api/sign-in``: the ways to sign in here.

    Attributes:
        ways: the values of ``way`` in ``POST /api/sign-in``.
        provider: the name of the provider with which ``/api/oidc/start`` signs in; absent without one.
    """

    ways: tuple[str, ...]
    provider: str | UnsetType = UNSET
