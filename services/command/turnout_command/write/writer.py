"""The writer of a command service: follows the journal until it gets the lease, then writes until it loses it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from turnout_command.metrics import Metrics
from turnout_command.rules.creation import ANYONE, CreationPolicy
from turnout_command.write.committer import Committer
from turnout_command.write.lease_config import LeaseConfig
from turnout_command.write.memory_guard import MemoryGuard
from turnout_command.write.term import Inspection, JournalDamaged, TermJob, TermRunner
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import NotLeader, Unavailable
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.leadership import Leadership, LeaseLost
from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import Journal, JournalError, Unreachable, WriterFenced
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.journal.tail import Tail
from turnout_core.runtime.clock import since_boot_s, wall_ms
from turnout_core.runtime.tasks import cancel_and_wait, run_all

_DRAIN_S: Final = 5.0
_PAUSE_AFTER_TERM_S: Final = 0.5  # so that another service can take over after a failed term

log = logging.getLogger("turnout.writer")


@dataclass(frozen=True, slots=True)
class Status:
    """The content of ``/readyz``."""

    role: str
    ready: bool
    position: Position | None
    trouble: str | None


class Writer:
    """Follows the journal, and leads whenever it gets the lease.

    Args:
        inspect: checks the server before each term; raises JournalError if it must not be used.
        jobs: run during each term, with its committer; they are cancelled at the end.
        memory: knows whether there is room for commands that add; without it there is.
        creation: who may create events, and how many.
        now_ms: wall clock in ms since 1970.
        clock: monotonic seconds that include suspension of the machine.
    """

    def __init__(
        self,
        journal: Journal,
        lease: Lease,
        metrics: Metrics,
        *,
        config: LeaseConfig | None = None,
        inspect: Inspection | None = None,
        jobs: Sequence[TermJob] = (),
        memory: MemoryGuard | None = None,
        creation: CreationPolicy = ANYONE,
        now_ms: Callable[[], int] = wall_ms,
        clock: Callable[[], float] = since_boot_s,
    ) -> None:
        self._lease = lease
        self._metrics = metrics
        self._config = config or LeaseConfig()
        self._clock = clock
        self._memory = memory or MemoryGuard()
        tail = Tail() if journal.shows_later else None
        self._follower = Follower(journal, NullListener(), clock, tail)
        self._term = TermRunner(
            journal, self._follower, metrics, self._config,
            inspect=inspect, jobs=jobs, memory=self._memory, creation=creation, tail=tail, now_ms=now_ms,
            clock=clock,
        )  # fmt: skip
        self._leadership = Leadership(lease, self._config, clock)
        self._committer: Committer | None = None
        self._trouble: str | None = None

    def committer(self) -> Committer:
        """The committer of the present term. Raises NotLeader on a standby, Unavailable if there is trouble."""
        if self._committer is not None:
            return self._committer
        if self._trouble is not None:
            raise Unavailable(self._trouble)
        raise NotLeader

    def position(self) -> Position | None:
        """The newest position that is known to be durable; None before the journal is read."""
        if self._committer is not None:
            return self._committer.durable_head.position
        return self._follower.state.position if self._follower.state is not None else None

    def clock_trouble(self) -> str | None:
        """Why the wall clock is not trusted; None if it is, as at the last check of a term."""
        return self._term.clock_trouble

    def status(self) -> Status:
        is_leader = self._committer is not None
        has_lease = is_leader and self._leadership.is_lease_valid()
        trouble = self._trouble or (self._term.clock_trouble if is_leader else self._follower.trouble)
        ready = has_lease and trouble is None
        if ready and self._memory.is_full():
            trouble = "Valkey has no room for commands that add: they are refused until something is deleted"
        if is_leader and not has_lease:
            trouble = "the lease was not renewed in time: the journal's server does not answer"
        return Status("leader" if is_leader else "standby", ready, self.position(), trouble)

    async def prepare(self) -> None:
        """Reads the journal before the service starts. An unreachable server is no error: ``run`` retries.

        Raises:
            JournalDamaged: the journal is damaged.
            NewerFormat: a newer version has written the journal.
            JournalError: raised by ``inspect``.
        """
        with suppress(Unreachable):
            await self._term.prepare()

    async def run(self) -> None:
        """Follows and leads in turn until it is cancelled."""
        while True:
            self._leadership = Leadership(self._lease, self._config, self._clock)
            try:
                await self._lead(await self._wait_for_lease())
            finally:
                self._metrics.is_leader.set(0)
                with suppress(Unreachable):
                    await self._leadership.release()
            await asyncio.sleep(_PAUSE_AFTER_TERM_S)

    async def drain(self) -> None:
        """Waits until all pending commands are durable. Call it before a clean stop."""
        if self._committer is not None:
            await self._committer.drain(_DRAIN_S)

    async def _wait_for_lease(self) -> Grant:
        """Follows the journal until the lease is ours."""
        grant = await self._request_lease()
        if grant is not None and grant.fence is not None:
            return grant
        follower_task = asyncio.create_task(self._follower.run())
        try:
            while grant is None or grant.fence is None:
                await self._leadership.pause(grant)
                grant = await self._request_lease()
        finally:
            await cancel_and_wait(follower_task)
        return grant

    async def _request_lease(self) -> Grant | None:
        try:
            grant = await self._leadership.request()
        except Unreachable as error:
            self._report_problem(f"The journal's server does not answer: {error}")
            return None
        except NewerFormat as error:
            self._report_problem(str(error))
            return None
        if grant.fence is None:
            self._trouble = None
        return grant

    async def _lead(self, grant: Grant) -> None:
        """Runs one term until the lease or the journal is lost, and reports the reason."""
        fence = grant.fence
        assert fence is not None  # noqa: S101 - the caller has the lease
        try:
            await self._leadership.wait_for_former(grant)
            await run_all(self._leadership.renew(fence), self._term.run(self._leadership, fence, self._set_committer))
        except (JournalError, BrokenRecord, BrokenSnapshot, JournalDamaged) as error:
            self._step_down(error)
        except Exception:
            log.critical("a term ended by a bug in this program", exc_info=True)
            self._follower.state = None  # the in-memory state can no longer be trusted
            self._trouble = "The command service had an internal error, and reads the journal again."

    def _set_committer(self, committer: Committer | None) -> None:
        self._committer = committer
        if committer is not None:
            self._trouble = None
            self._metrics.is_leader.set(1)

    def _step_down(self, error: Exception) -> None:
        if isinstance(error, LeaseLost | WriterFenced):
            self._trouble = None
            log.warning("stepped down, and nothing was written since: %s", error)
        else:
            self._report_problem(str(error) or type(error).__name__)

    def _report_problem(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("not writing: %s", trouble)
        self._trouble = trouble
