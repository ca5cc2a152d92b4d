"""The flusher flushes at once, and in batches when flushes take most of the time."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_gateway.runtime.flush_budget import FlushBudget
from turnout_gateway.runtime.flusher import Flusher

SHARE = 0.9
SAVED_MAX_S = 0.1


class CountingFlush:
    """A flush that blocks the loop for ``duration_s`` and counts its calls."""

    def __init__(self, duration_s: float = 0) -> None:
        self.flushes = 0
        self.done = asyncio.Event()
        self._duration_s = duration_s

    def __call__(self) -> None:
        until = time.perf_counter() + self._duration_s
        while time.perf_counter() < until:
            pass
        self.flushes += 1
        self.done.set()


async def _flushed(flush: CountingFlush) -> None:
    await asyncio.wait_for(flush.done.wait(), 10)
    flush.done.clear()


async def test_simultaneous_flush_requests_share_a_flush() -> None:
    flush = CountingFlush()
    flusher = Flusher(flush)
    for _ in range(5):
        flusher.request_flush()
    await _flushed(flush)
    assert flush.flushes == 1


async def test_no_timer_holds_a_change_back() -> None:
    """A burst is flushed round by round of the loop, each in the round after its request."""
    flush = CountingFlush(0.001)
    flusher = Flusher(flush)
    for number in range(1, 21):
        flusher.request_flush()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert flush.flushes == number


async def test_flushes_that_take_most_of_the_time_are_merged() -> None:
    flush = CountingFlush(0.05)
    flusher = Flusher(flush)
    started_s = time.monotonic()
    requests = 0
    while time.monotonic() < started_s + 2:
        flusher.request_flush()
        requests += 1
        await asyncio.sleep(0)
    passed_s = time.monotonic() - started_s
    assert requests > flush.flushes
    assert (flush.flushes - 1) * 0.05 <= SHARE * passed_s + SAVED_MAX_S


async def test_a_reader_waits_for_the_planned_flush() -> None:
    flush = CountingFlush()
    flusher = Flusher(flush)
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)  # no flush is planned
    flusher.request_flush()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)
    assert flush.flushes == 1


async def test_a_flush_that_asks_for_another_keeps_readers_waiting() -> None:
    calls = []

    def flush() -> None:
        calls.append(1)
        if len(calls) < 3:
            flusher.request_flush()

    flusher = Flusher(flush)
    flusher.request_flush()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)
    assert len(calls) == 3


async def test_a_stopped_flusher_releases_its_waiters() -> None:
    flusher = Flusher(CountingFlush())
    flusher.request_flush()
    flusher.stop()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)


async def test_a_failed_flush_releases_its_waiters() -> None:
    def broken() -> None:
        raise ArithmeticError

    loop, errors = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _loop, context: errors.append(context["exception"]))
    flusher = Flusher(broken)
    flusher.request_flush()
    await asyncio.wait_for(flusher.wait_until_flushed(), 10)
    assert [type(error) for error in errors] == [ArithmeticError]


@pytest.mark.parametrize(
    ("flush_s", "rest_s", "waits"),
    [(0.001, 0.001, False), (0.0008, 0.0002, False), (0.0099, 0.0001, True), (0.2, 0.0, True), (0.04, 0.01, False)],
    ids=["half of the time", "80 %", "99 %", "no rest", "long flushes, 80 %"],
)
def test_only_flushes_that_take_most_of_the_time_wait(*, flush_s: float, rest_s: float, waits: bool) -> None:
    budget, now_s = FlushBudget(), 0.0
    waited = False
    for _ in range(2_000):
        wait_s = budget.wait_s(now_s)
        waited = waited or wait_s > 0
        now_s += wait_s + flush_s
        budget.spend(flush_s)
        now_s += rest_s
    assert waited is waits


@given(st.lists(st.tuples(st.floats(0, 0.3), st.floats(0, 0.3)), max_size=50))
def test_flushes_never_take_more_than_their_share(steps: list[tuple[float, float]]) -> None:
    """All but the last flush fit into nine tenths of the time until it begins, and 0.1 s."""
    budget, now_s, spent_s = FlushBudget(), 0.0, 0.0
    for flush_s, rest_s in steps:
        now_s += budget.wait_s(now_s)
        budget.wait_s(now_s)
        assert spent_s <= SHARE * now_s + SAVED_MAX_S + 1e-6
        now_s += flush_s
        budget.spend(flush_s)
        spent_s += flush_s
        now_s += rest_s
