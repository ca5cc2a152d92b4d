"""At once after quiet; and what comes while a dear tick rests shares the next one."""

import asyncio
import time

from turnout_gateway.ticker import Ticker


class Work:
    """Counts ticks, each of which takes ``seconds`` of the loop."""

    def __init__(self, seconds: float) -> None:
        self.ticks = 0
        self.done = asyncio.Event()
        self._seconds = seconds

    def __call__(self) -> None:
        until = time.perf_counter() + self._seconds
        while time.perf_counter() < until:
            pass
        self.ticks += 1
        self.done.set()


async def _ticked(work: Work) -> None:
    await asyncio.wait_for(work.done.wait(), 10)
    work.done.clear()


async def test_what_is_stirred_at_the_same_time_shares_a_tick() -> None:
    work = Work(0)
    ticker = Ticker(work)
    for _ in range(5):
        ticker.stir()
    await _ticked(work)
    assert work.ticks == 1


async def test_a_cheap_tick_does_not_hold_up_the_next() -> None:
    work = Work(0)
    ticker = Ticker(work, interval_s=3600)
    for _ in range(3):
        ticker.stir()
        await _ticked(work)
    assert work.ticks == 3


async def test_a_dear_tick_rests_and_merges_what_comes_meanwhile() -> None:
    loop, work = asyncio.get_running_loop(), Work(0.02)
    ticker = Ticker(work, interval_s=0.05)
    ticker.stir()
    await _ticked(work)
    ended_s = loop.time()
    for _ in range(5):
        ticker.stir()
        await asyncio.sleep(0)
    assert work.ticks == 1
    await _ticked(work)
    assert work.ticks == 2
    assert loop.time() - ended_s >= 0.05
