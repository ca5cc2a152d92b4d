"""A presence bus within one process, with the guarantees of the port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from turnout_gateway.runtime.presence_bus import Ear


class MemoryBus:
    """Satisfies ``Bus`` within one process."""

    def __init__(self) -> None:
        self._ears: set[asyncio.Queue[bytes]] = set()

    async def tell(self, message: bytes) -> None:
        for ear in self._ears:
            ear.put_nowait(message)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Ear]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._ears.add(queue)
        try:
            yield _MemoryEar(queue)
        finally:
            self._ears.discard(queue)

    async def close(self) -> None:
        self._ears.clear()


class _MemoryEar:
    def __init__(self, queue: asyncio.Queue[bytes]) -> None:
        self._queue = queue

    async def next(self, timeout_s: float) -> bytes | None:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._queue.get()
        except TimeoutError:
            return None
