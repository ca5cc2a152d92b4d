"""Pauses of receivers that fail: each gets one attempt, and then none for a while, whatever waits for it.

Otherwise a few receivers that stall could hold up all others, since only so many deliveries leave at a time.
"""

from typing import Final

_FIRST_S: Final = 5.0
_LONGEST_S: Final = 3600.0
_DOUBLINGS_MAX: Final = 10
_RECEIVERS_MAX: Final = 10_000  # the oldest go, and are tried anew


class Pauses:
    """The failures of receivers, by id. Pure: time is an argument, in seconds."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    def left_s(self, receiver: str, now_s: float) -> float:
        """Seconds until the next attempt; 0 for now. A clock that was set back makes nobody wait longer."""
        failures, failed_s = self._failures.get(receiver, (0, now_s))
        if not failures or now_s < failed_s:
            return 0.0
        pause_s: float = min(_FIRST_S * 2 ** min(failures - 1, _DOUBLINGS_MAX), _LONGEST_S)
        return max(failed_s + pause_s - now_s, 0.0)

    def note_failure(self, receiver: str, now_s: float) -> None:
        """Begins a pause, twice as long as the one before; failures of attempts in the same pause count once."""
        if self.left_s(receiver, now_s):
            return
        failures, _ = self._failures.pop(receiver, (0, 0.0))
        self._failures[receiver] = failures + 1, now_s
        if len(self._failures) > _RECEIVERS_MAX:
            del self._failures[next(iter(self._failures))]

    def note_success(self, receiver: str) -> None:
        self._failures.pop(receiver, None)
