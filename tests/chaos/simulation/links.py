"""An in-memory journal and lease. Each service reaches them over its own link, which can fail."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_core.domain.position import Position
from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import Head, OutcomeUnknown, Subscription, Unreachable


class Server:
    """State that all services share.

    Attributes:
        overwritten: records that took the place of others under the same number.
    """

    def __init__(self, term_s: float, now_ms: Callable[[], int]) -> None:
        self.journal = MemoryJournal(fence=0)
        self.lease = MemoryLease(term_s, server_time_ms=now_ms)
        self.kept: dict[int, bytes] = {}
        self.overwritten: list[tuple[int, bytes, bytes]] = []

    async def acquire(self, owner: str) -> Grant:
        grant = await self.lease.acquire(owner)
        self.journal.fence = max(self.journal.fence, grant.fence or 0)
        return grant

    def note(self, before: Head, records: Sequence[bytes]) -> None:
        """Remembers what was appended, also when it is trimmed later."""
        for seq, record in enumerate(records, before.position.seq + 1):
            held = self.kept.setdefault(seq, record)
            if held != record:
                self.overwritten.append((seq, held, record))


class Link:
    """Satisfies ``Journal`` and ``Lease`` for one service.

    Attributes:
        cut: nothing gets through to the journal. cut_lease: nor to the lease, which has a connection of its own.
        deaf: appends get through, answers do not.
        quick: while it is not set, what writes gets through at once, and its answer is on the way.
    """

    def __init__(self, server: Server) -> None:
        self.cut = False
        self.cut_lease = False
        self.deaf = False
        self.quick = asyncio.Event()
        self.quick.set()
        self._server = server
        self._journal = server.journal
        self._lease: Lease = server.lease

    async def create(self, epoch: str) -> Head:
        self._reach()
        return await self._journal.create(epoch)

    async def head(self) -> Head | None:
        self._reach()
        return await self._journal.head()

    async def was_replaced_by_operator(self) -> bool:
        self._reach()
        return await self._journal.was_replaced_by_operator()

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        self._reach()
        try:
            await self._journal.append(fence, before, records, after)
            self._server.note(before, records)
        finally:
            await self.quick.wait()
        if self.deaf:
            raise OutcomeUnknown("deaf on purpose")

    async def publish_heartbeat(self, fence: int) -> Head:
        self._reach()
        try:
            return await self._journal.publish_heartbeat(fence)
        finally:
            await self.quick.wait()

    async def read(self, after: Position, limit: int) -> list[bytes]:
        self._reach()
        return await self._journal.read(after, limit)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        self._reach()
        async with self._journal.subscribe() as subscription:
            yield subscription

    async def snapshots(self) -> list[Position]:
        self._reach()
        return await self._journal.snapshots()

    async def load_snapshot(self, position: Position) -> AsyncIterator[bytes]:
        self._reach()
        async for chunk in self._journal.load_snapshot(position):
            yield chunk

    async def save_snapshot(self, position: Position, chunks: AsyncIterator[bytes]) -> None:
        self._reach()
        await self._journal.save_snapshot(position, chunks)

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        self._reach()
        await self._journal.drop_snapshot(position, epoch=epoch)

    async def trim(self, before: Position) -> None:
        self._reach()
        await self._journal.trim(before)

    async def close(self) -> None:
        """Nothing is held open."""

    async def acquire(self, owner: str) -> Grant:
        self._reach_lease()
        return await self._server.acquire(owner)

    async def release(self, owner: str) -> None:
        self._reach_lease()
        await self._lease.release(owner)

    async def now_ms(self) -> int:
        self._reach_lease()
        return await self._lease.now_ms()

    def _reach_lease(self) -> None:
        if self.cut_lease:
            raise Unreachable("cut on purpose")

    def _reach(self) -> None:
        if self.cut:
            raise Unreachable("cut on purpose")
