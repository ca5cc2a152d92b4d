"""A journal in memory, with all guarantees of the port except durability."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from turnout_core.domain.position import Position
from turnout_core.domain.since import FIRST
from turnout_core.journal.format import check_format
from turnout_core.journal.port import Conflict, Head, Heartbeat, Records, RecordsTrimmed, Unreachable, WriterFenced
from turnout_core.journal.record import GENESIS, number_of


class MemoryJournal:
    """Satisfies ``Journal``.

    Attributes:
        fence: the newest fence; ``append`` and ``publish_heartbeat`` raise WriterFenced under any other.
        is_unreachable: every method raises Unreachable while this is set.
        loses_publications: subscriptions receive nothing while this is set; the port delivers at most once.
        format: the highest format of a record or snapshot that was ever in it.
        is_replaced_by_operator: the result of ``was_replaced_by_operator``.
        shows_later: True for one whose appends readers see only after ``show``.
    """

    def __init__(self, fence: int = 1, *, shows_later: bool = False) -> None:
        self.fence = fence
        self.shows_later = shows_later
        self.is_unreachable = False
        self.loses_publications = False
        self.is_replaced_by_operator = False
        self.format = FIRST
        self._head: Head | None = None
        self._confirmed: Head | None = None
        self._records: dict[int, bytes] = {}
        self._snapshots: dict[Position, list[bytes]] = {}
        self._subscriptions: set[MemorySubscription] = set()

    async def create(self, epoch: str) -> Head:
        self._check_readable()
        self._head = self._head or Head(Position(epoch, 0), GENESIS)
        return self._head

    async def head(self) -> Head | None:
        self._check_readable()
        return self._head

    async def readable(self) -> Head | None:
        self._check_readable()
        return self._confirmed or self._head

    async def was_replaced_by_operator(self) -> bool:
        self._check_reachable()
        return self.is_replaced_by_operator

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        self._check_reachable()
        self._check_fence(fence)
        if self._head == after:
            return
        if self._head != before:
            raise Conflict(self._head)
        for seq, record in enumerate(records, before.position.seq + 1):
            self._records[seq] = record
            self.format = max(self.format, number_of(record))
        self._head = after
        if self.shows_later:
            self._confirmed = self._confirmed or before
        else:
            self._publish(Records(list(records)))

    async def show(self, fence: int, head: Head) -> None:
        self._check_reachable()
        self._check_fence(fence)
        before = self._confirmed
        if self._head is None or head.position.seq > self._head.position.seq:
            raise Unreachable(f"the journal lacks the records up to {head.position}")
        if before is not None and head.position.seq > before.position.seq:
            self._confirmed = head
            shown = range(before.position.seq + 1, head.position.seq + 1)
            self._publish(Records([self._records[seq] for seq in shown]))

    async def show_all(self, fence: int) -> Head:
        head = await self.publish_heartbeat(fence)
        self._confirmed = None
        return head

    def forget_confirmation(self, head: Head) -> None:
        """Shows readers only what is before ``head``, as a new primary does that lacks the last confirmation."""
        self._confirmed = head

    async def publish_heartbeat(self, fence: int) -> Head:
        self._check_readable()
        self._check_fence(fence)
        if self._head is None:
            raise Conflict(None)
        self._publish(Heartbeat(self._confirmed or self._head))
        return self._head

    async def read(self, after: Position, limit: int) -> list[bytes]:
        self._check_readable()
        head = self._head
        if head is None or head.position.epoch != after.epoch or head.position.seq < after.seq:
            raise RecordsTrimmed(f"the journal ends at {head.position if head else 'nothing'}, not after {after}")
        last = min((self._confirmed or head).position.seq, after.seq + limit)
        wanted = range(after.seq + 1, last + 1)
        if wanted and wanted[0] not in self._records:
            raise RecordsTrimmed(f"record {wanted[0]} is not in the stream")
        return [self._records[seq] for seq in wanted]

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator["MemorySubscription"]:
        self._check_reachable()
        subscription = MemorySubscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def break_subscriptions(self) -> None:
        """Breaks the connection of every subscription, which then raises Unreachable."""
        for subscription in self._subscriptions:
            subscription.queue.put_nowait(None)

    async def snapshots(self) -> list[Position]:
        self._check_reachable()
        return sorted(self._snapshots, key=lambda position: position.seq, reverse=True)

    async def load_snapshot(self, position: Position) -> AsyncIterator[bytes]:
        self._check_reachable()
        if position not in self._snapshots:
            raise RecordsTrimmed(f"snapshot {position} does not exist")
        for chunk in self._snapshots[position]:
            yield chunk

    async def save_snapshot(
        self, position: Position, chunks: AsyncIterator[bytes], *, format_number: int = FIRST
    ) -> None:
        stored = [chunk async for chunk in chunks]
        self._check_readable()
        head = self._head
        if head is None or head.position.epoch != position.epoch:
            raise RecordsTrimmed(f"the journal is not of the epoch of snapshot {position}")
        if head.position.seq != position.seq and position.seq + 1 not in self._records:
            raise RecordsTrimmed(f"the stream no longer continues snapshot {position}")
        self._snapshots[position] = stored
        self.format = max(self.format, format_number)

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        self._check_readable()
        if self._is_of(epoch):
            self._snapshots.pop(position, None)

    async def trim(self, before: Position) -> None:
        self._check_readable()
        if not self._is_of(before.epoch):
            return
        self._records = {seq: record for seq, record in self._records.items() if seq > before.seq}

    async def close(self) -> None:
        self.break_subscriptions()

    def _check_reachable(self) -> None:
        if self.is_unreachable:
            raise Unreachable("unreachable for a test")

    def _check_readable(self) -> None:
        self._check_reachable()
        check_format(self.format, "the journal")

    def _is_of(self, epoch: str) -> bool:
        return self._head is None or self._head.position.epoch == epoch

    def _check_fence(self, fence: int) -> None:
        if fence != self.fence:
            raise WriterFenced(f"the fence is now {self.fence}")

    def _publish(self, message: Records | Heartbeat) -> None:
        if not self.loses_publications:
            for subscription in self._subscriptions:
                subscription.queue.put_nowait(message)


class MemorySubscription:
    """Satisfies ``Subscription``."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Records | Heartbeat | None] = asyncio.Queue()

    async def next(self, timeout_s: float) -> list[Records | Heartbeat]:
        try:
            async with asyncio.timeout(timeout_s):
                message = await self.queue.get()
        except TimeoutError:
            return []
        if message is None:
            raise Unreachable("the connection broke")
        return [message]
