"""The sort keys of all events that match one query, in order."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

SortKey = tuple[int, str]
"""The ``(rank, key)`` of an event's card."""

Span = tuple[int, int]
"""The first and the last of some starts, in ms since 1970."""


class SortedEvents:
    """One sorted list of events.

    Attributes:
        subscribers: views that show a part of this list. The index does not drop a list with subscribers.
    """

    __slots__ = ("keys", "subscribers")

    def __init__(self, keys: Iterable[SortKey] = ()) -> None:
        self.keys: list[SortKey] = sorted(keys)
        self.subscribers: set[object] = set()

    def add(self, key: SortKey) -> None:
        insort(self.keys, key)

    def discard(self, key: SortKey) -> bool:
        """Removes a key; False if the list does not have it."""
        at = bisect_left(self.keys, key)
        found = at < len(self.keys) and self.keys[at] == key
        if found:
            del self.keys[at]
        return found

    def above(self, key: SortKey | None, limit: int) -> slice:
        """The place of the first ``limit`` keys above ``key``; of the lowest keys for None."""
        start = 0 if key is None else bisect_right(self.keys, key)
        return slice(start, min(start + limit, len(self.keys)))

    def below(self, key: SortKey | None, limit: int) -> slice:
        """The place of the last ``limit`` keys below ``key``; of the highest keys for None."""
        end = len(self.keys) if key is None else bisect_left(self.keys, key)
        return slice(max(end - limit, 0), end)

    def number_from(self, start_ms: int, end_ms: int) -> int:
        """The number of events that start at ``start_ms`` or later, and before ``end_ms``."""
        return bisect_left(self.keys, (end_ms, "")) - bisect_left(self.keys, (start_ms, ""))


def event_of(key: SortKey) -> str:
    """The event whose card has this sort key."""
    return key[1].removeprefix("card:")
