"""A notifier: follows the journal, and sends while it has the lease."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from turnout_core.journal.follower import Follower
from turnout_core.journal.leadership import Leadership, LeaseTimes
from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import Journal, JournalError, Unreachable
from turnout_core.runtime.clock import since_boot_s, wall_ms
from turnout_core.runtime.tasks import run_all
from turnout_notifier.metrics import Metrics
from turnout_notifier.queue.port import Queue
from turnout_notifier.sending.feed import CommitFeed
from turnout_notifier.sending.parts import NotifierParts, PlanCommits
from turnout_notifier.sending.sender import Route
from turnout_notifier.sending.term import Term

_NOT_READY_PAUSE_S: Final = 0.1
_PAUSE_AFTER_TERM_S: Final = 0.5  # so that another notifier can take over after a failed term
_DRAIN_S: Final = 5.0

log = logging.getLogger("turnout.notifier")


class Notifier:
    """Follows and, while it has the lease, plans and sends.

    Args:
        lease: of notifiers; several may run, and one sends.
        plan_commits: plans webhooks.
        now_ms: wall clock in ms since 1970.

    Attributes:
        follower: of the journal.
        metrics: of this notifier.
    """

    def __init__(
        self,
        journal: Journal,
        lease: Lease,
        queue: Queue,
        routes: Sequence[Route],
        plan_commits: PlanCommits,
        times: LeaseTimes | None = None,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self.metrics = Metrics()
        feed = CommitFeed()
        self.follower = Follower(journal, feed)
        self._parts = NotifierParts(
            journal=journal, follower=self.follower, feed=feed, queue=queue, routes=routes, plan_commits=plan_commits,
            metrics=self.metrics, now_ms=now_ms,
        )  # fmt: skip
        self._lease = lease
        self._times = times or LeaseTimes()
        self._term: Term | None = None
        self._is_draining = False

    def is_ready(self) -> bool:
        """True if the replica is up to date, so that this notifier can send whenever it gets the lease."""
        return self.follower.is_ready() and not self._is_draining

    def is_sending(self) -> bool:
        """True while this notifier is the one that sends."""
        return self._term is not None

    async def run(self) -> None:
        """Follows and sends until it is cancelled."""
        await run_all(self.follower.run(), self._lead_in_turn())

    async def drain(self) -> None:
        """Takes on nothing more, and waits for what is being sent. Call it before a clean stop."""
        self._is_draining = True
        if self._term is not None:
            await self._term.drain(_DRAIN_S)

    async def _lead_in_turn(self) -> None:
        while True:
            leadership = Leadership(self._lease, self._times, since_boot_s)
            try:
                await self._lead(leadership, await self._wait_for_lease(leadership))
            except JournalError as error:
                log.warning("this notifier does not send any more: %s", error)
            except Exception:
                log.critical("sending ended by a bug in this program, and begins again", exc_info=True)
            finally:
                self._term = None
                with suppress(Unreachable):
                    await leadership.release()
            await asyncio.sleep(_PAUSE_AFTER_TERM_S)

    async def _wait_for_lease(self, leadership: Leadership) -> Grant:
        """Waits until the lease is ours. A replica that is not up to date asks for none."""
        while True:
            if not self.is_ready():
                await asyncio.sleep(_NOT_READY_PAUSE_S)
                continue
            grant = None
            with suppress(Unreachable):  # the follower reports it
                grant = await leadership.request()
            if grant is not None and grant.fence is not None:
                return grant
            await leadership.pause(grant)

    async def _lead(self, leadership: Leadership, grant: Grant) -> None:
        """Runs one term. Raises LeaseLost, WriterFenced, Unreachable."""
        assert grant.fence is not None  # noqa: S101 - the caller has the lease
        await leadership.wait_for_former(grant)
        self._term = Term(self._parts, leadership.is_lease_valid)
        await run_all(leadership.renew(grant.fence), self._term.run(grant.fence))
