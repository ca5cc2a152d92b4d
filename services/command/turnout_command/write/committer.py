"""Decides each command on arrival, applies it to the speculative state, and responds when it is durable.

Commands that arrive during an append are decided on the speculative state, and form the next batch. No response leaves
before the state that it reflects is durable. This includes rejections: "you have already joined" is false if the join
is lost (docs/decisions/0005-the-write-path.md).
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from turnout_command.metrics import Metrics
from turnout_command.rules.creation import ANYONE, CreationPolicy, check_creation
from turnout_command.rules.decide import decide
from turnout_command.rules.room import erase, need_room
from turnout_command.write.append_queue import AppendQueue
from turnout_command.write.batch import Batch, Outcome, Refusal, Success
from turnout_command.write.event_ends import EventEnds
from turnout_command.write.idempotency import Key, lookup, store
from turnout_command.write.memory_guard import MemoryGuard
from turnout_command.write.reminders import Reminders
from turnout_command.write.responses import StoredResponse, response_to
from turnout_core.domain.apply import apply, record_response
from turnout_core.domain.changes import AnyChange, Commit
from turnout_core.domain.commands import Command, CreateEvent
from turnout_core.domain.rejections import Full, Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.journal.port import Head, Journal
from turnout_core.journal.record import seal
from turnout_core.journal.tail import Tail

NO_RESPONSE: Final = StoredResponse(204)


class StateCorrupted(Exception):
    """A decided command failed to apply, so the in-memory state can no longer be trusted."""


class Committer:
    """Writes under one fence. After a failure it stays closed, and its state is usable only if ``is_durable``.

    Args:
        state: the state at the head of ``journal``; only this object changes it.
        is_lease_valid: True while our lease cannot have expired. Otherwise a read confirms leadership with the journal.
        now_ms: wall clock in ms since 1970, for rules and ends.
        append_timeout_s: seconds for which an append of unknown outcome is retried.
        memory: knows whether there is room for commands that add; without it there is.
        creation: who may create events, and how many.
        tail: of the journal, as ``AppendQueue`` needs it.

    Attributes:
        state: the speculative state.
        ends: the schedule of event ends; ``reminders``: that of reminders.
        on_next_end_moved: called when a commit makes the next end or reminder earlier.
        last_change_seq: number of the last commit of this term that is no checkpoint; 0 if there is none.
        last_erasure_seq: number of the last commit of this term after which something must leave the disk; 0 likewise.
    """

    def __init__(
        self,
        journal: Journal,
        fence: int,
        state: State,
        metrics: Metrics,
        *,
        is_lease_valid: Callable[[], bool],
        now_ms: Callable[[], int],
        append_timeout_s: float,
        memory: MemoryGuard | None = None,
        creation: CreationPolicy = ANYONE,
        tail: Tail | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = state
        self.ends = EventEnds(state)
        self.reminders = Reminders(state)
        self.on_next_end_moved: Callable[[], None] = lambda: None
        self.last_change_seq = 0
        self.last_erasure_seq = 0
        self._metrics = metrics
        self._memory = memory or MemoryGuard()
        self._creation = creation
        self._is_lease_valid = is_lease_valid
        self._now_ms = now_ms
        self._queue = AppendQueue(
            journal, fence, Head(state.position, state.hash), metrics,
            memory=self._memory, timeout_s=append_timeout_s, tail=tail, clock=clock,
        )  # fmt: skip
        self._close_reason: str | None = None
        self._is_corrupted = False

    @property
    def durable_head(self) -> Head:
        """The head of the journal after all durable commits."""
        return self._queue.durable_head

    @property
    def durable_head_has_moved(self) -> asyncio.Event:
        """Set whenever ``durable_head`` moves; the one that waits for it clears it."""
        return self._queue.has_moved

    def submit(self, command: Command, actor: str | None, key: Key | None = None) -> "asyncio.Future[Outcome]":
        """Decides ``command`` at once; the future gets the outcome when that is durable.

        Cancelling the future, as after a disconnect of the client, does not cancel the command.

        Raises:
            Unavailable: closed or overloaded. If the future raises it, the outcome is unknown.
        """
        self._check_open()
        if self._queue.is_overloaded():
            raise Unavailable("Too many commands are waiting for the disk.")
        state, now = self.state, self._now_ms()
        try:
            if key is not None and (replay := lookup(state, key, actor)) is not None:
                return self.respond_when_durable(Success(state.position, replay, replayed=True))
            if isinstance(command, CreateEvent) and actor is not None:
                check_creation(self._creation, state, actor, now)
            changes = decide(state, command, actor, now)
            if self._memory.is_full() and need_room(state, changes):
                raise Full
        except Rejection as rejection:
            self._metrics.commands.labels(command.type, rejection.code).inc()
            return self.respond_when_durable(Refusal(state.position, rejection))
        self._metrics.successes[command.type].inc()
        if not changes:
            return self.respond_when_durable(Success(state.position, response_to(state, command, actor)))
        commit = Commit(state.position.epoch, state.position.seq + 1, now, actor, tuple(changes))
        try:
            return self._apply_and_enqueue(commit, command, key)
        except BaseException:
            self._abandon_state()
            raise

    def commit_by_clock(self, *changes: AnyChange) -> None:
        """Commits changes without a command, or a checkpoint without changes.

        Await ``respond_when_durable`` to wait until it is durable.

        Raises:
            Unavailable: closed.
        """
        self._check_open()
        state, before = self.state, self.state.hash
        commit = Commit(state.position.epoch, state.position.seq + 1, self._now_ms(), None, changes)
        try:
            apply(state, commit, before)
            record, state.hash = seal(commit, before)
        except BaseException:
            self._abandon_state()
            raise
        self._queue.add(record, Head(state.position, state.hash))
        self._note(commit)

    def respond_when_durable(self, outcome: Outcome) -> "asyncio.Future[Outcome]":
        """The future gets ``outcome`` when the present state is durable. Raises Unavailable."""
        self._check_open()
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        batch = self._batch_to_wait_for()
        if batch is None:
            future.set_result(outcome)
        else:
            batch.waiters.append((future, outcome))
        return future

    def check_journal(self) -> None:
        """After the appends that wait, appends again what the journal lacks. ``run`` fails if it has another end."""
        self._queue.open_batch(Head(self.state.position, self.state.hash))

    async def run(self) -> None:
        """Appends until it is cancelled.

        Raises:
            JournalError: the journal refused, or the outcome stayed unknown. The committer is closed.
            StateCorrupted: a decided command failed to apply.
        """
        try:
            await self._queue.run()
        except BaseException as error:
            self.close(f"The journal refused the append: {str(error) or type(error).__name__}")
            raise

    async def drain(self, timeout_s: float) -> bool:
        """Waits until all records are appended; False if that takes longer than ``timeout_s`` seconds."""
        return await self._queue.drain(timeout_s)

    def close(self, reason: str) -> None:
        """Rejects new commands and fails all pending ones with Unavailable (outcome unknown)."""
        if self._close_reason is None:
            self._close_reason = reason
            self._queue.reject_all(reason)

    def is_durable(self) -> bool:
        """True if the whole state is durable."""
        return not self._is_corrupted and self.durable_head == Head(self.state.position, self.state.hash)

    def _note(self, commit: Commit) -> None:
        if commit.changes:
            self.last_change_seq = commit.seq
        if erase(commit.changes):
            self.last_erasure_seq = commit.seq

    def _check_open(self) -> None:
        if self._close_reason is not None:
            raise Unavailable(self._close_reason)

    def _abandon_state(self) -> None:
        self._is_corrupted = True
        self.close("A command could not be applied.")
        self._queue.fail_when_empty(StateCorrupted("a command was applied in part"))

    def _batch_to_wait_for(self) -> Batch | None:
        """The batch that must be durable before a result read from the speculative state may leave.

        None if that state is durable already and this service certainly leads.

        The append in flight may have happened before the request arrived, and another service may have written since.
        So its success counts only while no other service can have the lease.
        """
        queue = self._queue
        if queue.pending_batches:
            return queue.pending_batches[-1]
        return (
            queue.in_flight if self._is_lease_valid() else queue.open_batch(Head(self.state.position, self.state.hash))
        )

    def _apply_and_enqueue(self, commit: Commit, command: Command, key: Key | None) -> "asyncio.Future[Outcome]":
        """Applies before the append: the response reflects the new state, and the record of a key contains it."""
        state, before = self.state, self.state.hash
        apply(state, commit, before)
        response = response_to(state, command, commit.actor)
        if key is not None:
            commit = msgspec.structs.replace(commit, answered=store(key, response))
            record_response(state, commit)
        record, state.hash = seal(commit, before)
        batch = self._queue.add(record, Head(state.position, state.hash))
        self._note(commit)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        batch.waiters.append((future, Success(state.position, response)))
        is_end_next, is_reminder_next = self.ends.on_commit(commit), self.reminders.on_commit(commit)
        if is_end_next or is_reminder_next:
            self.on_next_end_moved()
        return future
