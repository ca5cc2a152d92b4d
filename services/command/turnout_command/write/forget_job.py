"""Forgets unused guests and events that are long over, so that memory and the journal do not grow for ever."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from turnout_command.metrics import Metrics
from turnout_command.rules.erase import erase_user
from turnout_command.rules.forget import is_event_forgotten, is_user_forgotten
from turnout_command.rules.webhook_commands import deletion
from turnout_command.write.batch import Success
from turnout_command.write.committer import NO_RESPONSE, Committer
from turnout_core.domain.rejections import Unavailable
from turnout_core.runtime.clock import wall_ms

FORGET_DAYS: Final = 400  # as long as a token is valid (``web.identity.TOKEN_LIFETIME_S``)

_DAY_MS: Final = 24 * 60 * 60 * 1000
_INTERVAL_S: Final = 3600.0
_LOOKED_AT_PER_PAUSE: Final = 256  # commands are processed between
_COMMITS_PER_BATCH: Final = 32

log = logging.getLogger("turnout.writer")


class ForgetJob:
    """Goes through all guests and events once per interval, and first after one: a wrong clock is corrected by then.

    Args:
        days: after which something is forgotten; 0 for never.
        is_clock_trusted: False while the wall clock may be wrong; then nothing is forgotten.
        now_ms: wall clock in ms since 1970.
    """

    def __init__(
        self,
        days: int,
        is_clock_trusted: Callable[[], bool],
        metrics: Metrics,
        *,
        interval_s: float = _INTERVAL_S,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self._days = days
        self._is_clock_trusted = is_clock_trusted
        self._metrics = metrics
        self._interval_s = interval_s
        self._now_ms = now_ms

    async def run(self, committer: Committer) -> None:
        """Runs until it is cancelled."""
        with suppress(Unavailable):  # the committer is closed, and its own error ends the term
            while self._days:
                await asyncio.sleep(self._interval_s)
                if self._is_clock_trusted():
                    await self.forget(committer)
        await asyncio.Event().wait()

    async def forget(self, committer: Committer) -> None:
        """Forgets all that is due. Raises Unavailable."""
        now = self._now_ms()
        before = now - self._days * _DAY_MS
        state, forgotten = committer.state, {"event": 0, "guest": 0}
        for number, event_id in enumerate(list(state.events), 1):
            event = state.events.get(event_id)
            if event is not None and is_event_forgotten(event, before):
                committer.commit_by_clock(deletion(event))
                await self._count(committer, forgotten, "event")
            await _pause(number)
        for number, user_id in enumerate(list(state.users), 1):
            user = state.users.get(user_id)
            if user is not None and is_user_forgotten(state, user, before, now):
                committer.commit_by_clock(*erase_user(state, user_id, now))
                await self._count(committer, forgotten, "guest")
            await _pause(number)
        await committer.respond_when_durable(Success(state.position, NO_RESPONSE))
        if any(forgotten.values()):
            log.info("forgot %d events and %d guests after %d days", *forgotten.values(), self._days)

    async def _count(self, committer: Committer, forgotten: dict[str, int], kind: str) -> None:
        """Counts a commit, and waits for the disk after each batch, so that commands are not kept waiting."""
        forgotten[kind] += 1
        self._metrics.forgotten.labels(kind).inc()
        if forgotten[kind] % _COMMITS_PER_BATCH == 0:
            await committer.respond_when_durable(Success(committer.state.position, NO_RESPONSE))
        else:
            await asyncio.sleep(0)


async def _pause(number: int) -> None:
    if number % _LOOKED_AT_PER_PAUSE == 0:
        await asyncio.sleep(0)
