"""The flusher flushes at once when idle, and in batches under load."""

import asyncio
import time

import pytest

from turnout_gateway.runtime.flusher import Flusher


class CountingFlush:
    """A flush that blocks the loop for ``duration_s`` and counts its calls."""

    def __init__(self, duration_s: float, *, is_batch: bool = False) -> None:
        self.is_batch = is_batch
        self.flushes = 0
        self.done = asyncio.Event()
        self._duration_s = duration_s

    def __call__(self) -> bool:
        until = time.perf_counter() + self._duration_s
        while time.perf_counter() < until:
            pass
        self.flushes += 1
        self.done.set()
        return self.is_batch


async def _flushed(flush: CountingFlush) -> None:
    await asyncio.wait_for(flush.done.wait(), 10)
    flush.done.clear()


async def test_simultaneous_flush_requests_share_a_flush() -> None:
    flush = CountingFlush(0)
    flusher = Flusher(flush)
    for _ in range(5):
        flusher.request_flush()
    await _flushed(flush)
    assert flush.flushes == 1


async def test_a_short_flush_does_not_delay_the_next() -> None:
    flush = CountingFlush(0)
    flusher = Flusher(flush, interval_s=3600)
    for _ in range(3):
        flusher.request_flush()
        await _flushed(flush)
    assert flush.flushes == 3


@pytest.mark.parametrize(
    ("is_batch", "flush_s", "interval_s", "period_s"),
    [
        (False, 0.01, 3600, 0.03), (False, 0.02, 0.05, 0.05), (True, 0.0, 0.04, 0.04),
        (True, 0.1, 0.05, 0.15), (False, 0.1, 0.02, 0.12),
    ],
    ids=[
        "three times the duration", "at most the interval", "the interval after a batch",
        "half the duration of a long flush", "at most the interval after a long flush",
    ],
)  # fmt: skip
async def test_a_pause_follows_a_flush_and_merges_requests(
    *, is_batch: bool, flush_s: float, interval_s: float, period_s: float
) -> None:
    loop, flush = asyncio.get_running_loop(), CountingFlush(flush_s, is_batch=is_batch)
    flusher = Flusher(flush, interval_s)
    started_s = loop.time()
    flusher.request_flush()
    await _flushed(flush)
    for _ in range(5):
        flusher.request_flush()
        await asyncio.sleep(0)
    assert flush.flushes == 1
    await _flushed(flush)
    assert flush.flushes == 2
    assert loop.time() - started_s >= period_s + flush_s - 0.002  # the loop's clock has a resolution of 1 ms


async def test_a_reader_waits_for_the_planned_flush_and_the_pause_after_it() -> None:
    loop, flush = asyncio.get_running_loop(), CountingFlush(0, is_batch=True)
    flusher = Flusher(flush, interval_s=0.08)
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)  # no flush is planned
    started_s = loop.time()
    flusher.request_flush()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)
    assert flush.flushes == 1
    assert loop.time() - started_s >= 0.08 - 0.002
    flusher.request_flush()
    await _flushed(flush)


async def test_a_stopped_flusher_releases_its_waiters() -> None:
    flusher = Flusher(CountingFlush(0))
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
