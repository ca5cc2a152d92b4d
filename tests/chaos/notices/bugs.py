"""Bugs of the notifier. The checker must catch each of them; ``services`` does not know them."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from chaos.notices.webhooks.bugs import (
    private_event_told,
    webhook_id_of_each_attempt,
    webhook_lost_at_takeover,
    webhook_sent_after_removal,
    webhook_signed_with_old_secret,
)
from turnout_core.domain.state import State
from turnout_core.journal.leadership import Leadership
from turnout_core.journal.lease import Grant
from turnout_notifier import app, notifier
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan import deliveries
from turnout_notifier.plan.deliveries import Planned
from turnout_notifier.plan.validity import Obsolete, Ready, Waits, examine
from turnout_notifier.queue.port import Cursor, Done, QueuedDelivery
from turnout_notifier.queue.valkey import ValkeyQueue
from turnout_notifier.sending import planner
from turnout_notifier.sending.sender import Sender

_GAP_S: Final = 0.4  # between two steps that should be one


def reminder_lost_at_restart() -> None:
    """A new sender plans no reminders that were due while there was none."""
    original = deliveries.plan_notices

    def plan_notices(
        state: State, users: Iterable[str], after: Cursor, channels: Collection[Any], now_ms: int
    ) -> Iterator[Planned]:
        users = list(users)
        is_start = _is_start(state, users)
        found = original(state, users, after, channels, now_ms)
        return (each for each in found if not (is_start and ".reminder." in each.queued.delivery.notice))

    planner.plan_notices = plan_notices  # type: ignore[attr-defined]


def pause_lost() -> None:
    """Notices of the time without a leader are not sent."""

    async def begin(self: Any, fence: int) -> Cursor:
        found = await self._enqueue(fence, await self._parts.queue.cursor(), [], deliveries.end_of(self._state()))
        assert isinstance(found, Cursor)
        return found

    planner.Planner._begin = begin  # type: ignore[method-assign]


def sent_after_leaving() -> None:
    """Nothing is checked before it is sent."""

    def unchecked(state: State, delivery: Delivery, now_ms: int) -> Ready | Waits | Obsolete:
        inbox = state.inboxes.get(delivery.user)
        found = [each for each in (inbox.notices if inbox is not None else ()) if each.id == delivery.notice]
        return Ready(found[0]) if found else examine(state, delivery, now_ms)

    app.examine = unchecked  # type: ignore[attr-defined]


def sent_twice_at_every_start() -> None:
    """A new sender begins from the beginning, instead of from the cursor."""
    original = deliveries.plan_notices

    def plan_notices(
        state: State, users: Iterable[str], after: Cursor, channels: Collection[Any], now_ms: int
    ) -> Iterator[Planned]:
        users = list(users)
        beginning = Cursor(after.epoch, 0, "") if _is_start(state, users) else after
        return original(state, users, beginning, channels, now_ms)

    planner.plan_notices = plan_notices  # type: ignore[attr-defined]


def cursor_before_enqueue() -> None:
    """The cursor moves first, and a kill in between loses what was to be enqueued."""
    original = ValkeyQueue.enqueue

    async def enqueue(
        self: ValkeyQueue, fence: int, before: Cursor | None, after: Cursor,
        new: Sequence[tuple[QueuedDelivery, int]],
    ) -> Cursor | None:  # fmt: skip
        cursor = await original(self, fence, before, after, [])
        await asyncio.sleep(_GAP_S)
        return await original(self, fence, cursor, after, new)

    ValkeyQueue.enqueue = enqueue  # type: ignore[method-assign]


def removed_before_sending() -> None:
    """A delivery leaves the queue before it is sent, and a kill in between loses it."""
    original = Sender._try_to_send

    async def try_to_send(self: Any, batch: Any) -> Any:
        queued = [QueuedDelivery(each, 0) for each in batch.deliveries]
        fence = int(await self._queue._valkey.get(self._queue._keys.lease.fence))
        await self._queue.settle(fence, self._route.name, [Done(each) for each in queued])
        return await original(self, batch)

    Sender._try_to_send = try_to_send  # type: ignore[method-assign]


def lease_ignored() -> None:
    """Every notifier sends, also one without the lease."""

    async def wait_for_lease(self: Any, leadership: Leadership) -> Grant:
        while True:
            await asyncio.sleep(_GAP_S)
            if self.is_ready():
                grant = await leadership.request()
                fence = await self._parts.queue._valkey.get(self._parts.queue._keys.lease.fence)
                return Grant(int(fence), grant.owner, grant.left_s, grant.server_ms)

    async def renew(self: Leadership, fence: int) -> None:
        await asyncio.Event().wait()

    def is_lease_valid(self: Leadership) -> bool:
        return True

    notifier.Notifier._wait_for_lease = wait_for_lease  # type: ignore[method-assign]
    Leadership.renew = renew  # type: ignore[method-assign]
    Leadership.is_lease_valid = is_lease_valid  # type: ignore[method-assign]


def _is_start(state: State, users: Sequence[str]) -> bool:
    """True at the start of a sender, which looks through all inboxes."""
    return len(users) > 1 and len(users) == len(state.inboxes)


BUGS: Final[Mapping[str, Callable[[], None]]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        reminder_lost_at_restart, pause_lost, sent_after_leaving, sent_twice_at_every_start, cursor_before_enqueue,
        removed_before_sending, lease_ignored, webhook_lost_at_takeover, webhook_sent_after_removal,
        webhook_signed_with_old_secret, webhook_id_of_each_attempt, private_event_told,
    )
}  # fmt: skip
"""Each bug by its name; calling it plants it in this process."""
