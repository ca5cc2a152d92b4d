"""When the hub ticks: at once after quiet, and under load no more often than every few milliseconds."""

import asyncio
from collections.abc import Callable
from typing import Final

TICK_S: Final = 0.010


class Ticker:
    """Runs ``tick`` soon after ``stir``; what is stirred meanwhile shares the tick.

    A tick that follows another one starts ``interval_s`` after that one's end, so that even a very long one leaves the
    loop time for everything else.
    """

    def __init__(self, tick: Callable[[], None], interval_s: float = TICK_S) -> None:
        self._tick = tick
        self._interval_s = interval_s
        self._free_at_s = 0.0
        self._planned: asyncio.Handle | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def stir(self) -> None:
        """There is something to tell."""
        if self._planned is None:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._free_at_s:
                self._planned = loop.call_soon(self._run)
            else:
                self._planned = loop.call_at(self._free_at_s, self._run)

    def wake_in(self, delay_s: float | None) -> None:
        """There will be something to tell in ``delay_s`` seconds, whatever happens until then; None for nothing."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self.stir)

    def stop(self) -> None:
        for handle in (self._planned, self._alarm):
            if handle is not None:
                handle.cancel()

    def _run(self) -> None:
        self._planned = None
        try:
            self._tick()
        finally:
            self._free_at_s = asyncio.get_running_loop().time() + self._interval_s
