"""The contract of the queue, on a real Valkey."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Unreachable, WriterFenced
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.delivery import Delivery
from turnout_notifier.queue import valkey as queue_module
from turnout_notifier.queue.port import ALL_USERS, Cursor, Dead, DeadLetter, Done, Later, QueuedDelivery, QueueSize
from turnout_notifier.queue.valkey import ValkeyQueue

KEYS = Keys().notifier
FENCE = 7
START = Cursor("test", 5, ALL_USERS)


@pytest.fixture
async def queue(valkey_url: str) -> AsyncIterator[ValkeyQueue]:
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.lease.fence, FENCE)
        yield ValkeyQueue(valkey, KEYS)


def _queued(user: str, seq: int = 6) -> QueuedDelivery:
    return QueuedDelivery(Delivery("test", f"{seq}.changed.games", "games", "mail", user), queued_ms=1_000)


async def _fill(queue: ValkeyQueue, **due_ms: int) -> dict[str, QueuedDelivery]:
    """Enqueues a delivery for each user."""
    queued = {user: _queued(user) for user in due_ms}
    new = [(queued[user], due) for user, due in due_ms.items()]
    assert await queue.enqueue(FENCE, None, START, new) == START
    return queued


async def test_a_new_server_has_no_cursor_and_nothing_waits(queue: ValkeyQueue) -> None:
    assert await queue.cursor() is None
    assert await queue.next_due_ms("mail", 0) is None
    assert await queue.due("mail", 10**15, 10) == []
    assert await queue.size("mail") == QueueSize(0, None)


async def test_deliveries_come_when_they_are_due_and_the_oldest_first(queue: ValkeyQueue) -> None:
    queued = await _fill(queue, ada=3_000, grace=2_000, alan=4_000)
    assert await queue.cursor() == START
    assert await queue.next_due_ms("mail", 0) == 2_000
    assert await queue.next_due_ms("mail", 2_000) == 3_000
    assert await queue.due("mail", 1_999, 10) == []
    assert await queue.due("mail", 3_000, 10) == [queued["grace"], queued["ada"]]
    assert await queue.due("mail", 9_000, 1) == [queued["grace"]]
    assert await queue.size("mail") == QueueSize(3, 2_000)


async def test_the_same_step_twice_enqueues_once(queue: ValkeyQueue) -> None:
    """A notifier that does not know whether its call was carried out may repeat it, even after a sending."""
    queued = await _fill(queue, ada=1)
    await queue.settle(FENCE, "mail", [Done(queued["ada"])])
    assert await queue.enqueue(FENCE, None, START, [(queued["ada"], 1)]) == START
    assert await queue.due("mail", 10, 10) == []


async def test_a_step_from_another_cursor_does_nothing_and_returns_the_real_one(queue: ValkeyQueue) -> None:
    await _fill(queue, ada=1)
    after = Cursor("test", 9, "grace")
    assert await queue.enqueue(FENCE, Cursor("test", 4, ALL_USERS), after, [(_queued("grace"), 1)]) == START
    assert [each.delivery.user for each in await queue.due("mail", 10, 10)] == ["ada"]
    assert await queue.enqueue(FENCE, START, after, [(_queued("grace"), 1)]) == after


async def test_a_delivery_that_waits_is_not_enqueued_again(queue: ValkeyQueue) -> None:
    queued = await _fill(queue, ada=50)
    await queue.enqueue(FENCE, START, Cursor("test", 6, ALL_USERS), [(queued["ada"], 1)])
    assert await queue.next_due_ms("mail", 0) == 50


async def test_a_delivery_that_is_done_is_gone_and_one_that_waits_comes_later(queue: ValkeyQueue) -> None:
    queued = await _fill(queue, ada=1, grace=1)
    again = msgspec.structs.replace(queued["grace"], attempts=1)
    await queue.settle(FENCE, "mail", [Done(queued["ada"]), Later(again, 500)])
    assert await queue.due("mail", 499, 10) == []
    assert await queue.due("mail", 500, 10) == [again]


async def test_channels_have_queues_of_their_own(queue: ValkeyQueue) -> None:
    mail = _queued("ada")
    push = QueuedDelivery(msgspec.structs.replace(mail.delivery, channel="push", target="phone"), 1)
    await queue.enqueue(FENCE, None, START, [(mail, 5), (push, 3)])
    assert await queue.due("mail", 9, 10) == [mail]
    assert await queue.due("push", 9, 10) == [push]
    assert await queue.next_due_ms("webhook", 0) is None
    await queue.settle(FENCE, "push", [Dead(DeadLetter(push, 9, "refused"))])
    await queue.revive(await queue.dead_letters(), 10)
    assert [each.delivery for each in await queue.due("push", 10, 10)] == [push.delivery]
    assert await queue.size("mail") == QueueSize(1, 5)


async def test_a_delivery_that_is_gone_does_not_come_back(queue: ValkeyQueue) -> None:
    """A leader that was paused settles a delivery that its successor has sent already."""
    queued = await _fill(queue, ada=1)
    await queue.settle(FENCE, "mail", [Done(queued["ada"])])
    await queue.settle(FENCE, "mail", [Later(queued["ada"], 1), Dead(DeadLetter(queued["ada"], 1, "refused"))])
    assert await queue.size("mail") == QueueSize(0, None)
    assert await queue.dead_count() == 0


async def test_a_former_leader_changes_nothing(queue: ValkeyQueue) -> None:
    queued = await _fill(queue, ada=1)
    with pytest.raises(WriterFenced):
        await queue.settle(FENCE - 1, "mail", [Done(queued["ada"])])
    with pytest.raises(WriterFenced):
        await queue.enqueue(FENCE - 1, START, Cursor("test", 6, ALL_USERS), [])
    assert await queue.due("mail", 10, 10) == [queued["ada"]]
    assert await queue.cursor() == START


async def test_dead_letters_are_kept_until_they_are_revived_or_dropped(queue: ValkeyQueue) -> None:
    queued = await _fill(queue, ada=1, grace=1, alan=1)
    letters = [DeadLetter(queued[user], 30 - at, f"refused {user}") for at, user in enumerate(queued)]
    await queue.settle(FENCE, "mail", [Dead(each) for each in letters])
    assert await queue.dead_letters() == letters[::-1]
    assert await queue.dead_count() == 3
    assert await queue.size("mail") == QueueSize(0, None)
    assert await queue.revive(letters[:1], 77) == 1
    assert await queue.revive(letters[:1], 78) == 0
    assert await queue.drop(letters[1:2]) == 1
    assert await queue.dead_letters() == letters[2:]
    [revived] = await queue.due("mail", 77, 10)
    assert (revived.delivery, revived.queued_ms, revived.attempts) == (queued["ada"].delivery, 77, 0)


async def test_too_many_dead_letters_lose_the_oldest(queue: ValkeyQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "DEAD_MAX", 2)
    queued = await _fill(queue, ada=1, grace=1, alan=1)
    await queue.settle(
        FENCE, "mail", [Dead(DeadLetter(each, at, "refused")) for at, each in enumerate(queued.values())]
    )
    assert [each.queued.delivery.user for each in await queue.dead_letters()] == ["grace", "alan"]
    assert await queue.dead_count() == 2


async def test_the_queue_knows_who_had_a_mail_lately(queue: ValkeyQueue) -> None:
    queued = await _fill(queue, ada=1, grace=1)
    await queue.settle(FENCE, "mail", [Done(queued["ada"])], ("ada", 10_000))
    await queue.settle(FENCE, "mail", [Done(queued["grace"])], ("grace", 90_000))
    assert await queue.paced(10_000) == {"ada": 10_000, "grace": 90_000}
    assert await queue.paced(10_001) == {"grace": 90_000}
    await queue.settle(FENCE, "mail", [], ("alan", 10_000 + 3_600_001))
    assert set(await queue.paced(0)) == {"grace", "alan"}  # an hour is remembered


async def test_ten_thousand_deliveries_of_one_commit_are_one_step(queue: ValkeyQueue) -> None:
    new = [(_queued(f"user{each}"), each) for each in range(10_000)]
    assert await queue.enqueue(FENCE, None, START, new) == START
    assert (await queue.size("mail")).waiting == 10_000


async def test_parallel_steps_from_one_cursor_count_once(queue: ValkeyQueue) -> None:
    steps = [queue.enqueue(FENCE, None, Cursor("test", at, ALL_USERS), [(_queued("ada", at), 1)]) for at in range(1, 9)]
    cursors = await asyncio.gather(*steps)
    assert len(set(cursors)) == 1
    assert len(await queue.due("mail", 10, 10)) == 1


async def test_a_delivery_has_ids_alone() -> None:
    fields = msgspec.to_builtins(_queued("ada"))
    assert fields["delivery"] == {
        "epoch": "test", "notice": "6.changed.games", "event": "games", "channel": "mail", "user": "ada",
    }  # fmt: skip
    assert set(fields) == {"delivery", "queued_ms", "attempts"}


async def test_a_server_that_does_not_answer_is_unreachable() -> None:
    async with connect("redis://127.0.0.1:1") as nowhere:
        with pytest.raises(Unreachable):
            await ValkeyQueue(nowhere, KEYS).enqueue(FENCE, None, START, [])
