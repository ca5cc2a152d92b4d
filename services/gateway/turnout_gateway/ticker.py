"""When the hub ticks: at once after quiet, and the less often the more there is to do."""

import asyncio
from collections.abc import Callable
from typing import Final

TICK_S: Final = 0.010
_REST: Final = 2  # times as long as a tick took: what is cheap goes out soon, what is dear is merged


class Ticker:
    """Runs ``tick`` soon after ``stir``; what is stirred meanwhile shares the tick.

    After a tick it rests for twice as long as the tick took, at most ``interval_s``. So a few clients are told of
    each change at once, while under load changes are merged, and even a very long tick leaves the loop time for others.
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
        clock = asyncio.get_running_loop().time
        began_s = clock()
        try:
            self._tick()
        finally:
            ended_s = clock()
            self._free_at_s = ended_s + min(self._interval_s, _REST * (ended_s - began_s))
