"""Tags with the number of events that have them, sorted as they change."""

from bisect import bisect_left, insort
from collections.abc import Mapping

TagKey = tuple[int, str]
"""Minus the number of events, and the tag: the most frequent tag has the lowest key, ties are by code point."""


class TagTotals:
    """The tags of some events.

    Args:
        totals: number of events by tag.
    """

    __slots__ = ("_keys", "_totals")

    def __init__(self, totals: Mapping[str, int]) -> None:
        self._totals = dict(totals)
        self._keys: list[TagKey] = sorted((-total, tag) for tag, total in totals.items())

    def set(self, tag: str, total: int) -> None:
        """Sets the number of events with ``tag``. It takes a search in the sorted keys, not a pass over them."""
        before = self._totals.pop(tag, 0)
        if before:
            del self._keys[bisect_left(self._keys, (-before, tag))]
        if total:
            self._totals[tag] = total
            insort(self._keys, (-total, tag))

    def top(self, limit: int) -> list[TagKey]:
        """The ``limit`` most frequent tags, the most frequent first."""
        return self._keys[:limit]
