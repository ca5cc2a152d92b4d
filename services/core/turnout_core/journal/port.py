"""The journal port: its guarantees and its failure modes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from turnout_core.domain.position import Position
from turnout_core.domain.since import FIRST

TRIM_RESIDUE_RECORDS: Final = 100  # "stream-node-max-entries" of Valkey, by default


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a history: the position of its last record and that record's hash, which the next one continues."""

    position: Position
    hash: str


@dataclass(frozen=True, slots=True)
class Records:
    """A message of the bus: the records of one append, in order."""

    records: list[bytes]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A message of the bus: the heartbeat of the writer, with the end of its journal."""

    head: Head


class JournalError(Exception):
    """The operation failed. Nothing was appended, unless this is OutcomeUnknown."""


class Unreachable(JournalError):
    """The server does not answer, or refuses to (loading, out of memory, no permission)."""


class OutcomeUnknown(JournalError):
    """It is unknown whether the append happened: the connection broke or timed out before the reply."""


class WriterFenced(JournalError):
    """Another owner has the lease. The operation did not happen, and will never succeed under this fence."""


class Conflict(JournalError):
    """The journal does not end at the head that the writer expects.

    Attributes:
        head: the head of the journal; None if there is no journal.
    """

    def __init__(self, head: Head | None) -> None:
        super().__init__(f"the journal ends at {head.position if head else 'nothing: it is empty'}")
        self.head = head


class HistoryRewritten(JournalError):
    """The server's history lacks acknowledged commits: it was rolled back, emptied or replaced."""


class HistoryCut(HistoryRewritten):
    """The history ends before acknowledged commits. A command service that has them in memory may append them again."""


class RecordsTrimmed(JournalError):
    """The requested records are no longer in the stream: start from a snapshot."""


class Subscription(Protocol):
    async def next(self, timeout_s: float) -> Sequence[Records | Heartbeat]:
        """The messages since the last call; empty if none came for ``timeout_s`` seconds.

        At most once, in order while the connection holds. Missed messages are not reported.

        Raises:
            Unreachable: the connection broke, and messages may be lost; subscribe again, then fill the gap.
        """
        ...


class Journal(Protocol):
    """An ordered, durable history with one writer and any number of readers.

    Ordering: records are numbered without gaps, and every reader gets them in that order.
    Durability: ``append`` returns after the server's fsync (with ``appendfsync always``), and after that of as many
    replicas as this journal needs.
    Visibility: readers see no record before it is that durable.
    Safety: only the writer with the newest fence can append, and only right after the head.
    Format: the journal has the highest format of the records and snapshots that were ever in it. If that is above the
    one that this version reads, every method except ``was_replaced_by_operator``, ``subscribe``, ``append`` and
    ``close`` raises ``format.NewerFormat`` and changes nothing. The lease is refused, too, so nobody appends.
    """

    async def create(self, epoch: str) -> Head:
        """Makes an empty journal of ``epoch`` if there is none. Returns the head of the journal."""
        ...

    async def head(self) -> Head | None:
        """The end of the journal; None if there is none. Raises Unreachable, or JournalError if it is incomplete."""
        ...

    async def readable(self) -> Head | None:
        """The end of what readers see: ``head``, or a head before it. Raises Unreachable."""
        ...

    async def was_replaced_by_operator(self) -> bool:
        """True if an operator replaced the former history with this one. Raises Unreachable."""
        ...

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        """Appends all of ``records`` right after ``before``, or none. Idempotent.

        Publishes them, too, unless ``shows_later``.

        Raises:
            WriterFenced, Conflict, Unreachable: nothing was appended.
            OutcomeUnknown: call again with the same arguments to find out.
        """
        ...

    @property
    def shows_later(self) -> bool:
        """True if readers see an append only after ``show``, which the writer must call after each."""
        ...

    async def show(self, fence: int, head: Head) -> None:
        """Shows and publishes the records up to ``head``, where an append has ended. Idempotent.

        Raises WriterFenced, and Unreachable, also while the journal lacks some of them.
        """
        ...

    async def show_all(self, fence: int) -> Head:
        """Shows all that is in the journal, once it is durable: the former writer may have left more than it showed.

        Returns the end of the journal, which no other writer can change under this fence.

        Raises WriterFenced, Conflict, Unreachable.
        """
        ...

    async def publish_heartbeat(self, fence: int) -> Head:
        """Publishes ``readable``, so that followers notice gaps. Returns ``head``.

        Raises WriterFenced, Conflict, and Unreachable, also if too few replicas confirm it.
        """
        ...

    async def read(self, after: Position, limit: int) -> list[bytes]:
        """Up to ``limit`` records after position ``after``, oldest first; empty if ``after`` is the head.

        Raises:
            RecordsTrimmed: the record right after ``after`` is gone, or the history is of another epoch.
            BrokenRecord: an entry is not a record.
            Unreachable: try again.
        """
        ...

    def subscribe(self) -> AbstractAsyncContextManager[Subscription]:
        """Subscribes to the bus from now on. Entering raises Unreachable."""
        ...

    async def snapshots(self) -> list[Position]:
        """Positions of the complete snapshots, newest first."""
        ...

    def load_snapshot(self, position: Position) -> AsyncIterator[bytes]:
        """The chunks of a snapshot, in order. Raises Unreachable, or RecordsTrimmed if it is gone."""
        ...

    async def save_snapshot(
        self, position: Position, chunks: AsyncIterator[bytes], *, format_number: int = FIRST
    ) -> None:
        """Stores a snapshot whose readers need ``format_number``, and lists it once it is complete.

        Raises:
            RecordsTrimmed: the stream no longer continues it, or is of another epoch; the snapshot is not listed.
            Unreachable: the snapshot may be listed.
        """
        ...

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        """Deletes a snapshot, if the journal is of ``epoch``; no error if it is gone."""
        ...

    async def trim(self, before: Position) -> None:
        """Deletes the records up to and including ``before``, if the journal is of its epoch.

        The caller has verified a snapshot that holds them. If more than ``TRIM_RESIDUE_RECORDS`` remain, as many of the
        deleted ones may stay in the server's memory and files until a later trim.
        """
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...
