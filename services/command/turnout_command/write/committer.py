"""Group commit: decides each command on arrival, journals many at once, answers what is on disk.

One append is in flight. Commands that arrive meanwhile are decided against the speculative head, the State as it will
be, and form the next batch. Nothing that was read off a State leaves before that State is committed: no answer, and no
rejection either, for "you have already joined" is a lie if the join is lost.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from turnout_command.metrics import Metrics
from turnout_command.rules.decide import decide
from turnout_command.write.idempotency import Key, keep, kept
from turnout_command.write.responses import Answer, answer
from turnout_core.domain.changes import Commit
from turnout_core.domain.commands import Command
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection, Unavailable
from turnout_core.domain.state import State, apply, record_response
from turnout_core.journal.port import Conflict, Head, Journal, OutcomeUnknown, Unreachable
from turnout_core.journal.record import seal

BATCH_MOST_RECORDS: Final = 512  # an append holds up every other client of the server: about 3 ms
BATCH_MOST_BYTES: Final = 1 << 20
PENDING_MOST_RECORDS: Final = 10_000  # beyond, clients had better come back than wait in line
_RETRY_FIRST_S: Final = 0.02
_RETRY_MOST_S: Final = 0.5

log = logging.getLogger("turnout.committer")


class Spoilt(Exception):
    """A mistake of ours: a command was decided, and could not be applied. The State is of no use any more."""


class Done(msgspec.Struct, frozen=True, gc=False):
    """A command that took effect, or an answer given before (``replayed``), or what a read found."""

    position: Position
    answer: Answer
    replayed: bool = False


class Refused(msgspec.Struct, frozen=True, gc=False):
    """A command that was refused on the State at ``position``."""

    position: Position
    rejection: Rejection


Outcome = Done | Refused
Waiter = tuple["asyncio.Future[Outcome]", Outcome]


class _Batch:
    """Records of one append, and whoever waits for it. Without records it only asks whether we still may write."""

    __slots__ = ("after", "bytes", "records", "waiters")

    def __init__(self, after: Head) -> None:
        self.after = after
        self.records: list[bytes] = []
        self.bytes = 0
        self.waiters: list[Waiter] = []

    def full(self) -> bool:
        return len(self.records) >= BATCH_MOST_RECORDS or self.bytes >= BATCH_MOST_BYTES


class Committer:
    """Writes under one fence. Once it fails it stays closed, and its State is of no use unless ``settled``.

    Args:
        state: as of the head of ``journal``; this object changes it, and nobody else does.
        sure: whether nobody else can have the lease; where it is not, a bare read asks the journal first.
        now_ms: the time in ms since 1970.
        patience_s: for how long an append is tried again when its outcome is unknown.

    Attributes:
        state: the speculative one.
        committed: head of what is on disk.
    """

    def __init__(
        self,
        journal: Journal,
        fence: int,
        state: State,
        metrics: Metrics,
        *,
        sure: Callable[[], bool],
        now_ms: Callable[[], int],
        patience_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = state
        self.committed = Head(state.position, state.hash)
        self._journal = journal
        self._fence = fence
        self._metrics = metrics
        self._sure = sure
        self._now_ms = now_ms
        self._patience_s = patience_s
        self._clock = clock
        self._flying: _Batch | None = None
        self._queue: deque[_Batch] = deque()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed: str | None = None
        self._spoilt = False

    def submit(self, command: Command, actor: str | None, key: Key | None = None) -> "asyncio.Future[Outcome]":
        """Decides ``command`` at once; the future has its outcome once that is on disk.

        Cancelling the future (a client that went away) has no influence on the command.

        Raises:
            Unavailable: closed, or too much is pending. The future may raise it too: then the outcome is unknown.
        """
        self._check_open()
        if len(self._queue) * BATCH_MOST_RECORDS >= PENDING_MOST_RECORDS:
            raise Unavailable("Too many commands are waiting for the disk.")
        state = self.state
        now = max(self._now_ms(), state.now)
        try:
            if key is not None and (replay := kept(state, key, now)) is not None:
                return self.settle(Done(state.position, replay, replayed=True))
            changes = decide(state, command, actor, now)
        except Rejection as rejection:
            self._metrics.commands.labels(command.type, rejection.code).inc()
            return self.settle(Refused(state.position, rejection))
        self._metrics.done[command.type].inc()
        if not changes:
            return self.settle(Done(state.position, answer(state, command, actor)))
        commit = Commit(state.position.epoch, state.position.seq + 1, now, actor, tuple(changes))
        try:
            return self._take(commit, command, key)
        except BaseException:
            self._spoilt = True
            self.close("A command could not be applied.")
            self._arrived.set()
            raise

    def settle(self, outcome: Outcome) -> "asyncio.Future[Outcome]":
        """Releases what was read off the State, as soon as that State is committed.

        Raises:
            Unavailable
        """
        self._check_open()
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        proof = self._proof()
        if proof is None:
            future.set_result(outcome)
        else:
            proof.waiters.append((future, outcome))
        return future

    async def run(self) -> None:
        """Journals until it is cancelled.

        Raises:
            JournalError: the journal refused, or did not say for too long. The committer is closed.
            Spoilt
        """
        try:
            while True:
                await self._arrived.wait()
                while self._queue:
                    batch = self._flying = self._queue.popleft()
                    await self._persist(batch)
                    self._flying = None
                    self._release(batch)
                self._arrived.clear()
                self._idle.set()
                self._check_sound()
        except BaseException as error:
            self.close(f"The journal did not take it: {str(error) or type(error).__name__}")
            raise

    async def drain(self, timeout_s: float) -> bool:
        """Waits until nothing is pending; False when that takes longer than ``timeout_s`` seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def close(self, reason: str) -> None:
        """Takes no more, and tells everybody who waits that the outcome is unknown."""
        if self._closed is not None:
            return
        self._closed = reason
        self._idle.set()
        batches = [self._flying, *self._queue] if self._flying else [*self._queue]
        for future, _ in (waiter for batch in batches for waiter in batch.waiters):
            if not future.done():
                future.set_exception(Unavailable(reason))

    def settled(self) -> bool:
        """Whether the State is exactly what is on disk."""
        return not self._spoilt and self.committed == Head(self.state.position, self.state.hash)

    def _check_open(self) -> None:
        if self._closed is not None:
            raise Unavailable(self._closed)

    def _check_sound(self) -> None:
        if self._spoilt:
            raise Spoilt("a command was half applied")

    def _proof(self) -> _Batch | None:
        """The batch that has to succeed before what was read off the State is true; None where it is already.

        An append in flight may have taken place before the question came, and somebody else may have written since.
        Only while nobody else can have the lease does its success say anything about now.
        """
        if self._queue:
            return self._queue[-1]
        return self._flying if self._sure() else self._begin()

    def _take(self, commit: Commit, command: Command, key: Key | None) -> "asyncio.Future[Outcome]":
        """Applies first, since the answer is read off the new State, and a record with a key holds its answer."""
        state, before = self.state, self.state.hash
        apply(state, commit, before)
        said = answer(state, command, commit.actor)
        if key is not None:
            commit = msgspec.structs.replace(commit, answered=keep(key, said))
            record_response(state, commit)
        record, state.hash = seal(commit, before)
        batch = self._queue[-1] if self._queue and not self._queue[-1].full() else self._begin()
        batch.records.append(record)
        batch.bytes += len(record)
        batch.after = Head(state.position, state.hash)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        batch.waiters.append((future, Done(state.position, said)))
        return future

    def _begin(self) -> _Batch:
        batch = _Batch(Head(self.state.position, self.state.hash))
        self._queue.append(batch)
        self._arrived.set()
        self._idle.clear()
        return batch

    async def _persist(self, batch: _Batch) -> None:
        """Appends, and finds out where that is unknown: the same append again is recognised as already there."""
        started = self._clock()
        delay_s = _RETRY_FIRST_S
        while True:
            try:
                if batch.records:
                    await self._journal.append(self._fence, self.committed, batch.records, batch.after)
                elif (head := await self._journal.beat(self._fence)) != self.committed:
                    raise Conflict(head)
            except (OutcomeUnknown, Unreachable) as error:
                self._metrics.unknown.inc()
                if self._clock() - started >= self._patience_s:
                    raise
                log.warning("appending again, the outcome is not known: %s", error)
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, _RETRY_MOST_S)
            else:
                self._metrics.append.observe(self._clock() - started)
                return

    def _release(self, batch: _Batch) -> None:
        self.committed = batch.after
        if batch.records:
            self._metrics.batch.observe(len(batch.records))
            self._metrics.position.set(batch.after.position.seq)
        for future, outcome in batch.waiters:
            if not future.done():
                future.set_result(outcome)
