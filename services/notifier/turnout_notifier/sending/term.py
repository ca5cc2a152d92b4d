"""One term of the notifier that sends: planning and sending under one fence."""

import asyncio
from collections.abc import Callable
from typing import Final

from turnout_core.journal.port import Unreachable
from turnout_core.runtime.tasks import run_all
from turnout_notifier.plan.dead_letters import is_outdated
from turnout_notifier.sending.parts import NotifierParts
from turnout_notifier.sending.planner import Planner
from turnout_notifier.sending.sender import Sender

_WATCH_S: Final = 2.0  # how often the metrics of the queue are brought up to date
_BEHIND_MAX: Final = 3  # looks in a row that find the replica behind
_TIDY_S: Final = 3600.0  # how often dead letters of people who are gone are dropped


class Term:
    """The parts that run while this notifier has the lease.

    Args:
        is_lease_valid: True while nobody else can have the lease.
    """

    def __init__(self, parts: NotifierParts, is_lease_valid: Callable[[], bool]) -> None:
        self._parts = parts
        self._senders = [
            Sender(each, parts.queue, parts.follower, is_lease_valid, parts.metrics, parts.now_ms)
            for each in parts.routes
        ]
        self._planner = Planner(parts, self._wake)

    async def run(self, fence: int) -> None:
        """Plans and sends until it is cancelled. Raises WriterFenced."""
        self._parts.metrics.is_sender.set(1)
        try:
            await run_all(
                self._planner.run(fence), *(each.run(fence) for each in self._senders), self._watch(), self._tidy()
            )
        finally:
            self._parts.metrics.is_sender.set(0)
            for route in self._parts.routes:
                self._parts.metrics.forget_size(route.name)

    async def drain(self, timeout_s: float) -> None:
        """Waits until nothing is being sent any more, for at most ``timeout_s`` seconds."""
        await asyncio.gather(*(each.drain(timeout_s) for each in self._senders))

    def _wake(self) -> None:
        for each in self._senders:
            each.wake()

    async def _watch(self) -> None:
        """Shows the extent of the queue. Raises Unreachable if the replica stays behind: another one may be better."""
        behind = 0
        while True:
            behind = 0 if self._parts.follower.is_ready() else behind + 1
            if behind > _BEHIND_MAX:
                raise Unreachable(self._parts.follower.trouble or "there is no heartbeat from the writer")
            try:
                for route in self._parts.routes:
                    self._parts.metrics.show_size(
                        route.name, await self._parts.queue.size(route.name), self._parts.now_ms()
                    )
                self._parts.metrics.dead_letters.set(await self._parts.queue.dead_count())
            except Unreachable:
                pass  # the planner and the senders report it
            await asyncio.sleep(_WATCH_S)

    async def _tidy(self) -> None:
        while True:
            state = self._parts.follower.state
            if state is not None and self._parts.follower.is_ready():
                try:
                    letters = await self._parts.queue.dead_letters()
                    await self._parts.queue.drop(
                        [each for each in letters if is_outdated(state, each, self._parts.now_ms())]
                    )
                except Unreachable:
                    pass  # as above
            await asyncio.sleep(_TIDY_S)
