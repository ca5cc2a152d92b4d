"""A writer that seals valid commits and applies no rules."""

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec
from history import BEGINNING, DETAILS, History

from turnout_core.domain.affected import Affected
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    Promoted,
    SignedOut,
    SignedUp,
)
from turnout_core.domain.people_changes import Renamed, SessionOpened
from turnout_core.domain.state import State
from turnout_core.journal.record import peek

START_MS = 1_795_000_000_000
HOUR_MS = 3_600_000


class FakeWriter:
    """Seals commits into a history, and applies them to a State. It checks no rules."""

    def __init__(self) -> None:
        self.history = History()
        self.state = State(BEGINNING.position, BEGINNING.hash)
        self.now_ms = START_MS
        self.commits: list[tuple[Commit, Affected]] = []
        self._ids = itertools.count(1)

    def commit(self, *changes: AnyChange, by: str | None = None) -> None:
        record = self.history.add(*changes, at=self.now_ms, actor=by)
        commit, digest = peek(record)
        self.commits.append((commit, apply(self.state, commit, digest)))

    def user(self, name: str = "") -> str:
        user = f"user{next(self._ids)}"
        self.commit(SignedUp(user, name or user))
        return user

    def event(self, organizer: str, starts_in_h: int = 1, **details: Any) -> str:
        event = f"event{next(self._ids)}"
        starts_at = START_MS + starts_in_h * HOUR_MS
        full = msgspec.structs.replace(DETAILS, starts_at=starts_at, ends_at=starts_at + HOUR_MS, **details)
        self.commit(EventCreated(event, organizer, full))
        return event

    def edit(self, event: str, by: str | None = None, **details: Any) -> None:
        self.commit(EventEdited(event, msgspec.structs.replace(self.state.events[event].details, **details)), by=by)

    def join(self, event: str, user: str, party: int = 1, *, waits: bool = False) -> None:
        self.commit(Joined(event, user, party, "waitlisted" if waits else "going"))

    def leave(self, event: str, user: str) -> None:
        self.commit(Left(event, user))

    def promote(self, event: str, user: str) -> None:
        self.commit(Promoted(event, user))

    def cancel(self, event: str) -> None:
        self.commit(EventCancelled(event))

    def end(self, event: str) -> None:
        self.commit(EventEnded(event))

    def reopen(self, event: str) -> None:
        self.commit(EventReopened(event))

    def delete(self, event: str) -> None:
        self.commit(EventDeleted(event))

    def open_session(self, user: str) -> str:
        session = f"session{next(self._ids)}"
        self.commit(SessionOpened(user, session, "Chrome on Android"))
        return session

    def rename(self, user: str, name: str) -> None:
        self.commit(Renamed(user, name))

    def sign_out(self, user: str) -> None:
        self.commit(SignedOut(user))


def replay(records: Sequence[bytes], state: State) -> list[tuple[Commit, Affected]]:
    """Applies those of ``records``, a whole history, that are after ``state``."""
    applied = []
    for record in records[state.position.seq :]:
        commit, digest = peek(record)
        applied.append((commit, apply(state, commit, digest)))
    return applied
