"""Decides when the hub flushes: immediately when idle, in batches under load (docs/decisions/0008-when-to-tick.md)."""

import asyncio
from collections.abc import Callable
from typing import Final

INTERVAL_S: Final = 0.016  # a screen shows a picture every 1/60 s, so more frequent updates are invisible
_FLUSH_SHARE: Final = 1 / 3  # share of the time that flushes of single commits may take
_FREE_SHARE: Final = 1 / 2  # pause after a long flush, in flush durations: the loop serves other tasks


class Flusher:
    """Runs ``flush`` soon after ``request_flush``; further requests until then share the flush.

    After a flush of several commits the next starts ``interval_s`` later. After a flush of at most one it starts after
    three times the flush's duration, if that is sooner. So single commits are sent at once, and commits under load are
    merged. A flush that takes longer than ``interval_s`` is followed by a pause of half its duration, at
    most ``interval_s``.

    Args:
        flush: returns True if there were several commits.
    """

    def __init__(self, flush: Callable[[], bool], interval_s: float = INTERVAL_S) -> None:
        self._flush = flush
        self._interval_s = interval_s
        self._free_at_s = 0.0
        self._timer: asyncio.Handle | None = None
        self._idle_event = asyncio.Event()
        self._idle_event.set()

    def request_flush(self) -> None:
        """Plans a flush, unless one is planned already."""
        if self._timer is None:
            self._idle_event.clear()
            loop = asyncio.get_running_loop()
            if loop.time() >= self._free_at_s:
                self._timer = loop.call_soon(self._run)
            else:
                self._timer = loop.call_at(self._free_at_s, self._run)

    async def wait_until_flushed(self) -> None:
        """Waits until the planned flush and the pause after it are over."""
        await self._idle_event.wait()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._idle_event.set()

    def _run(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        is_batch = False
        try:
            is_batch = self._flush()
        finally:
            duration_s = loop.time() - started_s
            self._free_at_s = started_s + duration_s + self._pause_s(duration_s, is_batch=is_batch)
            loop.call_at(self._free_at_s, self._idle_event.set)

    def _pause_s(self, duration_s: float, *, is_batch: bool) -> float:
        period_s = self._interval_s if is_batch else min(self._interval_s, duration_s / _FLUSH_SHARE)
        return max(period_s - duration_s, min(self._interval_s, _FREE_SHARE * duration_s))
