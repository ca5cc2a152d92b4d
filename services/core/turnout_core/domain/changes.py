"""Changes: those of one command form a commit, and the commits in order are the history.

msgspec structs, not pydantic models: a start replays every commit since the last snapshot, and decoding them is most
of that work (docs/decisions/0002-records.md has the figures). Frozen, and never tracked by the garbage collector.
"""

from typing import Literal

import msgspec

Status = Literal["scheduled", "cancelled"]
Seating = Literal["going", "waitlisted"]


class Details(msgspec.Struct, frozen=True, gc=False):
    """The fields of an event that its organizer sets.

    Attributes:
        starts: local time in ``zone``, ``YYYY-MM-DDTHH:MM``; ``ends`` likewise.
        starts_at: the same moment in ms since 1970 (UTC), derived by the writer, so that replicas with other time zone
            data agree with it; ``ends_at`` likewise.
        capacity: seats, None for no limit.
        waitlist: whether a full event takes a waitlist.
    """

    title: str
    starts: str
    ends: str
    zone: str
    starts_at: int
    ends_at: int
    description: str = ""
    place: str = ""
    link: str = ""
    tags: tuple[str, ...] = ()
    capacity: int | None = None
    waitlist: bool = True


class Change(msgspec.Struct, frozen=True, gc=False, tag_field="type"):
    """One thing that happened. Which one is told by the subclass, ``type`` on the wire."""


class SignedUp(Change, frozen=True, gc=False, tag="signed-up"):
    user: str
    name: str


class SignedOut(Change, frozen=True, gc=False, tag="signed-out"):
    """Every token given to ``user`` so far has ended."""

    user: str


class EventCreated(Change, frozen=True, gc=False, tag="event-created"):
    event: str
    organizer: str
    details: Details


class EventEdited(Change, frozen=True, gc=False, tag="event-edited"):
    """``details`` replaces all that was said before, and the version goes up by one."""

    event: str
    details: Details


class EventCancelled(Change, frozen=True, gc=False, tag="event-cancelled"):
    event: str


class EventDeleted(Change, frozen=True, gc=False, tag="event-deleted"):
    event: str


class EventEnded(Change, frozen=True, gc=False, tag="event-ended"):
    """The end of the event has passed; the writer makes this commit by itself, once."""

    event: str


class EventReopened(Change, frozen=True, gc=False, tag="event-reopened"):
    """The event was ended by a clock that was ahead: its end is still to come."""

    event: str


class Joined(Change, frozen=True, gc=False, tag="joined"):
    event: str
    user: str
    party: int
    status: Seating


class PartyChanged(Change, frozen=True, gc=False, tag="party-changed"):
    """Another number of seats, in the same place of the line."""

    event: str
    user: str
    party: int


class Promoted(Change, frozen=True, gc=False, tag="promoted"):
    """From the waitlist into the event."""

    event: str
    user: str


class Left(Change, frozen=True, gc=False, tag="left"):
    event: str
    user: str


AnyChange = (
    SignedUp
    | SignedOut
    | EventCreated
    | EventEdited
    | EventCancelled
    | EventDeleted
    | EventEnded
    | EventReopened
    | Joined
    | PartyChanged
    | Promoted
    | Left
)


class Answered(msgspec.Struct, frozen=True, gc=False):
    """The answer to a command that came with an Idempotency-Key, kept with its effect.

    Attributes:
        key: digest of the actor and the key.
        request: digest of the call and its body; another one under the same key is a mistake.
        status: HTTP status of the answer.
        body: JSON of the answer, empty for 204.
        headers: further response headers that belong to the answer (Location, ETag).
    """

    key: str
    request: str
    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Commit(msgspec.Struct, frozen=True, gc=False):
    """The changes of one command: all of them, or none.

    Attributes:
        epoch, seq: its position.
        at: when the writer decided it, in ms since 1970.
        actor: id of the user who asked; None for a sign-up, and for a change that the writer makes by itself.
        changes: in the order in which they apply; never empty.
        answered: for a command with an Idempotency-Key.
    """

    epoch: str
    seq: int
    at: int
    actor: str | None
    changes: tuple[AnyChange, ...]
    answered: Answered | None = None
