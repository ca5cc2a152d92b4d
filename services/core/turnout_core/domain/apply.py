"""``apply`` brings a state from one commit to the next.

It has no clock, no randomness and no I/O: the same commits make the same state everywhere. It changes the state in
place, because a copy of a million attendances for each commit would be too slow.
"""

from typing import Final

from turnout_core.domain import limits
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying import choices, events, hosts, moderation, notices, people
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.inboxes import deliver
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.noticing.plan import plan, tells
from turnout_core.domain.position import Position
from turnout_core.domain.state import State, StoredEntry
from turnout_core.domain.stored_responses import without_copy


def apply(state: State, commit: Commit, digest: str) -> Affected:
    """Brings ``state`` from the position before ``commit`` to that of ``commit``, whose record has hash ``digest``.

    Raises:
        ValueError: the commit is not the next one.
    """
    before, position = state.position, Position(commit.epoch, commit.seq)
    if position.seq != before.seq + 1 or position.epoch != before.epoch:
        raise ValueError(f"expected commit {before.epoch}-{before.seq + 1}, got {position}")
    affected = Affected()
    planned = plan(state, commit) if tells(commit) else None  # from the state before all changes
    for change in commit.changes:
        _APPLY[type(change)](state, change, commit, affected)
    if planned:
        affected.inboxes = (*affected.inboxes, *deliver(state, planned))
    for event in affected.events:
        if (changed := state.events.get(event)) is not None:
            changed.touched = commit.seq
    _count_time(state, commit.at)
    record_response(state, commit)
    state.position = position
    state.hash = digest
    return affected


_APPLY: Final[dict[type[Change], Apply]] = {
    **people.APPLY,
    **choices.APPLY,
    **moderation.APPLY,
    **events.APPLY,
    **hosts.APPLY,
    **notices.APPLY,
}


def _count_time(state: State, at: int) -> None:
    pause_ms = at - state.committed_at
    if pause_ms > 0:
        state.elapsed_ms += min(pause_ms, limits.COUNTED_PAUSE_MAX_MS)
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
