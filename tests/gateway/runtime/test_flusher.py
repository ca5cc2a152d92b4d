"""The flusher ticks immediately after quiet, and in batches under load."""

import asyncio
import time

import pytest

from turnout_gateway.runtime.flusher import Flusher


class Work:
    """Counts flushes, each of which takes ``seconds`` of the loop and shows ``several`` changes, or one."""

    def __init__(self, seconds: float, *, several: bool = False) -> None:
        self.several = several
        self.flushes = 0
        self.done = asyncio.Event()
        self._seconds = seconds

    def __call__(self) -> bool:
        until = time.perf_counter() + self._seconds
        while time.perf_counter() < until:
            pass
        self.flushes += 1
        self.done.set()
        return self.several


async def _flushed(work: Work) -> None:
    await asyncio.wait_for(work.done.wait(), 10)
    work.done.clear()


async def test_simultaneous_flush_requests_share_a_flush() -> None:
    work = Work(0)
    flusher = Flusher(work)
    for _ in range(5):
        flusher.request_flush()
    await _flushed(work)
    assert work.flushes == 1


async def test_a_short_flush_does_not_delay_the_next() -> None:
    work = Work(0)
    flusher = Flusher(work, interval_s=3600)
    for _ in range(3):
        flusher.request_flush()
        await _flushed(work)
    assert work.flushes == 3


@pytest.mark.parametrize(
    ("several", "takes_s", "interval_s", "period_s"),
    [
        (False, 0.01, 3600, 0.03), (False, 0.02, 0.05, 0.05), (True, 0.0, 0.04, 0.04),
        (True, 0.1, 0.05, 0.15), (False, 0.1, 0.02, 0.12),
    ],
    ids=[
        "a third of the time", "at most the interval", "where several had come, the interval",
        "half as long again", "but no longer than the interval",
    ],
)  # fmt: skip
async def test_a_pause_follows_a_flush_and_merges_requests(
    *, several: bool, takes_s: float, interval_s: float, period_s: float
) -> None:
    loop, work = asyncio.get_running_loop(), Work(takes_s, several=several)
    flusher = Flusher(work, interval_s)
    began_s = loop.time()
    flusher.request_flush()
    await _flushed(work)
    for _ in range(5):
        flusher.request_flush()
        await asyncio.sleep(0)
    assert work.flushes == 1
    await _flushed(work)
    assert work.flushes == 2
    assert loop.time() - began_s >= period_s + takes_s - 0.002  # loops have clocks of a ms


async def test_a_reader_waits_for_the_planned_flush_and_the_pause_after_it() -> None:
    loop, work = asyncio.get_running_loop(), Work(0, several=True)
    flusher = Flusher(work, interval_s=0.08)
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)  # there is nothing to tell
    began_s = loop.time()
    flusher.request_flush()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)
    assert work.flushes == 1
    assert loop.time() - began_s >= 0.08 - 0.002
    flusher.request_flush()
    await _flushed(work)


async def test_a_stopped_flusher_releases_its_waiters() -> None:
    flusher = Flusher(Work(0))
    flusher.request_flush()
    flusher.stop()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)


async def test_a_failed_flush_releases_its_waiters() -> None:
    def broken() -> bool:
        raise ArithmeticError

    loop, errors = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _loop, context: errors.append(context["exception"]))
    flusher = Flusher(broken)
    flusher.request_flush()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)
    assert [type(error) for error in errors] == [ArithmeticError]
