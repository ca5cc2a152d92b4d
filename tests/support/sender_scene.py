"""A sender of mails with a real queue, and people whose notices it sends. A test moves its clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fake_writer import START_MS, FakeWriter

from turnout_core.domain.notices import Inbox, Notice
from turnout_core.domain.people_changes import MailSet
from turnout_core.domain.state import State
from turnout_core.journal.keys import Keys
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.channels.port import Channel
from turnout_notifier.delivery import Delivery
from turnout_notifier.metrics import Metrics
from turnout_notifier.plan.validity import examine
from turnout_notifier.queue.port import ALL_USERS, Cursor, QueuedDelivery
from turnout_notifier.queue.valkey import ValkeyQueue
from turnout_notifier.sending.sender import Route, Sender

FENCE: Final = 3
_KEYS: Final = Keys().notifier


class SenderScene:
    """A sender, people who go to an event, and a queue."""

    def __init__(self, queue: ValkeyQueue, channel: Channel) -> None:
        self.writer = FakeWriter()
        self.queue = queue
        self.now_ms = START_MS
        self.has_lease = True
        self.is_ahead = True
        self.state: State | None = self.writer.state
        self.event = self.writer.event(self.writer.user(), starts_in_h=48)
        self.people = [self._person(name) for name in ("Ada", "Bob", "Carl")]
        route = Route("mail", channel, examine, is_gathered=True, parallel=2)
        self.metrics = Metrics()
        self.sender = Sender(route, queue, self, lambda: self.has_lease, self.metrics, lambda: self.now_ms)

    def is_ready(self) -> bool:
        return self.is_ahead

    def _person(self, name: str) -> str:
        user = self.writer.user(name)
        self.writer.commit(MailSet(user, f"{user}@here.example"))
        self.writer.join(self.event, user)
        return user

    async def tell(self, user: str, times: int = 1) -> None:
        """Puts notices into the inbox of a person, and their deliveries into the queue, due now."""
        state = self.writer.state
        inbox = state.inboxes.setdefault(user, Inbox([]))
        new = []
        for _ in range(times):
            self.writer.user()  # a commit
            notice = Notice(state.position.seq, "changed", self.event, "Games", self.now_ms)
            inbox.notices.append(notice)
            queued = QueuedDelivery(Delivery.of(state.position.epoch, notice, user, "mail"), self.now_ms)
            new.append((queued, self.now_ms))
        after = Cursor(state.position.epoch, state.position.seq, ALL_USERS)
        assert await self.queue.enqueue(FENCE, await self.queue.cursor(), after, new) == after
        self.sender.wake()

    async def waiting(self) -> list[QueuedDelivery]:
        return await self.queue.due("mail", self.now_ms + 10**9, 100)

    async def is_empty(self) -> None:
        """Returns when nothing waits any more."""
        async with asyncio.timeout(10):
            while (await self.queue.size("mail")).waiting:  # noqa: ASYNC110 - the queue is in another process
                await asyncio.sleep(0)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        running = asyncio.create_task(self.sender.run(FENCE))
        try:
            yield
            assert not running.done()
        finally:
            await cancel_and_wait(running)

    async def until_due(self, due_ms: int) -> None:
        """Returns when the next delivery is due at ``due_ms``."""
        async with asyncio.timeout(10):
            while await self.queue.next_due_ms("mail", 0) != due_ms:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0)


@asynccontextmanager
async def sender_queue(valkey_url: str) -> AsyncIterator[ValkeyQueue]:
    """A queue at which ``FENCE`` is valid."""
    async with connect(valkey_url) as valkey:
        await valkey.set(_KEYS.lease.fence, FENCE)
        yield ValkeyQueue(valkey, _KEYS)
