"""The sort keys of all events that match one query, in order."""

from bisect import bisect_left, insort
from collections.abc import Iterable

SortKey = tuple[int, str]
"""The ``(rank, key)`` of an event's card."""


class SortedEvents:
    """One sorted list of events.

    Attributes:
        subscribers: views that show a window of this list. The index does not drop a list with subscribers.
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


def event_of(key: SortKey) -> str:
    """The event whose card has this sort key."""
    return key[1].removeprefix("card:")
