"""The sender, with a real queue and a channel whose results a test decides."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sender_scene import FENCE, SenderScene, sender_queue
from waiting import until

from turnout_core.domain.position import Position
from turnout_core.journal.port import Unreachable, WriterFenced
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.delivery import ChannelName
from turnout_notifier.plan.pacing import INTERVAL_MS
from turnout_notifier.queue.port import Outcome, QueuedDelivery, QueueSize
from turnout_notifier.queue.valkey import ValkeyQueue


class ScriptedChannel:
    """Answers with ``results`` in turn, then always accepts. ``gate`` holds up every batch while it is clear."""

    def __init__(self) -> None:
        self.results: list[Result | Exception] = []
        self.batches: list[Batch] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, batch: Batch) -> Result:
        self.batches.append(batch)
        await self.gate.wait()
        result = self.results.pop(0) if self.results else Sent()
        if isinstance(result, Exception):
            raise result
        return result

    @property
    def recipients(self) -> list[tuple[str, int]]:
        """The person and the number of notices of each batch."""
        return [(each.deliveries[0].user, len(each.notices)) for each in self.batches]


class Scene(SenderScene):
    """The scene with a channel whose results a test decides."""

    def __init__(self, queue: ValkeyQueue) -> None:
        self.channel = ScriptedChannel()
        super().__init__(queue, self.channel)


@pytest.fixture
async def scene(valkey_url: str) -> AsyncIterator[Scene]:
    async with sender_queue(valkey_url) as queue:
        yield Scene(queue)


async def test_a_delivery_that_is_due_is_sent_and_leaves_the_queue(scene: Scene) -> None:
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.is_empty()
    assert scene.channel.recipients == [(scene.people[0], 1)]


async def test_all_that_waits_for_a_person_goes_together(scene: Scene) -> None:
    await scene.tell(scene.people[0], 50)
    await scene.tell(scene.people[1])
    async with scene.sending():
        await scene.is_empty()
    assert sorted(scene.channel.recipients) == sorted([(scene.people[0], 50), (scene.people[1], 1)])


async def test_a_second_mail_waits_for_a_minute_and_takes_all_along(scene: Scene) -> None:
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.is_empty()
        await scene.tell(scene.people[0])
        await scene.tell(scene.people[0])
        minute_ms = scene.now_ms + INTERVAL_MS
        await scene.until_due(minute_ms)
        assert scene.channel.recipients == [(scene.people[0], 1)]
        scene.now_ms = minute_ms
        scene.sender.wake()
        await scene.is_empty()
    assert scene.channel.recipients == [(scene.people[0], 1), (scene.people[0], 2)]


async def test_the_next_sender_knows_who_had_a_mail(scene: Scene) -> None:
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.is_empty()
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.until_due(scene.now_ms + INTERVAL_MS)
    assert len(scene.channel.batches) == 1


async def test_a_temporary_failure_is_repeated_later(scene: Scene) -> None:
    scene.channel.results = [Failed("busy"), Failed("busy", retry_after_s=90)]
    async with scene.sending():
        await scene.tell(scene.people[0])
        for attempts, pause_s in ((1, 5), (2, 90)):
            await scene.until_due(scene.now_ms + pause_s * 1000)
            [queued] = await scene.waiting()
            assert queued.attempts == attempts
            scene.now_ms += pause_s * 1000
            scene.sender.wake()
        await scene.is_empty()
    assert len(scene.channel.batches) == 3
    assert await scene.queue.dead_count() == 0


async def test_a_permanent_failure_is_a_dead_letter(scene: Scene) -> None:
    scene.channel.results = [Failed("refused", is_permanent=True)]
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.is_empty()
    [letter] = await scene.queue.dead_letters()
    assert (letter.queued.delivery.user, letter.reason, letter.failed_ms) == (scene.people[0], "refused", scene.now_ms)


async def test_an_address_that_is_gone_leaves_nothing_behind(scene: Scene) -> None:
    scene.channel.results = [Gone("no such mailbox")]
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.is_empty()
    assert await scene.queue.dead_count() == 0


async def test_a_channel_with_a_bug_stops_no_other_delivery(scene: Scene) -> None:
    scene.channel.results = [ZeroDivisionError("Ada")]
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.until_due(scene.now_ms + 5_000)
        await scene.tell(scene.people[1])
        await until(lambda: len(scene.channel.batches) == 2)
    [queued] = await scene.waiting()
    assert queued.delivery.user == scene.people[0]


async def test_nothing_goes_to_a_person_who_has_left(scene: Scene) -> None:
    await scene.tell(scene.people[0])
    inbox = scene.writer.state.inboxes.pop(scene.people[0])
    scene.writer.leave(scene.event, scene.people[0])
    scene.writer.state.inboxes[scene.people[0]] = inbox
    async with scene.sending():
        await scene.is_empty()
    assert scene.channel.batches == []


async def test_without_the_lease_or_an_up_to_date_replica_nothing_is_sent(scene: Scene) -> None:
    scene.has_lease = False
    async with scene.sending():
        await scene.tell(scene.people[0])
        await _turns(scene)
        scene.has_lease, scene.is_ahead = True, False
        await _turns(scene)
        assert scene.channel.batches == []
        scene.is_ahead = True
        await scene.is_empty()


async def test_a_replica_behind_the_former_sender_drops_nothing(scene: Scene) -> None:
    """A delivery of a commit that the replica does not have yet looks as if it were obsolete."""
    await scene.tell(scene.people[0])
    inbox = scene.writer.state.inboxes.pop(scene.people[0])
    position = scene.writer.state.position
    scene.writer.state.position = Position(position.epoch, position.seq - 1)
    async with scene.sending():
        await _turns(scene)
        assert len(await scene.waiting()) == 1
        scene.writer.state.position = position
        scene.writer.state.inboxes[scene.people[0]] = inbox
        await scene.is_empty()
    assert len(scene.channel.batches) == 1


async def test_only_so_many_batches_are_sent_at_a_time(scene: Scene) -> None:
    scene.channel.gate.clear()
    for each in scene.people:
        await scene.tell(each)
    async with scene.sending():
        await until(lambda: len(scene.channel.batches) == 2)
        await _turns(scene)
        assert len(scene.channel.batches) == 2
        scene.channel.gate.set()
        await scene.is_empty()
    assert len(scene.channel.batches) == 3


async def test_a_former_leader_stops(scene: Scene) -> None:
    await scene.tell(scene.people[0])
    with pytest.raises(WriterFenced):
        await asyncio.wait_for(scene.sender.run(FENCE - 1), 10)


async def test_a_sent_mail_is_not_sent_again_while_that_cannot_be_recorded(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = _FailingQueue(scene.queue, failures=2)
    monkeypatch.setattr(scene.sender, "_queue", failing)
    async with scene.sending():
        await scene.tell(scene.people[0])
        await scene.is_empty()
    assert failing.failures == 0
    assert len(scene.channel.batches) == 1


async def test_a_delivery_that_is_done_while_the_queue_is_read_is_not_sent_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = _SlowQueue(scene.queue)
    monkeypatch.setattr(scene.sender, "_queue", slow)
    scene.channel.gate.clear()
    async with scene.sending():
        await scene.tell(scene.people[0])
        await until(lambda: len(scene.channel.batches) == 1)
        slow.is_slow = True
        scene.sender.wake()
        await until(slow.has_read.is_set)  # the reply has the delivery, which is done meanwhile
        scene.channel.gate.set()
        await scene.is_empty()
        await until(lambda: not scene.sender._in_flight)
        slow.is_slow = False
        slow.go_on.set()
        await _turns(scene)
    assert len(scene.channel.batches) == 1


async def _turns(scene: Scene) -> None:
    """Lets the sender look for due deliveries a few times."""
    for _ in range(3):
        scene.sender.wake()
        for _ in range(5):
            await scene.queue.size("mail")


class _FailingQueue:
    """A queue whose first writes cannot be made."""

    def __init__(self, queue: ValkeyQueue, failures: int) -> None:
        self._queue = queue
        self.failures = failures
        self.due, self.next_due_ms, self.paced = queue.due, queue.next_due_ms, queue.paced

    async def settle(
        self, fence: int, channel: ChannelName, outcomes: Sequence[Outcome], paced: tuple[str, int] | None = None
    ) -> None:
        if self.failures:
            self.failures -= 1
            raise Unreachable("the server does not answer")
        await self._queue.settle(fence, channel, outcomes, paced)


class _SlowQueue:
    """A queue whose replies arrive late while ``is_slow``."""

    def __init__(self, queue: ValkeyQueue) -> None:
        self._queue = queue
        self.is_slow = False
        self.has_read, self.go_on = asyncio.Event(), asyncio.Event()
        self.settle, self.next_due_ms, self.paced = queue.settle, queue.next_due_ms, queue.paced

    async def due(self, channel: ChannelName, now_ms: int, limit: int) -> list[QueuedDelivery]:
        found = await self._queue.due(channel, now_ms, limit)
        if self.is_slow:
            self.has_read.set()
            await self.go_on.wait()
        return found

    async def size(self, channel: ChannelName) -> QueueSize:
        return await self._queue.size(channel)
