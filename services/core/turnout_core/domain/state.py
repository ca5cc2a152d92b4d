"""Everything that is remembered, as of one position of the history."""

from collections.abc import Iterator

import msgspec

from turnout_core.domain.changes import Answered, Details, Seating, Status
from turnout_core.domain.position import Position


class User(msgspec.Struct, gc=False):
    """
    Attributes:
        session: number of the valid session; tokens of earlier ones have ended.
    """

    id: str
    name: str
    session: int = 0


class Attendance(msgspec.Struct, gc=False):
    """
    Attributes:
        order: number of the commit that made it; the waitlist is served in this order.
        at: ms since 1970.
    """

    user: str
    party: int
    status: Seating
    order: int
    at: int


class Event(msgspec.Struct):
    """
    Attributes:
        version: counts edits and the cancellation, from 1.
        touched: number of the last commit that changed it or its attendees.
        going, waiting: seats, the sums over ``attendances``.
        attendances: by user, in the order of joining.
        ended: an ``EventEnded`` was committed. Views go by this; rules compare ``details.ends_at`` with their own time.
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

    def free(self) -> int | None:
        """Seats that are left; None if there is no limit."""
        return None if self.details.capacity is None else self.details.capacity - self.going

    def waitlist(self) -> Iterator[Attendance]:
        """Waiting attendances, in the order of joining."""
        return (each for each in self.attendances.values() if each.status == "waitlisted")


class Replay(msgspec.Struct, gc=False):
    """A stored response that a client may ask for again, until 24 hours after ``at`` (``State.now`` then)."""

    at: int
    answered: Answered


class State:
    """Everything that is remembered, as of ``position``.

    Attributes:
        hash: of the last record, which the next one continues.
        now: the latest time of a commit in ms since 1970. It never goes back, and serves to expire keys alone, so that
            a replay forgets what the writer forgot.
        attending: ids of the events that a user goes to or waits for, by user; ``organizing``: those of their own.
        answers: stored responses by Idempotency-Key digest, oldest first.
    """

    def __init__(self, position: Position, digest: str) -> None:
        self.position = position
        self.hash = digest
        self.now = 0
        self.users: dict[str, User] = {}
        self.events: dict[str, Event] = {}
        self.attending: dict[str, set[str]] = {}
        self.organizing: dict[str, set[str]] = {}
        self.answers: dict[str, Replay] = {}
