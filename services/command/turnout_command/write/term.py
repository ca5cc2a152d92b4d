"""One term of the writer: take over, write with a heartbeat, hand the state back."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from turnout_command.metrics import Metrics
from turnout_command.write.append_queue import Success
from turnout_command.write.committer import NO_RESPONSE, Committer
from turnout_command.write.leadership import Leadership, LeaseConfig
from turnout_core.domain.changes import EventEnded, EventReopened
from turnout_core.domain.rejections import Unavailable
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Conflict, Head, Journal, JournalError, RecordsTrimmed, WriterFenced
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.runtime import gc_tuning
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import run_all

_CLOCK_DIFFERENCE_MAX_MS: Final = 60_000  # a key may expire a minute early or late
_ENDS_PER_BATCH: Final = 256  # between two of them, commands have their turn

log = logging.getLogger("turnout.writer")

Inspection = Callable[[], Coroutine[Any, Any, None]]
TermJob = Callable[[Committer], Coroutine[Any, Any, None]]


class AcknowledgedDataLost(JournalError):
    """The server lost, or replaced, what was acknowledged."""


class WrongClock(JournalError):
    """The clock here differs from the server's; ``str`` says by how much."""


class JournalDamaged(Exception):
    """The journal is damaged in its middle; ``str`` says where, and what to do."""


class Term:
    """
    Args:
        follower: holds the state between terms.
        inspect: examines the server before anything is written to it; raises JournalError if it is unfit.
        snapshot_schedule: runs beside the term, with its committer, until it is cancelled.
        now_ms: wall clock in ms since 1970. clock: as for ``Leadership``.
    """

    def __init__(
        self,
        journal: Journal,
        follower: Follower,
        metrics: Metrics,
        config: LeaseConfig,
        *,
        inspect: Inspection | None,
        snapshot_schedule: TermJob | None,
        now_ms: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._follower = follower
        self._metrics = metrics
        self._config = config
        self._inspect = inspect
        self._snapshot_schedule = snapshot_schedule
        self._now_ms = now_ms
        self._clock = clock

    async def prepare(self) -> None:
        """Inspects the server and reads the journal. Raises JournalDamaged, and JournalError of ``inspect``."""
        if self._inspect is not None:
            await self._inspect()
        await self._catch_up()

    async def run(self, leadership: Leadership, fence: int, started: Callable[[Committer | None], None]) -> None:
        """Writes under ``fence`` until something fails or it is cancelled.

        ``started`` is called with the committer once it takes commands, and with None when it no longer does.

        Raises:
            JournalError, BrokenRecord, BrokenSnapshot, JournalDamaged, StateCorrupted
        """
        await self._check_clock(leadership)
        committer = await self._take_over(leadership, fence)
        parts = [committer.run(), self._heartbeat(fence, committer), self._commit_ends(committer)]
        if self._snapshot_schedule is not None:
            parts.append(self._snapshot_schedule(committer))
        started(committer)
        try:
            await run_all(*parts)
        finally:
            started(None)
            committer.close("This command service stopped writing. Try again.")
            self._hand_back_state(committer)

    async def _check_clock(self, leadership: Leadership) -> None:
        """Idempotency keys expire by record timestamps, so a leader with a wrong clock would expire them wrongly.

        Raises:
            WrongClock, Unreachable
        """
        asked_ms = self._now_ms()
        server_ms = await leadership.server_time_ms()
        answered_ms = self._now_ms()
        difference_ms = max(asked_ms - server_ms, server_ms - answered_ms)
        if difference_ms > _CLOCK_DIFFERENCE_MAX_MS:
            direction = "ahead of" if asked_ms > server_ms else "behind"
            raise WrongClock(
                f"the clock here is {difference_ms / 1000:.0f} s {direction} that of the journal's server; "
                "set both right (NTP)"
            )

    async def _take_over(self, leadership: Leadership, fence: int) -> Committer:
        """Reads to the end of the journal, which no other service can move any more."""
        if self._inspect is not None:
            await self._inspect()
        if await self._journal.head() is None:
            acknowledged = self._follower.acknowledged
            if acknowledged is not None and acknowledged.seq > 0:
                raise AcknowledgedDataLost(
                    f"the server is empty, but {acknowledged} was acknowledged: restore its data or import a backup; "
                    "or accept the loss, for everyone, with: turnout journal accept"
                )
            await self._journal.create(new_id())
        state = await self._catch_up()
        expected, actual = Head(state.position, state.hash), await self._journal.head()
        if actual != expected:
            raise AcknowledgedDataLost(
                f"the journal has another history at {expected.position}: the server was rolled back or replaced"
            )
        gc_tuning.tune()  # a full collection over a million attendances would pause every client
        committer = Committer(
            self._journal, fence, state, self._metrics,
            is_lease_valid=leadership.is_lease_valid, now_ms=self._now_ms,
            append_timeout_s=self._config.append_timeout_s, clock=self._clock,
        )  # fmt: skip
        self._metrics.terms.inc()
        self._metrics.position.set(state.position.seq)
        log.info("became leader at %s, fence %d", state.position, fence)
        return committer

    async def _catch_up(self) -> State:
        try:
            return await self._follower.catch_up()
        except (BrokenRecord, BrokenSnapshot, RecordsTrimmed) as error:
            last = self._follower.state.position if self._follower.state is not None else None
            cut = f", or cut the journal there with: turnout journal restore --to {last}" if last and last.seq else ""
            raise JournalDamaged(
                f"The journal is damaged right behind {last or 'its beginning'}: {error}. Nothing is written to it any "
                "more. `turnout journal verify` tells what is sound. Restore the server's data or import a backup "
                f"with: turnout journal import FILE --force{cut}"
            ) from error

    async def _heartbeat(self, fence: int, committer: Committer) -> None:
        """Publishes the head regularly, and notices a server that lost what was acknowledged."""
        while True:
            known = committer.committed
            try:
                _check_continues(known, await self._journal.publish_heartbeat(fence))
            except (WriterFenced, Conflict, AcknowledgedDataLost):
                raise
            except JournalError as error:
                log.warning("no heartbeat: %s", error)
            await asyncio.sleep(self._config.heartbeat_s)

    async def _commit_ends(self, committer: Committer) -> None:
        """Commits the end of each event when it has passed, and reopens events whose end is still to come.

        An event is reopened if a clock that was ahead ended it (docs/decisions/0009-ends-are-commits.md).
        """
        nearer = asyncio.Event()
        committer.on_nearer_end = nearer.set
        with suppress(Unavailable):  # the committer was closed; its own error ends the term
            while True:
                nearer.clear()
                for event in committer.ends.find_ended_too_early(self._now_ms()):
                    log.warning("event %s was ended by a clock that was ahead, and is reopened", event)
                    committer.commit_by_clock(EventReopened(event))
                    committer.ends.schedule(event)
                    self._metrics.events_reopened.inc()
                while due := committer.ends.pop_due(self._now_ms(), _ENDS_PER_BATCH):
                    for event in due:
                        committer.commit_by_clock(EventEnded(event))
                    self._metrics.events_ended.inc(len(due))
                    await committer.respond_when_durable(Success(committer.state.position, NO_RESPONSE))
                next_at = committer.ends.next_at()
                left_s = math.inf if next_at is None else (next_at - self._now_ms()) / 1000
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(max(left_s, 0.0), self._config.clock_check_s)):
                        await nearer.wait()
        await asyncio.Event().wait()

    def _hand_back_state(self, committer: Committer) -> None:
        """Gives the state back to the follower, unless it holds what may never have become durable."""
        self._follower.acknowledged = committer.committed.position
        if not committer.is_durable():
            self._follower.state = None


def _check_continues(known: Head, head: Head) -> None:
    """Raises AcknowledgedDataLost unless ``head`` continues ``known``. It may be ahead by an append in flight."""
    there, here = head.position, known.position
    if there.epoch != here.epoch or there.seq < here.seq or (there.seq == here.seq and head.hash != known.hash):
        raise AcknowledgedDataLost(
            f"the journal ends at {there}, but {here} was acknowledged: the server was rolled back or replaced"
        )
