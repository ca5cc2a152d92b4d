"""Reads Valkey's memory, for the guard and for the metrics."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from turnout_command.metrics import Metrics
from turnout_command.write.memory_guard import MemoryGuard, MemoryReading
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import JournalError
from turnout_core.journal.unreachable import RaiseUnreachable

_INTERVAL_S: Final = 5.0
_INTERVAL_WHEN_FULL_S: Final = 1.0  # so that commands that add are accepted again soon after there is room

log = logging.getLogger("turnout.memory")


class MemoryMonitor:
    """Reads the memory regularly, and at once when the guard asks for it."""

    def __init__(self, valkey: Redis, keys: Keys, guard: MemoryGuard, metrics: Metrics) -> None:
        self._valkey = valkey
        self._keys = keys
        self._guard = guard
        self._metrics = metrics
        self._was_full = False

    async def run(self) -> None:
        """Reads until it is cancelled. A server that does not answer is asked again."""
        while True:
            with suppress(JournalError):
                await self.read()
            with suppress(TimeoutError):
                async with asyncio.timeout(_INTERVAL_WHEN_FULL_S if self._was_full else _INTERVAL_S):
                    await self._guard.reading_requested.wait()

    async def read(self) -> None:
        """Reads the memory once. Raises Unreachable."""
        begun = self._guard.begin_reading()
        reading = await read_memory(self._valkey, self._keys)
        self._guard.end_reading(reading, begun)
        self._report(reading)

    def _report(self, reading: MemoryReading) -> None:
        is_full = self._guard.is_full()
        self._metrics.memory_bytes.set(reading.used_bytes)
        self._metrics.memory_max_bytes.set(reading.max_bytes)
        self._metrics.memory_reserve_bytes.set(reading.reserve_bytes())
        self._metrics.is_full.set(is_full)
        if is_full and not self._was_full:
            log.warning(
                "Valkey has no room left: %d of %d MB are used, and the next snapshots need %d MB. Commands that add "
                "are refused until something is deleted, or maxmemory is raised",
                reading.used_bytes >> 20, reading.max_bytes >> 20, reading.reserve_bytes() >> 20,
            )  # fmt: skip
        elif self._was_full and not is_full:
            log.warning("Valkey has room again: commands that add are accepted")
        self._was_full = is_full


async def read_memory(valkey: Redis, keys: Keys) -> MemoryReading:
    """The memory in use, its limit, and the sizes of the snapshots. Raises Unreachable.

    A server that does not tell the sizes counts as one without snapshots: then the guard reserves more than needed.
    """
    with RaiseUnreachable():
        async with valkey.pipeline(transaction=False) as both:
            both.zrevrange(keys.snapshots, 0, -1)
            both.info("memory")
            names, memory = await both.execute()
        sizes: list[int | None] = []
        with suppress(ResponseError):  # no permission, or an unknown command
            sizes = [await valkey.memory_usage(keys.snapshot(name.decode()), samples=0) for name in names]
    return MemoryReading(int(memory["used_memory"]), int(memory["maxmemory"]), tuple(each or 0 for each in sizes))
