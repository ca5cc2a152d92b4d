"""Commits that no request makes: ends of events, reminders, the first use of a session on a day, and checkpoints."""

from collections.abc import Iterator
from typing import Final

from chaos.history.history_index import Violation
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit, EventEnded, EventReopened, Promoted
from turnout_core.domain.notice_changes import RemindersDue
from turnout_core.domain.people_changes import SessionUsed
from turnout_core.domain.reminders import due_reminder
from turnout_core.domain.state import State

_SEEN_AFTER_MS: Final = 20 * 3_600_000
_END_MARGIN_MS: Final = 2_000  # a writer may take this long to commit an end


def is_without_request(commit: Commit) -> bool:
    return not commit.changes or any(
        isinstance(change, EventEnded | EventReopened | SessionUsed | RemindersDue) for change in commit.changes
    )


def check_without_request(state: State, commit: Commit) -> Iterator[Violation]:
    """An end is committed once and not early; a reopening only after an early end, and with it those who move
    up meanwhile; a reminder when it is due; a checkpoint at any time.
    """
    if not commit.changes and (commit.actor, commit.answered) == (None, None):
        return
    change = _main_change(commit)
    if isinstance(change, SessionUsed):
        yield from _check_use(state, commit, change)
        return
    if isinstance(change, RemindersDue):
        due = state.events.get(change.event)
        if due is None or due_reminder(due, commit.at) != change.lead:
            yield Violation("reminder", f"commit {commit.seq} does not fit the state: {change}", seq=commit.seq)
        return
    if not isinstance(change, EventEnded | EventReopened) or (commit.actor, commit.answered) != (None, None):
        yield Violation(
            "event-end",
            f"commit {commit.seq} has other changes beside the end, or an actor: {commit}",
            seq=commit.seq,
        )
        return
    event = state.events.get(change.event)
    ends = isinstance(change, EventEnded)
    if event is None or event.ended is ends:
        yield Violation(
            "event-end", f"commit {commit.seq} does not fit the state of its event: {change}", seq=commit.seq
        )
    elif ends is (commit.at < event.details.ends_at):
        message = f"commit {commit.seq} is of {commit.at}, {event.id} ends at {event.details.ends_at}: {change}"
        yield Violation("event-end", message, seq=commit.seq)


def _main_change(commit: Commit) -> Change | None:
    """The change that all others of the commit follow from; None if there is none such."""
    change, *others = commit.changes or (None,)
    if isinstance(change, EventReopened):
        others = [each for each in others if not isinstance(each, Promoted) or each.event != change.event]
    return None if others else change


def _check_use(state: State, commit: Commit, change: SessionUsed) -> Iterator[Violation]:
    """The first read of a session on a day is committed, for the user whose session it is."""
    user = state.users.get(change.user)
    sessions = [each for each in user.sessions if each.id == change.session] if user is not None else []
    if commit.actor != change.user or not sessions or commit.at - sessions[0].seen_at < _SEEN_AFTER_MS:
        yield Violation("session", f"commit {commit.seq} does not fit the state: {change}", seq=commit.seq)


def wrong_ends(state: State, finished_ms: int) -> Iterator[Violation]:
    """The events that are not as they must be at the end of the run; it was at ``finished_ms`` (since 1970)."""
    for event in state.events.values():
        ends_at = event.details.ends_at
        if not event.ended and ends_at <= finished_ms - _END_MARGIN_MS:
            yield Violation("event-end", f"the end of {event.id} at {ends_at} has no commit")
        if event.ended and ends_at > finished_ms > 0:
            yield Violation("event-end", f"{event.id} ends at {ends_at}, but it was not reopened after an early end")
