"""``apply`` applies the changes of a commit, in order only."""

import pytest
from history import BEGINNING, DETAILS, EPOCH, History, small_history, state_after
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain.affected import Affected
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    EventCancelled,
    EventDeleted,
    EventEdited,
    IdempotencyEntry,
    Joined,
    Left,
    PartyChanged,
    Promoted,
    SignedOut,
    SignedUp,
)
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.record import peek

HOUR_MS = 60 * 60 * 1000


def after(*changes: AnyChange) -> State:
    history = small_history()
    history.add(*changes)
    return state_after(history)


def test_a_replayed_history_builds_the_state() -> None:
    history = small_history()
    state = state_after(history)
    assert state.position == history.head.position
    assert state.hash == history.head.hash
    assert state.events["games"].going == 3
    assert state.events["games"].free_seats() == 1
    assert state.events["games"].touched == 5
    assert state.organizing == {"ada": {"games"}}
    assert state.attending == {"ada": {"games"}, "grace": {"games"}}


def test_leaving_frees_the_seats() -> None:
    state = after(Left("games", "grace"))
    assert state.events["games"].going == 1
    assert "grace" not in state.attending


def test_seat_counts_follow_waiting_promotion_and_party_size() -> None:
    state = after(
        SignedUp("edsger", "Edsger"),
        Joined("games", "edsger", 3, "waitlisted"),
        PartyChanged("games", "edsger", 2),
        Left("games", "grace"),
        Promoted("games", "edsger"),
        PartyChanged("games", "edsger", 3),
    )
    assert (state.events["games"].going, state.events["games"].waiting) == (4, 0)
    assert list(state.events["games"].waitlist()) == []


@pytest.mark.parametrize("change", [EventCancelled("games"), EventEdited("games", DETAILS)])
def test_an_edit_and_a_cancellation_raise_the_version(change: AnyChange) -> None:
    assert after(change).events["games"].version == 2


def test_deleting_an_event_removes_its_attendances() -> None:
    state = after(EventDeleted("games"))
    assert (state.events, state.attending, state.organizing) == ({}, {}, {})


def test_a_sign_out_starts_another_session() -> None:
    assert after(SignedOut("ada")).users["ada"].session == 1


def test_apply_returns_the_affected_event_and_users() -> None:
    history = small_history()
    record = history.add(Left("games", "ada"), Promoted("games", "grace"))
    state = state_after(small_history())
    assert apply(state, *peek(record)) == Affected({"games": ["ada", "grace"]}, inboxes=("ada", "grace"))


@pytest.mark.parametrize("position", [Position(EPOCH, 7), Position(EPOCH, 5), Position("other", 6)])
def test_only_the_next_commit_applies(position: Position) -> None:
    other = History(BEGINNING.__class__(Position(position.epoch, position.seq - 1), "0" * 32))
    record = other.add(SignedUp("x", "X"))
    with pytest.raises(ValueError, match=f"expected commit {EPOCH}-6, got {position}"):
        apply(state_after(small_history()), *peek(record))


def stored(key: str) -> IdempotencyEntry:
    return IdempotencyEntry(key, "request", 201)


def test_a_stored_response_expires_after_a_day_of_commits() -> None:
    history = History()
    for number, hour in enumerate(range(26)):
        history.add(SignedUp(f"u{number}", "A"), at=1 + hour * HOUR_MS, answered=stored(str(hour)))
    assert list(state_after(history).answers) == [str(hour) for hour in range(2, 26)]
    history.add(SignedUp("late", "L"), at=1 + 26 * HOUR_MS - 1)
    assert next(iter(state_after(history).answers)) == "2"
    history.add(SignedUp("later", "L"), at=1 + 26 * HOUR_MS)
    assert next(iter(state_after(history).answers)) == "3"


@given(st.lists(st.integers(-400 * 24, 400 * 24), max_size=20))
def test_no_clock_that_jumps_expires_a_stored_response(jumps_h: list[int]) -> None:
    history, at = History(), 1_000 * 24 * HOUR_MS
    history.add(SignedUp("a", "A"), at=at, answered=stored("first"))
    for number, jump_h in enumerate(jumps_h):
        at = max(at + jump_h * HOUR_MS, 1)
        history.add(SignedUp(f"u{number}", "U"), at=at)
        state = state_after(history)
        assert "first" in state.answers
        assert state.committed_at == at


def test_a_clock_that_was_ahead_keeps_no_response_for_ever() -> None:
    history, at = History(), 1_000 * 24 * HOUR_MS
    history.add(SignedUp("a", "A"), at=at + 365 * 24 * HOUR_MS, answered=stored("ahead"))
    for hour in range(26):
        history.add(SignedUp(f"u{hour}", "U"), at=at + hour * HOUR_MS)
    assert "ahead" not in state_after(history).answers
