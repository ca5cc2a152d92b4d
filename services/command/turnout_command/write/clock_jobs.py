"""The jobs of the leader that depend on the clock: comparing clocks, and committing what time changes in events."""

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from turnout_command.metrics import Metrics
from turnout_command.rules.schedule import follow_zone_rules
from turnout_command.rules.seat_rules import promotions
from turnout_command.write.batch import Success
from turnout_command.write.clock_guard import CLOCKS_APART_MAX_MS, ClockGuard, duration
from turnout_command.write.committer import NO_RESPONSE, Committer
from turnout_command.write.lease_config import LeaseConfig
from turnout_core.domain.changes import EventEdited, EventEnded, EventReopened
from turnout_core.domain.notice_changes import RemindersDue
from turnout_core.domain.rejections import Unavailable
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.journal.leadership import Leadership
from turnout_core.journal.port import JournalError, Unreachable

_ENDS_PER_BATCH: Final = 256  # commands are processed between two batches
_EVENTS_PER_PAUSE: Final = 256  # that are compared with the zone rules; commands are processed between

log = logging.getLogger("turnout.writer")


class WrongClock(JournalError):
    """The clock of this machine differs from the server's; the message has the difference."""


class ClockJobs:
    """The jobs of all terms of a writer.

    Args:
        guard: tells whether the clock can be trusted; ends wait until it can.
        now_ms: wall clock in ms since 1970.
    """

    def __init__(self, guard: ClockGuard, config: LeaseConfig, metrics: Metrics, now_ms: Callable[[], int]) -> None:
        self.guard = guard
        self._config = config
        self._metrics = metrics
        self._now_ms = now_ms

    async def compare_with_server(self, leadership: Leadership) -> None:
        """Raises WrongClock if the clocks of this machine and the server differ, and Unreachable.

        A leader with a wrong clock would end events wrongly, while another service may have the right time.
        """
        asked_ms = self._now_ms()
        server_ms = await leadership.server_time_ms()
        answered_ms = self._now_ms()
        difference_ms = max(asked_ms - server_ms, server_ms - answered_ms)
        if difference_ms > CLOCKS_APART_MAX_MS:
            direction = "ahead of" if asked_ms > server_ms else "behind"
            raise WrongClock(
                f"the clock here is {duration(difference_ms)} {direction} that of the journal's server; "
                "correct both (NTP)"
            )

    async def watch_clock(self, committer: Committer, leadership: Leadership) -> None:
        """Checks the clock until it is cancelled. Raises WrongClock."""
        while True:
            await asyncio.sleep(self._config.clock_check_s)
            self.guard.check(committer.state.committed_at)
            with suppress(Unreachable):  # the renewal of the lease reports this
                await self.compare_with_server(leadership)

    async def commit_ends(self, committer: Committer) -> None:
        """Commits ends of events and reminders in time, and reopens events that ended too early.

        An event ends too early if the clock was ahead (docs/decisions/0009-ends-are-commits.md). First it moves the
        events whose zone has other rules than at their last edit, since that moves their ends.
        """
        next_end_moved = asyncio.Event()
        committer.on_next_end_moved = next_end_moved.set
        with suppress(Unavailable):  # the committer is closed, and its own error ends the term
            await self._follow_zone_rules(committer)
            while True:
                next_end_moved.clear()
                if self.guard.trouble is None:
                    self._reopen(committer)
                    await self._end_due(committer)
                    await self._remind_due(committer)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s(committer)):
                        await next_end_moved.wait()
        await asyncio.Event().wait()

    async def _follow_zone_rules(self, committer: Committer) -> None:
        """Edits each event that has not ended, so that it keeps its wall clock by the zone rules of this service."""
        moved = 0
        for number, event_id in enumerate(list(committer.state.events), 1):
            event = committer.state.events.get(event_id)
            if event is not None and not event.ended:
                details = follow_zone_rules(event.details)
                if details is not event.details:
                    committer.commit_by_clock(EventEdited(event_id, details))
                    committer.ends.schedule(event_id)
                    committer.reminders.schedule(event_id)
                    moved += 1
            if number % _EVENTS_PER_PAUSE == 0:
                await committer.respond_when_durable(Success(committer.state.position, NO_RESPONSE))
                await asyncio.sleep(0)
        if moved:
            log.warning("moved %d events, which keep their local times by zone rules %s", moved, ZONE_DATA_VERSION)

    def _reopen(self, committer: Committer) -> None:
        for event in committer.ends.find_ended_too_early(self._now_ms()):
            log.warning("reopening event %s: a clock that was ahead ended it too early", event)
            found = committer.state.events[event]
            # People may have left while it counted as ended, when nobody moves up.
            promoted = promotions(found, found.free_seats()) if found.status == "scheduled" else ()
            committer.commit_by_clock(EventReopened(event), *promoted)
            committer.ends.schedule(event)
            self._metrics.events_reopened.inc()

    async def _end_due(self, committer: Committer) -> None:
        while due := committer.ends.pop_due(self._now_ms(), _ENDS_PER_BATCH):
            for event in due:
                committer.commit_by_clock(EventEnded(event))
            self._metrics.events_ended.inc(len(due))
            await committer.respond_when_durable(Success(committer.state.position, NO_RESPONSE))

    async def _remind_due(self, committer: Committer) -> None:
        while due := committer.reminders.pop_due(self._now_ms(), _ENDS_PER_BATCH):
            for event, lead in due:
                committer.commit_by_clock(RemindersDue(event, lead))
                self._metrics.reminders.labels(lead).inc()
            await committer.respond_when_durable(Success(committer.state.position, NO_RESPONSE))

    def _pause_s(self, committer: Committer) -> float:
        """Seconds until the next end or reminder, or until the clock may have changed."""
        times = [each for each in (committer.ends.next_at(), committer.reminders.next_at()) if each is not None]
        left_s = (min(times) - self._now_ms()) / 1000 if times and not self.guard.trouble else math.inf
        return min(max(left_s, 0.0), self._config.clock_check_s)
