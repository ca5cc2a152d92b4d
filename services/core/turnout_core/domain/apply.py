"""``apply`` brings a state from one commit to the next.

It has no clock, no randomness and no I/O: the same commits make the same state everywhere. It changes the state in
place, because a copy of a million attendances for each commit would be too slow.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.changes import (
    Change,
    Commit,
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
)
from turnout_core.domain.position import Position
from turnout_core.domain.state import Attendance, Event, State, StoredEntry, User
from turnout_core.domain.stored_responses import without_copy


class Affected(msgspec.Struct, gc=False):
    """The part of the state that a commit has changed.

    Attributes:
        event: id of the event; None for a commit about a user alone. No commit changes two events.
        users: ids of the users whose relation to the event, or whose own record, changed.
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
        if not isinstance(change, SignedUp | SignedOut):  # all others are about an event
            event = change.event
    if event is not None and (changed := state.events.get(event)) is not None:
        changed.touched = commit.seq
    _count_time(state, commit.at)
    record_response(state, commit)
    state.position = position
    state.hash = digest
    return Affected(event, tuple(users))


def _apply_signed_up(state: State, change: SignedUp, _: Commit) -> Sequence[str]:
    state.users[change.user] = User(change.user, change.name)
    return (change.user,)


def _apply_signed_out(state: State, change: SignedOut, _: Commit) -> Sequence[str]:
    state.users[change.user].session += 1
    return (change.user,)


def _apply_created(state: State, change: EventCreated, commit: Commit) -> Sequence[str]:
    state.events[change.event] = Event(change.event, change.organizer, change.details, commit.at)
    state.organizing.setdefault(change.organizer, set()).add(change.event)
    return (change.organizer,)


def _apply_edited(state: State, change: EventEdited, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    event.details = change.details
    event.version += 1
    return ()


def _apply_cancelled(state: State, change: EventCancelled, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    event.status = "cancelled"
    event.version += 1
    return ()


def _apply_ended(state: State, change: EventEnded, _: Commit) -> Sequence[str]:
    state.events[change.event].ended = True
    return ()


def _apply_reopened(state: State, change: EventReopened, _: Commit) -> Sequence[str]:
    state.events[change.event].ended = False
    return ()


def _apply_deleted(state: State, change: EventDeleted, _: Commit) -> Sequence[str]:
    deleted = state.events.pop(change.event)
    for user in deleted.attendances:
        _discard(state.attending, user, deleted.id)
    _discard(state.organizing, deleted.organizer, deleted.id)
    return (deleted.organizer, *deleted.attendances)


def _apply_joined(state: State, change: Joined, commit: Commit) -> Sequence[str]:
    event = state.events[change.event]
    event.attendances[change.user] = Attendance(change.user, change.party, change.status, commit.seq, commit.at)
    _add_seats(event, change.status, change.party)
    state.attending.setdefault(change.user, set()).add(event.id)
    return (change.user,)


def _apply_left(state: State, change: Left, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    attendance = event.attendances.pop(change.user)
    _add_seats(event, attendance.status, -attendance.party)
    _discard(state.attending, change.user, event.id)
    return (change.user,)


def _apply_promoted(state: State, change: Promoted, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    attendance = event.attendances[change.user]
    _add_seats(event, attendance.status, -attendance.party)
    attendance.status = "going"
    _add_seats(event, attendance.status, attendance.party)
    return (change.user,)


def _apply_party_changed(state: State, change: PartyChanged, _: Commit) -> Sequence[str]:
    event = state.events[change.event]
    attendance = event.attendances[change.user]
    _add_seats(event, attendance.status, change.party - attendance.party)
    attendance.party = change.party
    return (change.user,)


_APPLY: Final[dict[type[Change], Callable[[State, Any, Commit], Sequence[str]]]] = {
    SignedUp: _apply_signed_up,
    SignedOut: _apply_signed_out,
    EventCreated: _apply_created,
    EventEdited: _apply_edited,
    EventCancelled: _apply_cancelled,
    EventDeleted: _apply_deleted,
    EventEnded: _apply_ended,
    EventReopened: _apply_reopened,
    Joined: _apply_joined,
    Left: _apply_left,
    Promoted: _apply_promoted,
    PartyChanged: _apply_party_changed,
}
"""The function that applies each change; it returns the affected users."""


def _add_seats(event: Event, status: Seating, seats: int) -> None:
    if status == "going":
        event.going += seats
    else:
        event.waiting += seats


def _discard(index: dict[str, set[str]], user: str, event: str) -> None:
    events = index[user]
    events.discard(event)
    if not events:
        del index[user]


def _count_time(state: State, at: int) -> None:
    state.elapsed_ms += min(max(at - state.committed_at, 0), limits.COUNTED_PAUSE_MAX_MS)
    state.committed_at = at


def record_response(state: State, commit: Commit) -> None:
    """Stores the response of a commit under its key, and drops expired ones. Idempotent.

    ``apply`` calls it. The writer calls it again, because it reads the response off the state after ``apply``.
    """
    if commit.answered is not None:
        state.answers.pop(commit.answered.key, None)  # a key that is used again after 24 hours moves to the end
        state.answers[commit.answered.key] = StoredEntry(state.elapsed_ms, without_copy(commit.answered))
    expired_at = state.elapsed_ms - limits.IDEMPOTENCY_KEPT_MS
    while state.answers:
        oldest = next(iter(state.answers))
        if state.answers[oldest].at > expired_at:
            break
        del state.answers[oldest]
