"""An in-memory journal and lease. Each service uses them through its own link, which can fail."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_core.domain.position import Position
from turnout_core.domain.since import FIRST
from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import Head, OutcomeUnknown, Subscription, Unreachable


class SharedServer:
    """The journal and the lease that all services share.

    Attributes:
        records: all appended records, including trimmed ones.
        overwritten: number, old and new record of each replaced record.
    """

    def __init__(self, term_s: float, now_ms: Callable[[], int]) -> None:
        self.journal = MemoryJournal(fence=0)
        self.lease = MemoryLease(term_s, server_time_ms=now_ms)
        self.records: dict[int, bytes] = {}
        self.overwritten: list[tuple[int, bytes, bytes]] = []

    async def acquire(self, owner: str) -> Grant:
        grant = await self.lease.acquire(owner)
        self.journal.fence = max(self.journal.fence, grant.fence or 0)
        return grant

    def store_records(self, before: Head, records: Sequence[bytes]) -> None:
        """Stores appended records, so that a later trim does not hide them from the checker."""
        for seq, record in enumerate(records, before.position.seq + 1):
            known = self.records.setdefault(seq, record)
            if known != record:
                self.overwritten.append((seq, known, record))


class ServerLink:
    """The connection of one service to the server. Satisfies ``Journal`` and ``Lease``.

    Attributes:
        is_cut: the journal cannot be reached.
        is_lease_cut: the lease, which has its own connection, cannot be reached.
        loses_responses: appends succeed, but their outcome is unknown.
        responses_released: while it is clear, writes succeed at once, but their responses wait.
    """

    def __init__(self, server: SharedServer) -> None:
        self.is_cut = False
        self.is_lease_cut = False
        self.loses_responses = False
        self.responses_released = asyncio.Event()
        self.responses_released.set()
        self._server = server
        self._journal = server.journal
        self._lease: Lease = server.lease

    async def create(self, epoch: str) -> Head:
        self._require_journal()
        return await self._journal.create(epoch)

    async def head(self) -> Head | None:
        self._require_journal()
        return await self._journal.head()

    async def readable(self) -> Head | None:
        self._require_journal()
        return await self._journal.readable()

    async def was_replaced_by_operator(self) -> bool:
        self._require_journal()
        return await self._journal.was_replaced_by_operator()

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        self._require_journal()
        try:
            await self._journal.append(fence, before, records, after)
            self._server.store_records(before, records)
        finally:
            await self.responses_released.wait()
        if self.loses_responses:
            raise OutcomeUnknown("deaf on purpose")

    @property
    def shows_later(self) -> bool:
        return self._journal.shows_later

    async def show(self, fence: int, head: Head) -> None:
        self._require_journal()
        await self._journal.show(fence, head)

    async def show_all(self, fence: int) -> Head:
        self._require_journal()
        return await self._journal.show_all(fence)

    async def publish_heartbeat(self, fence: int) -> Head:
        self._require_journal()
        try:
            return await self._journal.publish_heartbeat(fence)
        finally:
            await self.responses_released.wait()

    async def read(self, after: Position, limit: int) -> list[bytes]:
        self._require_journal()
        return await self._journal.read(after, limit)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        self._require_journal()
        async with self._journal.subscribe() as subscription:
            yield subscription

    async def snapshots(self) -> list[Position]:
        self._require_journal()
        return await self._journal.snapshots()

    async def load_snapshot(self, position: Position) -> AsyncIterator[bytes]:
        self._require_journal()
        async for chunk in self._journal.load_snapshot(position):
            yield chunk

    async def save_snapshot(
        self, position: Position, chunks: AsyncIterator[bytes], *, format_number: int = FIRST
    ) -> None:
        self._require_journal()
        await self._journal.save_snapshot(position, chunks, format_number=format_number)

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        self._require_journal()
        await self._journal.drop_snapshot(position, epoch=epoch)

    async def trim(self, before: Position) -> None:
        self._require_journal()
        await self._journal.trim(before)

    async def close(self) -> None:
        """There is no connection to close."""

    async def acquire(self, owner: str) -> Grant:
        self._require_lease()
        return await self._server.acquire(owner)

    async def release(self, owner: str) -> None:
        self._require_lease()
        await self._lease.release(owner)

    async def now_ms(self) -> int:
        self._require_lease()
        return await self._lease.now_ms()

    def _require_lease(self) -> None:
        if self.is_lease_cut:
            raise Unreachable("cut on purpose")

    def _require_journal(self) -> None:
        if self.is_cut:
            raise Unreachable("cut on purpose")
