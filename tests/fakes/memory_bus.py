"""A presence bus in memory, with the guarantees of the port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from turnout_gateway.runtime.presence_bus import Subscription


class MemoryBus:
    """Satisfies ``PresenceBus`` within one process."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes]] = set()

    async def publish(self, message: bytes) -> None:
        for queue in self._queues:
            queue.put_nowait(message)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield _MemorySubscription(queue)
        finally:
            self._queues.discard(queue)

    async def close(self) -> None:
        self._queues.clear()


class _MemorySubscription:
    def __init__(self, queue: asyncio.Queue[bytes]) -> None:
        self._queue = queue

    async def receive(self, timeout_s: float) -> bytes | None:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._queue.get()
        except TimeoutError:
            return None
