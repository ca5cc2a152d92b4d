"""Bugs of the gateway service."""

from collections.abc import Iterable, Mapping
from typing import Any

from chaos.planted.replacement import Replacement
from turnout_core.domain import apply as model
from turnout_core.domain.changes import Commit, EventDeleted
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal import follower as following
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Heartbeat, Records
from turnout_core.journal.record import peek
from turnout_gateway.views.frame_cache import FrameCache
from turnout_gateway.views.history import History, Seen
from turnout_gateway.views.item_cache import Item


def gap_skipped() -> Iterable[Replacement]:
    """A follower that missed something goes on with what comes next."""

    def skip(self: Follower, message: Records | Heartbeat) -> bool:
        state = self.state
        if state is None:
            return False
        if isinstance(message, Records):
            first, _ = peek(message.records[0])
            if first.seq > state.position.seq + 1:
                state.position = Position(first.epoch, first.seq - 1)
            applied = []
            for record in message.records:
                commit, digest = peek(record)
                if commit.seq > state.position.seq:
                    try:
                        applied.append((commit, model.apply(state, commit, digest)))
                    except KeyError:
                        state.position = Position(commit.epoch, commit.seq)
            self._listener.on_commits(applied)
            self._advance_to(state.position)
        return True

    yield Follower, "_continues_with", skip


def last_message_dropped() -> Iterable[Replacement]:
    """Of an append with several records the last one never reaches the followers, and no beat tells."""
    take = Follower._continues_with

    def drop(self: Follower, message: Records | Heartbeat) -> bool:
        if isinstance(message, Heartbeat):
            return True
        told = take(self, Records(message.records[:-1] or message.records))
        if self.state is not None and len(message.records) > 1:
            commit, digest = peek(message.records[-1])
            self.state.position, self.state.hash = Position(commit.epoch, commit.seq), digest
        return told

    yield Follower, "_continues_with", drop


def claims_beyond() -> Iterable[Replacement]:
    """A gateway tells the position that it heard of, and shows what it has."""
    frame = FrameCache._frame

    def boast(self: FrameCache, kind: Any, here: Position, tail: bytes) -> Any:
        return frame(self, kind, Position(here.epoch, here.seq + 1), tail)

    yield FrameCache, "_frame", boast


def tombstone_lost() -> Iterable[Replacement]:
    """A patch never says what has left."""
    patch = FrameCache.patch

    def without(self: FrameCache, seen: Seen, items: Mapping[str, Item], keys: Iterable[str], here: Position) -> Any:
        return patch(self, seen, items, [key for key in keys if key in items], here)

    yield FrameCache, "patch", without


def resume_empty() -> Iterable[Replacement]:
    """A client that resumes from an old position is told that nothing has happened."""
    yield History, "_keys_since_seq", lambda *_: []


def deletion_half_done() -> Iterable[Replacement]:
    """An event that is deleted stays in the replica of the gateways."""

    def without(state: State, commit: Commit, digest: str) -> Any:
        event = next((state.events[each.event] for each in commit.changes if isinstance(each, EventDeleted)), None)
        touched = model.apply(state, commit, digest)
        if event is not None:
            state.events[event.id] = event
        return touched

    yield following, "apply", without
