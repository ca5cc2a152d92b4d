"""One of several command services: follows the journal until it gets the lease, then writes until it loses it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from turnout_command.metrics import Metrics
from turnout_command.write.committer import Committer
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import NotLeader, Unavailable
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import Conflict, Fenced, Head, Journal, JournalError, Trimmed, Unreachable
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.runtime import gc_tuning
from turnout_core.runtime.clock import since_boot_s, wall_ms
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import cancel_and_wait, run_all

_DRAIN_S: Final = 5.0
_LEASE_ENDED_S: Final = 0.005  # Valkey ends a lease by the millisecond
_SURE_SHARE: Final = (
    0.9  # of a lease: Valkey's clock may be slewed faster than ours, by up to 8.3 % (chrony, maxslewrate)
)
_CLOCKS_APART_MOST_MS: Final = 60_000  # nobody minds whether a key is kept for a minute less than a day
_AGAIN_AFTER_S: Final = 0.5  # after a term that failed, so that another service may try first

log = logging.getLogger("turnout.writer")


class Deposed(JournalError):
    """Another command service has the lease."""


class Lost(JournalError):
    """The server lost, or replaced, what was acknowledged."""


class WrongClock(JournalError):
    """The clock here and that of the server say different times; ``str`` says by how much."""


class Broken(Exception):
    """The journal is damaged in its middle; ``str`` says where and what to do."""


@dataclass(frozen=True, slots=True)
class Terms:
    """
    Attributes:
        lease_s: for how long a lease holds; a dead writer is replaced after at most this.
        renew_s: between two renewals; several fit into a term, so that a lost one does not depose.
        beat_s: between two heartbeats on the bus (``follower.DEAF_AFTER_S`` is three of them).
        patience_s: for how long an append of unknown outcome is tried again.
    """

    lease_s: float = 1.5
    renew_s: float = 0.4
    beat_s: float = 1.0
    patience_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Status:
    """What ``/readyz`` tells."""

    role: str
    ready: bool
    position: Position | None
    trouble: str | None


class Writer:
    """
    Args:
        before_term: a look at the server before anything is written to it; raises JournalError where it will not do.
        housekeeping: runs beside each term, with its committer, until it is cancelled.
        now_ms: ms since 1970. clock: seconds, never going back, and going on while the machine is suspended.
    """

    def __init__(
        self,
        journal: Journal,
        lease: Lease,
        metrics: Metrics,
        *,
        terms: Terms | None = None,
        before_term: Callable[[], Coroutine[Any, Any, None]] | None = None,
        housekeeping: Callable[[Committer], Coroutine[Any, Any, None]] | None = None,
        now_ms: Callable[[], int] = wall_ms,
        clock: Callable[[], float] = since_boot_s,
    ) -> None:
        self._journal = journal
        self._lease = lease
        self._metrics = metrics
        self._terms = terms or Terms()
        self._before_term = before_term
        self._housekeeping = housekeeping
        self._now_ms = now_ms
        self._clock = clock
        self._follower = Follower(journal, NullListener(), clock)
        self._committer: Committer | None = None
        self._trouble: str | None = None
        self._sure_until_s = 0.0

    def committer(self) -> Committer:
        """Takes commands, while this is the leader. Raises NotLeader, or Unavailable when there is trouble."""
        if self._committer is not None:
            return self._committer
        if self._trouble is not None:
            raise Unavailable(self._trouble)
        raise NotLeader

    def position(self) -> Position | None:
        """Of what is on disk, as far as it is known here."""
        if self._committer is not None:
            return self._committer.committed.position
        return self._follower.state.position if self._follower.state is not None else None

    def status(self) -> Status:
        leads = self._committer is not None
        ready = leads and self._sure()
        trouble = self._trouble or (None if leads else self._follower.trouble)
        if leads and not ready:
            trouble = "the lease could not be renewed in time: the journal's server does not answer"
        return Status("leader" if leads else "standby", ready, self.position(), trouble)

    async def prepare(self) -> None:
        """Reads the journal before anything is served.

        Raises:
            Broken: it is damaged.
            JournalError: of ``before_term``. But a server that can not be reached is no error: ``run`` tries on.
        """
        with suppress(Unreachable):
            if self._before_term is not None:
                await self._before_term()
            await self._catch_up()

    async def run(self) -> None:
        """Follows, leads, follows, until it is cancelled."""
        while True:
            owner = new_id()  # a new one for each term: what an earlier term left in flight is fenced off
            try:
                fence = await self._wait_for_lease(owner)
                await self._lead(owner, fence)
            finally:
                self._metrics.leader.set(0)
                with suppress(Unreachable):
                    await self._lease.release(owner)
            await asyncio.sleep(_AGAIN_AFTER_S)

    async def drain(self) -> None:
        """Waits until what was taken is on disk; before a clean stop."""
        if self._committer is not None:
            await self._committer.drain(_DRAIN_S)

    async def _wait_for_lease(self, owner: str) -> int:
        """Stands by, up to date, until the lease is ours; gives the fence."""
        grant = await self._ask_for_lease(owner)
        if grant is not None and grant.fence is not None:
            return grant.fence
        following = asyncio.create_task(self._follower.run())
        try:
            while grant is None or grant.fence is None:
                left_s = grant.left_s + _LEASE_ENDED_S if grant is not None else self._terms.renew_s
                await asyncio.sleep(min(left_s, self._terms.renew_s))
                grant = await self._ask_for_lease(owner)
        finally:
            await cancel_and_wait(following)
        return grant.fence

    async def _ask_for_lease(self, owner: str) -> Grant | None:
        sent_s = self._clock()
        try:
            grant = await self._lease.take(owner)
        except Unreachable as error:
            self._in_trouble(f"The journal's server does not answer: {error}")
            return None
        if grant.fence is not None:
            self._sure_until_s = sent_s + self._terms.lease_s * _SURE_SHARE
        else:
            self._trouble = None
        return grant

    async def _lead(self, owner: str, fence: int) -> None:
        """One term. Ends when the lease or the journal is lost; says why."""
        try:
            await run_all(self._keep(owner, fence), self._write(fence))
        except (JournalError, BrokenRecord, BrokenSnapshot, Broken) as error:
            self._stepped_down(error)
        except Exception:
            log.critical("a term ended by a mistake in this program", exc_info=True)
            self._follower.state = None  # whatever was in memory is suspect
            self._trouble = "The command service made a mistake, and starts over from the journal."

    async def _write(self, fence: int) -> None:
        await self._check_clock()
        committer = await self._take_over(fence)
        parts = [committer.run(), self._beat(fence, committer)]
        if self._housekeeping is not None:
            parts.append(self._housekeeping(committer))
        try:
            await run_all(*parts)
        finally:
            self._committer = None
            committer.close("This command service stopped writing; ask again.")
            self._resume(committer)

    async def _check_clock(self) -> None:
        """By the time of the records keys are forgotten, so whoever writes them has to have the right one.

        Raises:
            WrongClock, Unreachable
        """
        asked_ms = self._now_ms()
        server_ms = await self._lease.now_ms()
        answered_ms = self._now_ms()
        apart_ms = max(asked_ms - server_ms, server_ms - answered_ms)
        if apart_ms > _CLOCKS_APART_MOST_MS:
            how = "ahead of" if asked_ms > server_ms else "behind"
            raise WrongClock(
                f"the clock here is {apart_ms / 1000:.0f} s {how} that of the journal's server; set both right (NTP)"
            )

    async def _take_over(self, fence: int) -> Committer:
        """Reads to the end of the journal, which nobody else can move any more."""
        if self._before_term is not None:
            await self._before_term()
        if await self._journal.head() is None:
            if self._follower.acknowledged is not None and self._follower.acknowledged.seq > 0:
                raise Lost(
                    f"the server is empty, but {self._follower.acknowledged} was acknowledged: restore its data or "
                    "import a backup; or accept the loss, for everyone, with: turnout journal accept"
                )
            await self._journal.create(new_id())
        state = await self._catch_up()
        expected, actual = Head(state.position, state.hash), await self._journal.head()
        if actual != expected:
            raise Lost(
                f"the journal has another history at {expected.position}: the server was rolled back or replaced"
            )
        gc_tuning.tune()  # to look through a million attendances would hold everybody up
        committer = Committer(
            self._journal, fence, state, self._metrics,
            sure=self._sure, now_ms=self._now_ms, patience_s=self._terms.patience_s, clock=self._clock,
        )  # fmt: skip
        self._committer, self._trouble = committer, None
        self._metrics.leader.set(1)
        self._metrics.terms.inc()
        self._metrics.position.set(state.position.seq)
        log.info("writing from %s on, under fence %d", state.position, fence)
        return committer

    async def _catch_up(self) -> State:
        try:
            return await self._follower.catch_up()
        except (BrokenRecord, BrokenSnapshot, Trimmed) as error:
            last = self._follower.state.position if self._follower.state is not None else None
            cut = f", or cut the journal there with: turnout journal restore --to {last}" if last and last.seq else ""
            raise Broken(
                f"The journal is damaged right behind {last or 'its beginning'}: {error}. Nothing is written to it any "
                "more. `turnout journal verify` tells what is sound. Restore the server's data or import a backup "
                f"with: turnout journal import FILE --force{cut}"
            ) from error

    async def _keep(self, owner: str, fence: int) -> None:
        """Prolongs the lease. A renewal that fails is no reason to stop: the fence decides who writes, not the time."""
        while True:
            await asyncio.sleep(self._terms.renew_s)
            sent_s = self._clock()
            try:
                grant = await self._lease.take(owner)
            except Unreachable as error:
                log.warning("the lease could not be renewed: %s", error)
                continue
            if grant.fence != fence:
                raise Deposed(f"another command service ({grant.owner}) took the lease")
            self._sure_until_s = sent_s + self._terms.lease_s * _SURE_SHARE

    async def _beat(self, fence: int, committer: Committer) -> None:
        while True:
            known = committer.committed
            try:
                _check_kept(known, await self._journal.beat(fence))
            except (Fenced, Conflict, Lost):
                raise
            except JournalError as error:
                log.warning("no heartbeat: %s", error)
            await asyncio.sleep(self._terms.beat_s)

    def _sure(self) -> bool:
        return self._clock() < self._sure_until_s

    def _resume(self, committer: Committer) -> None:
        """Hands the State back to the follower, unless it holds what may never have reached the disk."""
        self._follower.acknowledged = committer.committed.position
        if not committer.settled():
            self._follower.state = None

    def _stepped_down(self, error: Exception) -> None:
        if isinstance(error, Deposed | Fenced):
            self._trouble = None
            log.warning("stepped down, and nothing was written since: %s", error)
        else:
            self._in_trouble(str(error) or type(error).__name__)

    def _in_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("not writing: %s", trouble)
        self._trouble = trouble


def _check_kept(known: Head, head: Head) -> None:
    """A journal whose end was ``known`` may have grown since, by an append in flight. Raises Lost."""
    there, here = head.position, known.position
    if there.epoch != here.epoch or there.seq < here.seq or (there.seq == here.seq and head.hash != known.hash):
        raise Lost(f"the journal ends at {there}, but {here} was acknowledged: the server was rolled back or replaced")
