"""What is true now: the State, and how a commit changes it.

``apply`` has no clock, no randomness and no I/O: the same commits make the same State everywhere. It changes the State
in place, since a copy of a million attendances for each commit would be no use to anybody.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.changes import (
    Answered,
    Change,
    Commit,
    Details,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    PartyChanged,
    Promoted,
    Seating,
    SignedOut,
    SignedUp,
    Status,
)
from turnout_core.domain.position import Position


class User(msgspec.Struct, gc=False):
    """
    Attributes:
        session: number of the valid session; a token of an earlier one has ended.
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
        """Seats that are left; None where there is no limit."""
        return None if self.details.capacity is None else self.details.capacity - self.going

    def waitlist(self) -> Iterator[Attendance]:
        """Who waits, first come first."""
        return (each for each in self.attendances.values() if each.status == "waitlisted")


class Replay(msgspec.Struct, gc=False):
    """An answer that may still be asked for again, until 24 hours after ``at`` (``State.now`` then)."""

    at: int
    answered: Answered


class State:
    """Everything that is remembered, as of ``position``.

    Attributes:
        hash: of the last record, which the next one continues.
        now: the latest time of a commit in ms since 1970. It never goes back, and serves to expire keys alone, so that
            a replay forgets what the writer forgot.
        attending: events by user whom they concern: going, waiting or organising.
        answers: by Idempotency-Key digest, oldest first.
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


class Affected(msgspec.Struct, gc=False):
    """What a commit touched, for whoever keeps something derived from the State.

    Attributes:
        event: the event's id, None for a commit about a user alone. No command touches two events.
        users: whose relation to the event (or whose self) changed.
    """

    event: str | None
    users: tuple[str, ...]


def apply(state: State, commit: Commit, digest: str) -> Affected:
    """Brings ``state`` from the position before ``commit`` to that of ``commit``, whose record has hash ``digest``.

    Raises:
        ValueError: the commit is not the next one.
    """
    before, position = state.position, Position(commit.epoch, commit.seq)
    if position.seq != before.seq + 1 or position.epoch != before.epoch:
        raise ValueError(f"expected commit {before.epoch}-{before.seq + 1}, got {position}")
    event: str | None = None
    users: list[str] = []
    for change in commit.changes:
        users += _APPLY[type(change)](state, change, commit)
        event = getattr(change, "event", event)
    if event is not None and (there := state.events.get(event)) is not None:
        there.touched = commit.seq
    record_response(state, commit)
    state.position = position
    state.hash = digest
    return Affected(event, tuple(users))


def _signed_up(state: State, change: SignedUp, _: Commit) -> Sequence[str]:
    state.users[change.user] = User(change.user, change.name)
    return (change.user,)


def _signed_out(state: State, change: SignedOut, _: Commit) -> Sequence[str]:
    state.users[change.user].session += 1
    return (change.user,)


def _created(state: State, change: EventCreated, commit: Commit) -> Sequence[str]:
    state.events[change.event] = Event(change.event, change.organizer, change.details, commit.at)
    state.organizing.setdefault(change.organizer, set()).add(change.event)
    return (change.organizer,)


def _edited(state: State, change: EventEdited, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    event.details = change.details
    event.version += 1
    return ()


def _cancelled(state: State, change: EventCancelled, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    event.status = "cancelled"
    event.version += 1
    return ()


def _ended(state: State, change: EventEnded, _: Commit) -> Sequence[str]:
    state.events[change.event].ended = True
    return ()


def _reopened(state: State, change: EventReopened, _: Commit) -> Sequence[str]:
    state.events[change.event].ended = False
    return ()


def _deleted(state: State, change: EventDeleted, _: Commit) -> Sequence[str]:
    gone = state.events.pop(change.event)
    for user in gone.attendances:
        _discard(state.attending, user, gone.id)
    _discard(state.organizing, gone.organizer, gone.id)
    return (gone.organizer, *gone.attendances)


def _joined(state: State, change: Joined, commit: Commit) -> Sequence[str]:
    event = state.events[change.event]
    event.attendances[change.user] = Attendance(change.user, change.party, change.status, commit.seq, commit.at)
    _count(event, change.status, change.party)
    state.attending.setdefault(change.user, set()).add(event.id)
    return (change.user,)


def _left(state: State, change: Left, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    attendance = event.attendances.pop(change.user)
    _count(event, attendance.status, -attendance.party)
    _discard(state.attending, change.user, event.id)
    return (change.user,)


def _promoted(state: State, change: Promoted, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    attendance = event.attendances[change.user]
    _count(event, attendance.status, -attendance.party)
    attendance.status = "going"
    _count(event, attendance.status, attendance.party)
    return (change.user,)


def _party_changed(state: State, change: PartyChanged, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    attendance = event.attendances[change.user]
    _count(event, attendance.status, change.party - attendance.party)
    attendance.party = change.party
    return (change.user,)


_APPLY: Final[dict[type[Change], Callable[[State, Any, Commit], Sequence[str]]]] = {
    SignedUp: _signed_up,
    SignedOut: _signed_out,
    EventCreated: _created,
    EventEdited: _edited,
    EventCancelled: _cancelled,
    EventDeleted: _deleted,
    EventEnded: _ended,
    EventReopened: _reopened,
    Joined: _joined,
    Left: _left,
    Promoted: _promoted,
    PartyChanged: _party_changed,
}
"""How each change is applied; gives the users whom it concerns."""


def _count(event: Event, status: Seating, seats: int) -> None:
    if status == "going":
        event.going += seats
    else:
        event.waiting += seats


def _discard(index: dict[str, set[str]], user: str, event: str) -> None:
    events = index[user]
    events.discard(event)
    if not events:
        del index[user]


def record_response(state: State, commit: Commit) -> None:
    """Keeps the answer of a commit for its key. Apart from ``apply``, since the writer reads the answer off the State
    that the changes led to. Doing it twice does no harm.
    """
    state.now = max(state.now, commit.at)
    if commit.answered is not None:
        state.answers.pop(commit.answered.key, None)  # a key used again after 24 hours moves to the young end
        state.answers[commit.answered.key] = Replay(state.now, commit.answered)
    forgotten = state.now - limits.IDEMPOTENCY_KEPT_MS
    while state.answers:
        oldest = next(iter(state.answers))
        if state.answers[oldest].at > forgotten:
            break
        del state.answers[oldest]
