"""Ranges of positions that one refresh collapsed.

A refresh shows many commits at once. An item that was added and removed within one refresh leaves no trace in the
views. A client of another gateway, which refreshed at another moment, may have received that item. So a client that
resumes inside such a range gets a snapshot, not a patch, of every view that the range affected.
"""

from bisect import bisect_right
from collections import deque
from typing import Final, NamedTuple

_RANGES_MAX: Final = 100_000  # half an hour at one refresh every 16 ms
_DETAILS_MAX: Final = 1_000


class CollapsedRange(NamedTuple):
    """The effects of the commits of one range.

    Attributes:
        users: by affected event, the users whose relation to it changed.
        people: users whose own record changed.
        has_moderation: True if reports or the audit changed.
        inboxes: users whose inbox changed.
        has_moved_events: True if an event was created, edited, ended, reopened or deleted, so that the windows of lists
            may have held other events.
    """

    users: dict[str, set[str]]
    has_moved_events: bool
    people: frozenset[str] = frozenset()
    has_moderation: bool = False
    inboxes: frozenset[str] = frozenset()

    def concerns(self, user: str | None) -> bool:
        """True if the user's record, or their relation to an event, has changed. None is nobody."""
        return user is not None and (user in self.people or any(user in users for users in self.users.values()))


UNKNOWN: Final = CollapsedRange({}, has_moved_events=True)
"""A range so old that its details were dropped: it may have affected every view."""


class CollapsedRanges:
    """The ranges that refreshes of several commits collapsed, for one epoch."""

    def __init__(self) -> None:
        self._befores: list[int] = []  # the position before each range, ascending
        self._afters: list[int] = []
        self._details: deque[CollapsedRange] = deque(maxlen=_DETAILS_MAX)
        self._dropped_to_seq = -1

    def clear(self) -> None:
        """Drops all ranges: no client may resume from an earlier history."""
        self._befores.clear()
        self._afters.clear()
        self._details.clear()
        self._dropped_to_seq = -1

    def add(self, before: int, after: int, collapsed: CollapsedRange) -> None:
        """Adds the refresh from position ``before`` to ``after``."""
        if after - before < 2:  # noqa: PLR2004 - no position lies between two neighbours
            return
        self._befores.append(before)
        self._afters.append(after)
        self._details.append(collapsed)
        if len(self._befores) > _RANGES_MAX:
            half = _RANGES_MAX // 2
            self._dropped_to_seq = self._afters[half - 1]
            del self._befores[:half], self._afters[:half]

    def find(self, seq: int) -> CollapsedRange | None:
        """The range that has ``seq`` inside; None if a refresh ended at ``seq``, or showed only one commit there."""
        if seq < self._dropped_to_seq:
            return UNKNOWN
        found = bisect_right(self._befores, seq - 1) - 1
        if found < 0 or seq >= self._afters[found]:
            return None
        recent = found - (len(self._befores) - len(self._details))
        return self._details[recent] if recent >= 0 else UNKNOWN
