"""A limit of CPU time for pieces of work: some rules of calendars have no end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_AGAIN_S: Final = 0.1  # the first signal may arrive where Python drops exceptions, as in a finaliser
_LEAST_S: Final = 0.001


class TooSlow(Exception):
    """The work has used up its CPU time."""


class CpuBudget:
    """CPU time of this process for many pieces of work, in the main thread only.

    Args:
        seconds: for all pieces.
    """

    def __init__(self, seconds: float) -> None:
        self._left_s = seconds

    @property
    def is_spent(self) -> bool:
        return self._left_s <= 0

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Ends the block after ``seconds`` of CPU time. Raises TooSlow."""

        def stop(_: int, __: FrameType | None) -> None:
            raise TooSlow

        given_s = max(_LEAST_S, min(seconds, self._left_s))
        left_s = 0.0
        before = signal.signal(signal.SIGVTALRM, stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, given_s, _AGAIN_S)
        try:
            yield
            left_s, _ = signal.getitimer(signal.ITIMER_VIRTUAL)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            self._left_s -= given_s - left_s
