"""What a gateway can not tell apart: the positions between two refreshes.

A refresh shows many commits at once. Something that came and went within it has left no trace in the views; but a
client that comes from another gateway, which refreshed at another moment, may have seen it. So the ranges are
remembered, and what they touched: whoever comes back with a position inside of one gets no patch of a view that was
concerned.
"""

from bisect import bisect_right
from collections import deque
from typing import Final, NamedTuple

_RANGES_MAX: Final = 100_000  # half an hour at one refresh in 16 ms
_TOUCHES_MAX: Final = 1_000


class Blur(NamedTuple):
    """What was touched in one range.

    Attributes:
        users: whose relation to it changed, by event.
        moved: an event was made, edited or deleted, so lists may have had others in their windows.
    """

    users: dict[str, set[str]]
    moved: bool


UNKNOWN: Final = Blur({}, moved=True)
"""Too long ago: it may have touched anything."""


class Blurs:
    """The ranges of several commits that were shown at once."""

    def __init__(self) -> None:
        self._befores: list[int] = []  # the position before each range, ascending
        self._afters: list[int] = []
        self._touched: deque[Blur] = deque(maxlen=_TOUCHES_MAX)
        self._forgotten_to = -1

    def clear(self) -> None:
        """Nobody who comes back from before is given a patch anyway."""
        self._befores.clear()
        self._afters.clear()
        self._touched.clear()
        self._forgotten_to = -1

    def note(self, before: int, after: int, blur: Blur) -> None:
        """A refresh went from position ``before`` to ``after``."""
        if after - before < 2:  # noqa: PLR2004 - nothing lies between two neighbours
            return
        self._befores.append(before)
        self._afters.append(after)
        self._touched.append(blur)
        if len(self._befores) > _RANGES_MAX:
            half = _RANGES_MAX // 2
            self._forgotten_to = self._afters[half - 1]
            del self._befores[:half], self._afters[:half]

    def at(self, seq: int) -> Blur | None:
        """The range that ``seq`` lies within; None where this gateway has shown just that position."""
        if seq < self._forgotten_to:
            return UNKNOWN
        found = bisect_right(self._befores, seq - 1) - 1
        if found < 0 or seq >= self._afters[found]:
            return None
        recent = found - (len(self._befores) - len(self._touched))
        return self._touched[recent] if recent >= 0 else UNKNOWN
