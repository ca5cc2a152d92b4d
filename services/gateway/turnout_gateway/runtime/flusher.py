"""Decides when the hub flushes: as soon as the loop has nothing else to do (docs/decisions/0031-flush-at-once.md)."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from turnout_gateway.runtime.flush_budget import FlushBudget

_CLOCK_S: Final = 0.001  # the loop's timers have a resolution of 1 ms


class Flusher:
    """Runs ``flush`` in the next round of the loop; further requests until then share the flush.

    Nothing holds a change back while the core has time left. Batches form because changes arrive while a flush runs.
    Only a gateway whose flushes take most of the time waits between them, as ``FlushBudget`` says.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._budget = FlushBudget()
        self._next_flush: asyncio.Handle | None = None
        self._idle_event = asyncio.Event()
        self._idle_event.set()

    def request_flush(self) -> None:
        """Plans a flush, unless one is planned already."""
        if self._next_flush is None:
            self._idle_event.clear()
            loop = asyncio.get_running_loop()
            wait_s = self._budget.wait_s(loop.time())
            if wait_s < _CLOCK_S:
                self._next_flush = loop.call_soon(self._run)
            else:
                self._next_flush = loop.call_later(wait_s, self._run)

    async def wait_until_flushed(self) -> None:
        """Waits until no flush is planned."""
        await self._idle_event.wait()

    def stop(self) -> None:
        if self._next_flush is not None:
            self._next_flush.cancel()
        self._idle_event.set()

    def _run(self) -> None:
        self._next_flush = None
        started_s = time.perf_counter()
        try:
            self._flush()
        finally:
            self._budget.spend(time.perf_counter() - started_s)
            if self._next_flush is None:
                self._idle_event.set()
