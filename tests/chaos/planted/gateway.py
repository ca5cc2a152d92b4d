"""Bugs of the gateway service."""

from collections.abc import Iterable, Mapping
from typing import Any

from chaos.planted.replacement import Replacement
from turnout_core.domain import apply as model
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit, EventDeleted
from turnout_core.domain.people_changes import Renamed
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
    """A follower that missed records continues with the next ones."""

    def continue_after_gap(self: Follower, message: Records | Heartbeat) -> bool:
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

    yield Follower, "_continues_with", continue_after_gap


def last_message_dropped() -> Iterable[Replacement]:
    """The last record of an append with several never reaches the followers, and no heartbeat reveals it."""
    continues_with = Follower._continues_with

    def drop_last(self: Follower, message: Records | Heartbeat) -> bool:
        if isinstance(message, Heartbeat):
            return True
        continues = continues_with(self, Records(message.records[:-1] or message.records))
        if self.state is not None and len(message.records) > 1:
            commit, digest = peek(message.records[-1])
            self.state.position, self.state.hash = Position(commit.epoch, commit.seq), digest
        return continues

    yield Follower, "_continues_with", drop_last


def later_position_claimed() -> Iterable[Replacement]:
    """A gateway claims the next position for its present items."""
    frame = FrameCache._frame

    def claim_next_position(self: FrameCache, kind: Any, here: Position, tail: bytes) -> Any:
        return frame(self, kind, Position(here.epoch, here.seq + 1), tail)

    yield FrameCache, "_frame", claim_next_position


def tombstone_lost() -> Iterable[Replacement]:
    """A patch never contains removed keys."""
    patch = FrameCache.patch

    def without_removed_keys(
        self: FrameCache, seen: Seen, items: Mapping[str, Item], keys: Iterable[str], here: Position
    ) -> Any:
        return patch(self, seen, items, [key for key in keys if key in items], here)

    yield FrameCache, "patch", without_removed_keys


def empty_resume() -> Iterable[Replacement]:
    """A client that resumes from an old position gets an empty patch."""
    yield History, "_keys_since_seq", lambda *_: []


def deleted_event_remains() -> Iterable[Replacement]:
    """A deleted event remains in the replica of the gateways."""

    def without_removed_keys(state: State, commit: Commit, digest: str) -> Any:
        event = next((state.events[each.event] for each in commit.changes if isinstance(each, EventDeleted)), None)
        affected = model.apply(state, commit, digest)
        if event is not None:
            state.events[event.id] = event
        return affected

    yield following, "apply", without_removed_keys


def former_name_stays() -> Iterable[Replacement]:
    """Views do not follow another name."""

    def apply_without_effect(state: State, change: Renamed, _: Commit, affected: Affected) -> None:
        state.users[change.user].name = change.name
        affected.users.append(change.user)

    yield model, "_APPLY", {**model._APPLY, Renamed: apply_without_effect}
