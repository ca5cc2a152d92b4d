"""Group commit: collects records in batches, with one append in flight at a time."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from turnout_command.metrics import Metrics
from turnout_command.write.batch import BATCH_MAX_RECORDS, Batch
from turnout_command.write.lost_records import append_lost_records
from turnout_command.write.memory_guard import MemoryGuard
from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.port import Conflict, Head, Journal, OutcomeUnknown, Unreachable
from turnout_core.journal.tail import Tail
from turnout_core.runtime.backoff import Backoff

PENDING_MAX_RECORDS: Final = 10_000  # beyond this, commands are rejected, and clients retry later
_RETRY_FIRST_S: Final = 0.02
_RETRY_MAX_S: Final = 0.5

log = logging.getLogger("turnout.committer")


class AppendQueue:
    """Appends batches in order, under one fence.

    Attributes:
        durable_head: the head after all appended batches.
        has_moved: set whenever ``durable_head`` moves; the one that waits for it clears it.
        pending_batches: batches that are not in flight, oldest first.
        in_flight: the batch being appended; None while idle.

    Args:
        head: of the journal now.
        memory: counts the records.
        timeout_s: seconds for which an append of unknown outcome is retried.
        tail: gets what is appended; a new primary that lacks some of it is given it again. None without replicas.
    """

    def __init__(
        self,
        journal: Journal,
        fence: int,
        head: Head,
        metrics: Metrics,
        *,
        memory: MemoryGuard,
        timeout_s: float,
        tail: Tail | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.durable_head = head
        self.has_moved = asyncio.Event()
        self.pending_batches: deque[Batch] = deque()
        self.in_flight: Batch | None = None
        self._journal = journal
        self._fence = fence
        self._metrics = metrics
        self._memory = memory
        self._timeout_s = timeout_s
        self._tail = tail
        self._clock = clock
        self._not_empty = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._failure: Exception | None = None

    def is_overloaded(self) -> bool:
        return len(self.pending_batches) * BATCH_MAX_RECORDS >= PENDING_MAX_RECORDS

    def add(self, record: bytes, after: Head) -> Batch:
        """Adds a record that leads to ``after``; returns its batch."""
        batch = (
            self.pending_batches[-1]
            if self.pending_batches and not self.pending_batches[-1].is_full()
            else self.open_batch(after)
        )
        batch.records.append(record)
        batch.bytes += len(record)
        self._memory.on_enqueued(len(record))
        batch.after = after
        return batch

    def open_batch(self, after: Head) -> Batch:
        """Adds a new batch at the end of the queue."""
        batch = Batch(after)
        self.pending_batches.append(batch)
        self._not_empty.set()
        self._idle.clear()
        return batch

    async def run(self) -> None:
        """Appends until it is cancelled.

        Raises:
            JournalError: the journal refused an append, or its outcome stayed unknown for ``timeout_s``.
            Exception: the failure given to ``fail_when_empty``, once the queue is empty.
        """
        while True:
            await self._not_empty.wait()
            while self.pending_batches:
                batch = self.in_flight = self.pending_batches.popleft()
                await self._append(batch)
                self.in_flight = None
                self._resolve(batch)
            self._not_empty.clear()
            self._idle.set()
            if self._failure is not None:
                raise self._failure

    async def drain(self, timeout_s: float) -> bool:
        """Waits until all records are appended; False if that takes longer than ``timeout_s`` seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def fail_when_empty(self, failure: Exception) -> None:
        """Makes ``run`` raise ``failure`` after appending all waiting batches."""
        self._failure = failure
        self._not_empty.set()

    def reject_all(self, reason: str) -> None:
        """Fails all waiting futures with Unavailable: the outcome is unknown."""
        self._idle.set()
        batches = [self.in_flight, *self.pending_batches] if self.in_flight else [*self.pending_batches]
        for future, _ in (waiter for batch in batches for waiter in batch.waiters):
            if not future.done():
                future.set_exception(Unavailable(reason))

    async def _append(self, batch: Batch) -> None:
        """Appends, and repeats an append of unknown outcome: the journal recognises a repetition."""
        started_s = self._clock()
        backoff = Backoff(_RETRY_FIRST_S, _RETRY_MAX_S)
        while True:
            try:
                await self._append_after_lost_records(batch)
            except (OutcomeUnknown, Unreachable) as error:
                self._metrics.unknown_outcomes.inc()
                if self._clock() - started_s >= self._timeout_s:
                    raise
                log.warning("append outcome unknown, retrying: %s", error)
                await asyncio.sleep(backoff.next_s())
            else:
                self._metrics.append_seconds.observe(self._clock() - started_s)
                return

    async def _append_after_lost_records(self, batch: Batch) -> None:
        """Appends, if necessary after what a new primary lacks."""
        try:
            await self._append_once(batch)
        except Conflict as conflict:
            if not await append_lost_records(self._journal, self._fence, conflict.head, self._tail):
                raise
            await self._append_once(batch)

    async def _append_once(self, batch: Batch) -> None:
        if batch.records:
            await self._journal.append(self._fence, self.durable_head, batch.records, batch.after)
        elif (head := await self._journal.publish_heartbeat(self._fence)) != self.durable_head:
            raise Conflict(head)

    def _resolve(self, batch: Batch) -> None:
        if self._tail is not None:
            self._tail.extend(self.durable_head, batch.records)
        self.durable_head = batch.after
        self.has_moved.set()
        if batch.records:
            self._metrics.batch_records.observe(len(batch.records))
            self._metrics.position.set(batch.after.position.seq)
            self._memory.on_appended(batch.bytes)
        for future, outcome in batch.waiters:
            if not future.done():
                future.set_result(outcome)
