"""The port of the queue: what it promises, and how it fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from turnout_notifier.delivery import ChannelName, Delivery


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The place up to which notices have become deliveries.

    Attributes:
        epoch: of the journal.
        seq: all notices of earlier commits are done.
        user: of the commit ``seq`` those for users up to this one; ``ALL_USERS`` for all.
    """

    epoch: str
    seq: int
    user: str


ALL_USERS = "~"  # sorts after every id


class QueuedDelivery(msgspec.Struct, frozen=True, gc=False):
    """A delivery that waits.

    Attributes:
        queued_ms: time of its enqueueing, in ms since 1970.
        attempts: failed ones.
    """

    delivery: Delivery
    queued_ms: int
    attempts: int = 0


class DeadLetter(msgspec.Struct, frozen=True, gc=False):
    """A delivery that has failed for good.

    Attributes:
        failed_ms: time of the last attempt, in ms since 1970.
        reason: for operators.
    """

    queued: QueuedDelivery
    failed_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """The delivery waits until ``due_ms``, now as ``queued``."""

    queued: QueuedDelivery
    due_ms: int


@dataclass(frozen=True, slots=True)
class Done:
    """The delivery leaves the queue: it was sent, or need not be sent any more."""

    queued: QueuedDelivery


@dataclass(frozen=True, slots=True)
class Dead:
    """The delivery leaves the queue for the dead letters."""

    letter: DeadLetter


Outcome = Later | Done | Dead


@dataclass(frozen=True, slots=True)
class QueueSize:
    """The extent of the queue of one channel.

    Attributes:
        oldest_due_ms: when the delivery that is due the longest became due; None if none waits.
    """

    waiting: int
    oldest_due_ms: int | None


class Queue(Protocol):
    """Deliveries by id, durably.

    Safety: all writes need the newest fence. A write is done wholly or not at all.
    Uniqueness: ``enqueue`` adds a delivery and moves the cursor in one step, so a notice is enqueued at most once,
    whatever happens to the process.
    Errors: every method raises Unreachable. A write that raises it may have happened.
    """

    async def cursor(self) -> Cursor | None:
        """The place up to which notices have become deliveries; None on a new server."""
        ...

    async def enqueue(
        self, fence: int, before: Cursor | None, after: Cursor, new: Sequence[tuple[QueuedDelivery, int]]
    ) -> Cursor | None:
        """Adds deliveries with the times in ms since 1970 at which they are due, and moves the cursor.

        Nothing happens unless the cursor is ``before``. Returns the cursor: ``after``, or where it really is.

        Raises WriterFenced.
        """
        ...

    async def due(self, channel: ChannelName, now_ms: int, limit: int) -> list[QueuedDelivery]:
        """Up to ``limit`` deliveries that are due, those first that have been so the longest."""
        ...

    async def next_due_ms(self, channel: ChannelName, after_ms: int) -> int | None:
        """When the next delivery after ``after_ms`` is due; None if there is none."""
        ...

    async def settle(
        self, fence: int, channel: ChannelName, outcomes: Sequence[Outcome], paced: tuple[str, int] | None = None
    ) -> None:
        """Records what became of deliveries of a channel; those that are gone meanwhile stay gone.

        ``paced`` is a recipient who was sent a mail, and its time in ms. Raises WriterFenced.
        """
        ...

    async def paced(self, since_ms: int) -> dict[str, int]:
        """The recipients who were sent a mail since then, and its time."""
        ...

    async def dead_letters(self) -> list[DeadLetter]:
        """Those that failed for good, oldest first."""
        ...

    async def drop(self, letters: Sequence[DeadLetter]) -> int:
        """Deletes dead letters. Returns how many there were."""
        ...

    async def dead_count(self) -> int:
        """The number of dead letters."""
        ...

    async def size(self, channel: ChannelName) -> QueueSize: ...
