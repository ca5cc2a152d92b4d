"""The journal, as the rest of the house knows it: what it promises, and how it fails."""

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
    """Heard on the bus: the records of one append, in order."""

    records: list[bytes]


@dataclass(frozen=True, slots=True)
class Beat:
    """Heard on the bus: the writer is alive, and its journal ends here."""

    head: Head


class JournalError(Exception):
    """The journal could not do it. Nothing was appended, unless this is OutcomeUnknown."""


class Unreachable(JournalError):
    """The server does not answer, or refuses to (loading, out of memory, no permission)."""


class OutcomeUnknown(JournalError):
    """The append may or may not have happened: the link broke, or time ran out, before the answer came."""


class Fenced(JournalError):
    """Somebody else took the lease after us. What was asked has not happened, and never will under this fence."""


class Conflict(JournalError):
    """The journal does not end where the writer believes.

    Attributes:
        head: where it ends; None when there is no journal at all.
    """

    def __init__(self, head: Head | None) -> None:
        super().__init__(f"the journal ends at {head.position if head else 'nothing: it is empty'}")
        self.head = head


class Rewritten(JournalError):
    """The server holds another history than the one that was acknowledged: it was rolled back, emptied or replaced."""


class Trimmed(JournalError):
    """The records that were asked for are no longer in the stream: start from a snapshot."""


class Subscription(Protocol):
    async def next(self, timeout_s: float) -> Sequence[Records | Beat]:
        """What has come on the bus since the last time; empty when nothing came for ``timeout_s`` seconds.

        At most once, in order while the link holds. Whatever was missed is not told.

        Raises:
            Unreachable: the link broke, so that something may have been missed; subscribe again, then fill the gap.
        """
        ...


class Journal(Protocol):
    """An ordered, durable history with one writer and any number of readers.

    Ordering: records are numbered without gaps, and everybody reads them in that order.
    Durability: ``append`` returns after the server has it on disk (given ``appendfsync always``).
    Safety: of two writers only the one with the newest fence can append, and only right behind the head.
    """

    async def create(self, epoch: str) -> Head:
        """Makes an empty journal of ``epoch`` if there is none. Gives the head of the one that is there."""
        ...

    async def head(self) -> Head | None:
        """Where the journal ends; None when there is none. Raises Unreachable, or JournalError for a part of one."""
        ...

    async def was_replaced_by_operator(self) -> bool:
        """Whether somebody has put this history there on purpose, in place of another. Raises Unreachable."""
        ...

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        """Appends all of ``records`` right behind ``before``, or nothing, and publishes them. Idempotent.

        Raises:
            Fenced, Conflict, Unreachable: it has not happened.
            OutcomeUnknown: ask again with the same arguments to find out.
        """
        ...

    async def beat(self, fence: int) -> Head:
        """Publishes the head, so that followers notice what they missed. Raises Fenced, Conflict, Unreachable."""
        ...

    async def read(self, after: Position, most: int) -> list[bytes]:
        """Up to ``most`` records behind ``after``, oldest first; empty when ``after`` is the head.

        Raises:
            Trimmed: the record right behind ``after`` is gone, or the history is of another epoch.
            BrokenRecord: an entry is none.
            Unreachable: try again.
        """
        ...

    def subscribe(self) -> AbstractAsyncContextManager[Subscription]:
        """Listens to the bus from now on. Entering it raises Unreachable when that fails."""
        ...

    async def snapshots(self) -> list[Position]:
        """Positions of the snapshots that are whole, newest first."""
        ...

    def load_snapshot(self, position: Position) -> AsyncIterator[bytes]:
        """The chunks of a snapshot, in order. Raises Unreachable, or Trimmed when it is gone."""
        ...

    async def save_snapshot(self, position: Position, chunks: AsyncIterator[bytes]) -> None:
        """Stores a snapshot; it is listed only once all of it is there.

        Raises:
            Trimmed: the stream no longer goes on from it, or is of another epoch; it is not listed.
            Unreachable: it may be listed.
        """
        ...

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        """Takes a snapshot off the list and deletes it, while the journal is of ``epoch``; no error without it."""
        ...

    async def trim(self, before: Position) -> None:
        """Forgets the records up to and including ``before``, while the journal is of its epoch. The caller knows a
        snapshot that holds them.
        """
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...
