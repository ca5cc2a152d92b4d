"""The terms of a writer. In each it takes over the journal, writes, and hands the state back to the follower."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from turnout_command.metrics import Metrics
from turnout_command.rules.creation import CreationPolicy
from turnout_command.write.clock_guard import ClockGuard
from turnout_command.write.clock_jobs import ClockJobs
from turnout_command.write.committer import Committer
from turnout_command.write.lease_config import LeaseConfig
from turnout_command.write.lost_records import append_lost_records
from turnout_command.write.memory_guard import MemoryGuard
from turnout_command.write.show_appends import show_appends
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower
from turnout_core.journal.leadership import Leadership
from turnout_core.journal.port import Conflict, Head, Journal, JournalError, RecordsTrimmed, Unreachable, WriterFenced
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.journal.tail import Tail
from turnout_core.runtime import gc_tuning
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import run_all

log = logging.getLogger("turnout.writer")

Inspection = Callable[[], Coroutine[Any, Any, None]]
TermJob = Callable[[Committer], Coroutine[Any, Any, None]]


class AcknowledgedDataLost(JournalError):
    """The server lost or replaced acknowledged commits."""


class JournalDamaged(Exception):
    """The journal is damaged in its middle; the message has the place and the remedy."""


class TermRunner:
    """Runs the terms of a writer, one after another.

    Args:
        follower: holds the state between terms.
        inspect: checks the server before each term; raises JournalError if it must not be used.
        jobs: run during the term, with its committer; they are cancelled at the end.
        memory: knows whether there is room for commands that add.
        creation: who may create events, and how many.
        tail: gets what is followed and appended; a new primary that lacks some of it is given it again.
        now_ms: wall clock in ms since 1970.
        clock: monotonic seconds, as for ``Leadership``.
    """

    def __init__(
        self,
        journal: Journal,
        follower: Follower,
        metrics: Metrics,
        config: LeaseConfig,
        *,
        inspect: Inspection | None,
        jobs: Sequence[TermJob],
        memory: MemoryGuard,
        creation: CreationPolicy,
        tail: Tail | None,
        now_ms: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._follower = follower
        self._metrics = metrics
        self._config = config
        self._inspect = inspect
        self._jobs = jobs
        self._memory = memory
        self._creation = creation
        self._tail = tail
        self._now_ms = now_ms
        self._clock = clock
        guard = ClockGuard(now_ms, clock, metrics, settle_s=config.clock_settle_s)
        self._clock_jobs = ClockJobs(guard, config, metrics, now_ms)

    @property
    def clock_trouble(self) -> str | None:
        """Why the wall clock is not trusted yet; None if it is, as at the last check of a term."""
        return self._clock_jobs.guard.trouble

    async def prepare(self) -> None:
        """Inspects the server and reads the journal.

        Raises JournalDamaged, NewerFormat, and the JournalError of ``inspect``.
        """
        await self._inspect_server()
        await self._catch_up()

    async def run(self, leadership: Leadership, fence: int, on_committer: Callable[[Committer | None], None]) -> None:
        """Writes under ``fence`` until something fails or it is cancelled.

        ``on_committer`` is called with the committer when it accepts commands, and with None when it stops.

        Raises:
            JournalError, BrokenRecord, BrokenSnapshot, JournalDamaged, StateCorrupted
        """
        await self._clock_jobs.compare_with_server(leadership)
        committer = await self._take_over(leadership, fence)
        self._clock_jobs.guard.check(committer.state.committed_at)
        parts = [
            committer.run(),
            self._heartbeat(fence, committer),
            *([show_appends(self._journal, fence, committer)] if self._journal.shows_later else []),
            self._clock_jobs.watch_clock(committer, leadership),
            self._clock_jobs.commit_ends(committer),
            *(job(committer) for job in self._jobs),
        ]
        on_committer(committer)
        try:
            await run_all(*parts)
        finally:
            on_committer(None)
            committer.close("This command service stopped writing. Try again.")
            self._hand_back_state(committer)

    async def _take_over(self, leadership: Leadership, fence: int) -> Committer:
        """Reads the journal to its end, which no other service can change under this fence."""
        if await self._inspect_server() is None:
            acknowledged = self._follower.acknowledged
            if acknowledged is not None and acknowledged.seq > 0:
                raise AcknowledgedDataLost(
                    f"the server is empty, but {acknowledged} was acknowledged: restore its data or import a backup; "
                    "or accept the loss, for everyone, with: turnout journal accept"
                )
            await self._journal.create(new_id())
        end = await self._show_all(fence)
        state = await self._catch_up()
        here, there = state.position, end.position
        if here.epoch == there.epoch and here.seq < there.seq:
            raise Unreachable(f"the journal ends at {there}, but the server that is read has it only to {here}")
        if Head(here, state.hash) != end:
            raise AcknowledgedDataLost(
                f"the journal has another history at {here}: the server was rolled back or replaced"
            )
        gc_tuning.tune()  # a full collection over a million attendances would pause every client
        self._memory.on_new_term()
        committer = Committer(
            self._journal, fence, state, self._metrics,
            is_lease_valid=leadership.is_lease_valid, now_ms=self._now_ms,
            append_timeout_s=self._config.append_timeout_s,
            memory=self._memory, creation=self._creation, tail=self._tail, clock=self._clock,
        )  # fmt: skip
        self._metrics.terms.inc()
        self._metrics.position.set(state.position.seq)
        log.info("became leader at %s, fence %d", state.position, fence)
        return committer

    async def _show_all(self, fence: int) -> Head:
        """Shows readers the whole journal, with what a new primary lacks. Returns its end."""
        end = await self._journal.show_all(fence)
        if await append_lost_records(self._journal, fence, end, self._tail):
            end = await self._journal.show_all(fence)
        return end

    async def _inspect_server(self) -> Head | None:
        """Returns the journal's head. Raises NewerFormat before ``inspect`` writes anything to the server."""
        head = await self._journal.head()
        if self._inspect is not None:
            await self._inspect()
        return head

    async def _catch_up(self) -> State:
        try:
            return await self._follower.catch_up()
        except (BrokenRecord, BrokenSnapshot, RecordsTrimmed) as error:
            last = self._follower.state.position if self._follower.state is not None else None
            cut = f", or cut the journal there with: turnout journal restore --to {last}" if last and last.seq else ""
            raise JournalDamaged(
                f"The journal is damaged right after {last or 'its beginning'}: {error}. No commands are written. "
                "`turnout journal verify` lists the sound parts. Restore the server's data or import a backup "
                f"with: turnout journal import FILE --force{cut}"
            ) from error

    async def _heartbeat(self, fence: int, committer: Committer) -> None:
        """Publishes the head regularly, and detects a server that lost acknowledged commits."""
        while True:
            acknowledged = committer.durable_head
            try:
                head = await self._journal.publish_heartbeat(fence)
                if self._tail is not None and self._tail.after(head):
                    committer.check_journal()  # it appends again what is missing, unless an append came between
                else:
                    _check_continues(acknowledged, head)
            except (WriterFenced, Conflict, AcknowledgedDataLost):
                raise
            except JournalError as error:
                log.warning("no heartbeat: %s", error)
            await asyncio.sleep(self._config.heartbeat_s)

    def _hand_back_state(self, committer: Committer) -> None:
        """Leaves the state to the follower if it is durable; otherwise the follower reads the journal again."""
        self._follower.acknowledged = committer.durable_head.position
        if not committer.is_durable():
            self._follower.state = None


def _check_continues(acknowledged: Head, head: Head) -> None:
    """Raises AcknowledgedDataLost unless ``head`` continues ``acknowledged``, as after an append in flight."""
    there, here = head.position, acknowledged.position
    if there.epoch != here.epoch or there.seq < here.seq or (there.seq == here.seq and head.hash != acknowledged.hash):
        raise AcknowledgedDataLost(
            f"the journal ends at {there}, but {here} was acknowledged: the server was rolled back or replaced"
        )
