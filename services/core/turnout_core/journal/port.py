"""The journal port: its guarantees and its failure modes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from turnout_core.domain.position import Position


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
class Beat:
    """A message of the bus: the heartbeat of the writer, with the end of its journal."""

    head: Head


class JournalError(Exception):
    """The operation failed. Nothing was appended, unless this is OutcomeUnknown."""


class Unreachable(JournalError):
    """The server does not answer, or refuses to (loading, out of memory, no permission)."""


class OutcomeUnknown(JournalError):
    """The append may or may not have happened: the connection broke, or time ran out, before the reply."""


class Fenced(JournalError):
    """Another owner has the lease. The operation has not happened, and never will under this fence."""


class Conflict(JournalError):
    """The journal does not end where the writer expects.

    Attributes:
        head: where it ends; None if there is no journal.
    """

    def __init__(self, head: Head | None) -> None:
        super().__init__(f"the journal ends at {head.position if head else 'nothing: it is empty'}")
        self.head = head


class Rewritten(JournalError):
    """The server holds another history than the one that was acknowledged: it was rolled back, emptied or replaced."""


class Trimmed(JournalError):
    """The requested records are no longer in the stream: start from a snapshot."""


class Subscription(Protocol):
    async def next(self, timeout_s: float) -> Sequence[Records | Beat]:
        """The messages since the last call; empty if none came for ``timeout_s`` seconds.

        At most once, in order while the connection holds. Missed messages are not reported.

        Raises:
            Unreachable: the connection broke, and messages may have been missed; subscribe again, then fill the gap.
        """
        ...


class Journal(Protocol):
    """An ordered, durable history with one writer and any number of readers.

    Ordering: records are numbered without gaps, and every reader gets them in that order.
    Durability: ``append`` returns after the server has it on disk (given ``appendfsync always``).
    Safety: only the writer with the newest fence can append, and only right after the head.
    """

    async def create(self, epoch: str) -> Head:
        """Makes an empty journal of ``epoch`` if there is none. Returns the head of the journal."""
        ...

    async def head(self) -> Head | None:
        """The end of the journal; None if there is none. Raises Unreachable, or JournalError if it is incomplete."""
        ...

    async def was_replaced_by_operator(self) -> bool:
        """True if an operator has put this history in place of another. Raises Unreachable."""
        ...

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        """Appends all of ``records`` right after ``before``, or none, and publishes them. Idempotent.

        Raises:
            Fenced, Conflict, Unreachable: nothing was appended.
            OutcomeUnknown: call again with the same arguments to find out.
        """
        ...

    async def beat(self, fence: int) -> Head:
        """Publishes the head, so that followers notice gaps. Raises Fenced, Conflict, Unreachable."""
        ...

    async def read(self, after: Position, limit: int) -> list[bytes]:
        """Up to ``limit`` records after position ``after``, oldest first; empty if ``after`` is the head.

        Raises:
            Trimmed: the record right after ``after`` is gone, or the history is of another epoch.
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
        """The chunks of a snapshot, in order. Raises Unreachable, or Trimmed if it is gone."""
        ...

    async def save_snapshot(self, position: Position, chunks: AsyncIterator[bytes]) -> None:
        """Stores a snapshot, and lists it once it is complete.

        Raises:
            Trimmed: the stream no longer continues it, or is of another epoch; it is not listed.
            Unreachable: it may be listed.
        """
        ...

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        """Deletes a snapshot, if the journal is of ``epoch``; no error if it is gone."""
        ...

    async def trim(self, before: Position) -> None:
        """Deletes the records up to and including ``before``, if the journal is of its epoch.

        The caller knows a snapshot that holds them.
        """
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...
