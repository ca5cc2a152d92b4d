"""The state of a community at one position of the history.

Snapshots hold its structs, which refuse unknown fields and omit defaults, as those of ``changes`` do.
"""

from collections.abc import Iterator

import msgspec

from turnout_core.domain.changes import Details, IdempotencyEntry, Seating, Status
from turnout_core.domain.position import Position


class User(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A guest.

    Attributes:
        session: number of the valid session; tokens of earlier sessions are invalid.
    """

    id: str
    name: str
    session: int = 0


class Attendance(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A party of one user at an event, going or waitlisted.

    Attributes:
        order: number of the commit of the join; the waitlist moves up in this order.
        at: ms since 1970.
    """

    user: str
    party: int
    status: Seating
    order: int
    at: int


class Event(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An event with its attendances.

    Attributes:
        version: counts edits and the cancellation, from 1.
        touched: number of the last commit that changed it or its attendees.
        going, waiting: seats, the sums over ``attendances``.
        attendances: by user, in the order of joining.
        ended: True after ``EventEnded``. Views use this; rules use ``details.ends_at``.
    """

    id: str
    organizer: str
    details: Details
    created_at: int
    status: Status = "scheduled"
    version: int = 1
    touched: int = 0
    going: int = 0
    waiting: int = 0
    attendances: dict[str, Attendance] = {}
    ended: bool = False

    def free_seats(self) -> int | None:
        """Number of free seats; None if there is no limit."""
        return None if self.details.capacity is None else self.details.capacity - self.going

    def waitlist(self) -> Iterator[Attendance]:
        """The waitlisted attendances, in the order of joining."""
        return (each for each in self.attendances.values() if each.status == "waitlisted")


class StoredEntry(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A stored response. It expires 24 hours after ``at``, which is the ``State.elapsed_ms`` of its commit."""

    at: int
    answered: IdempotencyEntry


class State:
    """Users, events, attendances and stored responses, as of ``position``.

    Attributes:
        hash: of the last record; the next record continues it.
        committed_at: time of the last commit, in ms since 1970; behind or ahead if the writer's clock was wrong.
        elapsed_ms: the time between the commits so far, of which each pause counts as 0 to ``COUNTED_PAUSE_MAX_MS``. It
            never decreases, and no wrong clock makes it jump. Only the expiry of keys uses it, so that a replay drops
            the same keys as the writer (docs/decisions/0013-wrong-clocks.md).
        attending: by user, ids of the events that they attend or wait for.
        organizing: by user, ids of their own events.
        answers: stored responses by Idempotency-Key digest, oldest first.
    """

    def __init__(self, position: Position, digest: str) -> None:
        self.position = position
        self.hash = digest
        self.committed_at = 0
        self.elapsed_ms = 0
        self.users: dict[str, User] = {}
        self.events: dict[str, Event] = {}
        self.attending: dict[str, set[str]] = {}
        self.organizing: dict[str, set[str]] = {}
        self.answers: dict[str, StoredEntry] = {}
