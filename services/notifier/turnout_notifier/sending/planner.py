"""Turns new notices into deliveries, and enqueues them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from turnout_core.domain.changes import Commit
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import RecordsTrimmed, Unreachable
from turnout_core.journal.record import peek
from turnout_notifier.plan.deliveries import Planned, end_of, plan_notices, steps
from turnout_notifier.queue.port import Cursor
from turnout_notifier.sending.parts import NotifierParts

_USERS_PER_SLICE: Final = 5_000  # about 2 ms, after which other tasks run
_RECORDS_PER_READ: Final = 500
_IDLE_STEP_S: Final = 1.0  # of quiet, after which the cursor moves without anything to enqueue
_RETRY_S: Final = 0.1
_RETRY_UNREACHABLE_S: Final = 1.0

log = logging.getLogger("turnout.notifier")


class ReplicaStartedOver(Exception):
    """The follower has another state than the one that the planner began with."""


class Planner:
    """Plans from the cursor on, and then whatever the follower applies.

    Nothing is lost if the process ends: the notices of commits after the cursor are still in the inboxes.

    Args:
        on_enqueued: called after deliveries were enqueued.
    """

    def __init__(self, parts: NotifierParts, on_enqueued: Callable[[], None]) -> None:
        self._parts = parts
        self._channels = [each.name for each in parts.routes if each.name != "webhook"]
        self._on_enqueued = on_enqueued

    async def run(self, fence: int) -> None:
        """Plans until it is cancelled. Raises WriterFenced."""
        try:
            while True:
                self._parts.feed.open()
                try:
                    await self._run_on_one_replica(fence)
                except ReplicaStartedOver:
                    await asyncio.sleep(_RETRY_S)
                except Unreachable as error:  # such as a full server, on which what waits can still be sent
                    log.warning("notices are not planned, retrying: %s", error)
                    await asyncio.sleep(_RETRY_UNREACHABLE_S)
        finally:
            self._parts.feed.close()

    async def _run_on_one_replica(self, fence: int) -> None:
        cursor = await self._begin(fence)
        while True:
            has_news = await self._parts.feed.wait(_IDLE_STEP_S if self._state().position.seq > cursor.seq else None)
            news, state = self._parts.feed.take(), self._state()
            if news.is_replaced or state.position.epoch != cursor.epoch:
                raise ReplicaStartedOver
            planned = [
                *plan_notices(state, news.users, cursor, self._channels, self._parts.now_ms()),
                *self._parts.plan_commits(state, [each for each in news.commits if each.seq > cursor.seq]),
            ]
            if planned or not has_news:
                cursor = await self._enqueue(fence, cursor, planned, end_of(state))

    async def _begin(self, fence: int) -> Cursor:
        """Plans what happened between the cursor and now. Returns the cursor."""
        cursor, head, state = await self._parts.queue.cursor(), await self._parts.journal.head(), self._state()
        if head is None or head.position.epoch != state.position.epoch:
            raise ReplicaStartedOver  # the follower does not know the present history yet
        if cursor is None or cursor.epoch != state.position.epoch:
            # A new server, or a history that an operator has put in place: what it says has been said.
            return await self._enqueue(fence, cursor, [], end_of(state))
        after = end_of(state)
        if after.seq <= cursor.seq:
            return cursor
        planned = list(self._parts.plan_commits(state, await self._read_commits(cursor, after)))
        users = list(state.inboxes)
        for at in range(0, len(users), _USERS_PER_SLICE):
            if self._parts.follower.state is not state:
                raise ReplicaStartedOver
            found = plan_notices(state, users[at : at + _USERS_PER_SLICE], cursor, self._channels, self._parts.now_ms())
            planned += (each for each in found if each.seq <= after.seq)  # the feed has those of later commits
            await asyncio.sleep(0)
        return await self._enqueue(fence, cursor, planned, after)

    async def _read_commits(self, cursor: Cursor, until: Cursor) -> list[Commit]:
        """The commits after the cursor, if the stream still has them all."""
        commits: list[Commit] = []
        at = Position(cursor.epoch, cursor.seq)
        while at.seq < until.seq:
            try:
                records = await self._parts.journal.read(at, _RECORDS_PER_READ)
            except RecordsTrimmed:
                log.warning(
                    "webhooks of the commits from %s to %d are not sent: the journal was trimmed", at, until.seq
                )
                return []
            commits += (peek(each)[0] for each in records)
            at = Position(at.epoch, commits[-1].seq) if records else Position(at.epoch, until.seq)
        return [each for each in commits if each.seq <= until.seq]

    async def _enqueue(self, fence: int, before: Cursor | None, planned: Sequence[Planned], after: Cursor) -> Cursor:
        cursor = before
        for step in steps(planned, after):
            found = await self._parts.queue.enqueue(
                fence, cursor, step.after, [(each.queued, each.due_ms) for each in step.planned]
            )
            if found != step.after:
                raise ReplicaStartedOver  # an earlier call took effect although its reply was lost
            cursor = found
            if step.planned:
                self._on_enqueued()
        return after

    def _state(self) -> State:
        """Raises ReplicaStartedOver while there is none."""
        if self._parts.follower.state is None:
            raise ReplicaStartedOver
        return self._parts.follower.state
