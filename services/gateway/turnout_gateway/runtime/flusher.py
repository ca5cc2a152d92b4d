"""When the hub ticks: at once after quiet, and the less often the more there is to do."""

import asyncio
from collections.abc import Callable
from typing import Final

TICK_S: Final = 0.016  # a screen shows a picture every 1/60 s: nobody sees what is told more often
_SHARE: Final = 1 / 3  # of the time, that ticks for single changes may take: what is cheap goes out soon
_LEFT_FREE: Final = 1 / 2  # as long as a long tick took, the loop is free for others


class Ticker:
    """Runs ``tick`` soon after ``stir``; what is stirred meanwhile shares the tick.

    Where several changes had come for one tick, more will: then the next begins ``interval_s`` after it. Where there
    was one, or none, the next may begin three times as long after it as it took, if that is sooner. So changes that
    come one by one are told at once, and under load they are merged. After a tick that takes longer than all that the
    loop has time for others, half as long as the tick took, at most ``interval_s``.

    Args:
        tick: says whether several changes had come.
    """

    def __init__(self, tick: Callable[[], bool], interval_s: float = TICK_S) -> None:
        self._tick = tick
        self._interval_s = interval_s
        self._free_at_s = 0.0
        self._planned: asyncio.Handle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._told = asyncio.Event()
        self._told.set()

    def stir(self) -> None:
        """There is something to tell."""
        if self._planned is None:
            self._told.clear()
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

    async def told(self) -> None:
        """Returns when the tick that is planned now is over, and so is the rest after it."""
        await self._told.wait()

    def stop(self) -> None:
        for handle in (self._planned, self._alarm):
            if handle is not None:
                handle.cancel()
        self._told.set()

    def _run(self) -> None:
        self._planned = None
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        several = False
        try:
            several = self._tick()
        finally:
            took_s = loop.time() - began_s
            self._free_at_s = began_s + took_s + self._rest_s(took_s, several=several)
            loop.call_at(self._free_at_s, self._told.set)

    def _rest_s(self, took_s: float, *, several: bool) -> float:
        period_s = self._interval_s if several else min(self._interval_s, took_s / _SHARE)
        return max(period_s - took_s, min(self._interval_s, _LEFT_FREE * took_s))
