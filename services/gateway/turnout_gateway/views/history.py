"""The history of one view: the keys that have changed since an earlier point.

Two clocks order the changes:

* a *revision* counts the refreshes of this process. A connected client is at the revision of its last frame.
* the *position* counts commits. A client that resumes, from this or another gateway, has only a position.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from turnout_core.domain.position import Position
from turnout_gateway.views.collapsed import CollapsedRange, CollapsedRanges

_LOG_MAX_KEYS: Final = 2_000  # beyond this a snapshot costs less than a patch

Seen = int | Position | None
"""The part of a view that a client has: everything up to a revision, up to a position, or nothing."""


class Revision(NamedTuple):
    """The moment of a change: number of the refresh, and number of the last commit that it showed."""

    number: int
    seq: int


class History:
    """The latest change of each key of one view.

    Args:
        loaded_at: the revision at which the view was loaded.
        volatile: keys that change without a commit. A position does not cover them, so each client that resumes gets
            them again. That is harmless: a patch carries whole items.
    """

    __slots__ = ("_collapsed", "_floor_number", "_floor_seq", "_log", "_volatile")

    def __init__(self, loaded_at: Revision, collapsed: CollapsedRanges, volatile: tuple[str, ...] = ()) -> None:
        self._collapsed = collapsed
        self._volatile = volatile
        self._log: dict[str, Revision] = {}  # the last change of each key, removals too, oldest first
        self._floor_number = loaded_at.number  # a client that has seen less than a floor needs a snapshot
        self._floor_seq = loaded_at.seq

    def record(self, key: str, revision: Revision) -> None:
        """Records that ``key`` was updated or removed."""
        log = self._log
        log.pop(key, None)
        log[key] = revision
        if len(log) > _LOG_MAX_KEYS:
            oldest = log.pop(next(iter(log)))
            self._floor_number = max(self._floor_number, oldest.number)
            self._floor_seq = max(self._floor_seq, oldest.seq)

    def reset(self, revision: Revision, *, connected: bool) -> None:
        """Clients that resume from before ``revision`` get a snapshot; with ``connected``, connected clients too."""
        self._floor_seq = revision.seq
        if connected:
            self._floor_number = revision.number

    def keys_since(self, seen: Seen, here: Position, is_affected: Callable[[CollapsedRange], bool]) -> list[str] | None:
        """The keys of the patch that brings a client from ``seen`` to ``here``; None if it needs a snapshot."""
        if isinstance(seen, int) and seen >= self._floor_number:
            return self._keys_since_revision(seen)
        if isinstance(seen, Position) and seen.epoch == here.epoch and self._floor_seq <= seen.seq <= here.seq:
            collapsed = self._collapsed.find(seen.seq)
            if collapsed is None or not is_affected(collapsed):
                return self._keys_since_seq(seen.seq)
        return None

    def _keys_since_revision(self, number: int) -> list[str]:
        """The keys that changed after the revision ``number``, the newest first."""
        keys = []
        for key, revision in reversed(self._log.items()):
            if revision.number <= number:
                break
            keys.append(key)
        return keys

    def _keys_since_seq(self, seq: int) -> list[str]:
        keys = []
        for key, revision in reversed(self._log.items()):
            if revision.seq <= seq:
                break
            keys.append(key)
        keys.extend(key for key in self._volatile if key not in keys)
        return keys
