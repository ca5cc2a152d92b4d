"""The share of the time that flushes may take. Pure: the time is an argument."""

from typing import Final

_SHARE: Final = 0.9  # of the time; the rest is for reading changes, new clients and requests
_SAVED_MAX_S: Final = 0.1


class FlushBudget:
    """A budget of time for flushes: it grows by nine tenths of the time that passes.

    A gateway saves up to 0.1 s of it, so a burst is not held back. One that has spent more than it had waits until it
    is out of debt: the wait follows from what flushes cost.
    """

    def __init__(self) -> None:
        self._saved_s = _SAVED_MAX_S
        self._counted_until_s: float | None = None

    def spend(self, duration_s: float) -> None:
        """Counts a flush that took ``duration_s`` seconds."""
        self._saved_s -= duration_s

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next flush may begin; 0 for at once. ``now_s`` is monotonic."""
        if self._counted_until_s is not None:
            earned_s = _SHARE * (now_s - self._counted_until_s)
            self._saved_s = min(_SAVED_MAX_S, self._saved_s + earned_s)
        self._counted_until_s = now_s
        return max(0.0, -self._saved_s / _SHARE)
