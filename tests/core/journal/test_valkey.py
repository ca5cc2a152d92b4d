"""The contract of the journal, on Valkey and on its fake."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from history import BEGINNING, EPOCH, History, small_history
from newer_data import NEWER, REFUSAL, newer_record

from fakes.memory_journal import MemoryJournal
from turnout_core.domain.changes import EventEnded, SignedUp
from turnout_core.domain.position import Position
from turnout_core.journal.format import FORMAT, NewerFormat
from turnout_core.journal.functions import load_functions
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import (
    Conflict,
    Head,
    Heartbeat,
    Journal,
    Records,
    RecordsTrimmed,
    WriterFenced,
)
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

FENCE_NOW = 7


@pytest.fixture(params=["memory", "valkey"])
async def journal(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal(FENCE_NOW)
        return
    async with connect(valkey_url) as writes, connect(valkey_url) as reads:
        await writes.set(KEYS.fence, FENCE_NOW)
        yield ValkeyJournal(writes, reads, KEYS)


async def _written(journal: Journal) -> History:
    history = small_history()
    await journal.create(EPOCH)
    await journal.append(FENCE_NOW, BEGINNING, history.records, history.head)
    return history


async def test_an_empty_server_has_no_journal(journal: Journal) -> None:
    assert await journal.head() is None


async def test_create_makes_a_journal_once(journal: Journal) -> None:
    assert await journal.create(EPOCH) == BEGINNING
    assert await journal.create("another") == BEGINNING
    assert await journal.head() == BEGINNING


async def test_records_are_read_in_the_order_of_their_append(journal: Journal) -> None:
    history = await _written(journal)
    assert await journal.head() == history.head
    assert await journal.read(Position(EPOCH, 0), 100) == history.records
    assert await journal.read(Position(EPOCH, 2), 2) == history.records[2:4]
    assert await journal.read(history.head.position, 100) == []


async def test_an_append_is_published_on_the_bus(journal: Journal) -> None:
    await journal.create(EPOCH)
    history = small_history()
    async with journal.subscribe() as subscription:
        await journal.append(FENCE_NOW, BEGINNING, history.records, history.head)
        assert await subscription.next(5) == [Records(history.records)]


async def test_a_heartbeat_publishes_the_head(journal: Journal) -> None:
    history = await _written(journal)
    async with journal.subscribe() as subscription:
        assert await journal.publish_heartbeat(FENCE_NOW) == history.head
        assert await subscription.next(5) == [Heartbeat(history.head)]


async def test_without_messages_the_result_is_empty(journal: Journal) -> None:
    await journal.create(EPOCH)
    async with journal.subscribe() as subscription:
        assert not await subscription.next(0.05)


async def test_the_same_append_again_does_nothing(journal: Journal) -> None:
    history = await _written(journal)
    await journal.append(FENCE_NOW, BEGINNING, history.records, history.head)
    assert await journal.read(Position(EPOCH, 0), 100) == history.records


async def test_an_old_fence_is_refused(journal: Journal) -> None:
    history = await _written(journal)
    late = History(history.head)
    late.add(SignedUp("mallory", "Mallory"))
    with pytest.raises(WriterFenced):
        await journal.append(FENCE_NOW - 1, history.head, late.records, late.head)
    with pytest.raises(WriterFenced):
        await journal.publish_heartbeat(FENCE_NOW - 1)
    assert await journal.head() == history.head


async def test_an_append_to_another_head_is_refused_completely(journal: Journal) -> None:
    history = await _written(journal)
    other = History()
    other.add(SignedUp("mallory", "Mallory"))
    other.add(SignedUp("oscar", "Oscar"))
    with pytest.raises(Conflict) as refused:
        await journal.append(FENCE_NOW, BEGINNING, other.records, other.head)
    assert refused.value.head == history.head
    assert await journal.read(Position(EPOCH, 0), 100) == history.records


async def test_another_history_of_the_same_length_is_refused(journal: Journal) -> None:
    history = await _written(journal)
    elsewhere = Head(history.head.position, "f" * 32)
    late = History(elsewhere)
    late.add(SignedUp("mallory", "Mallory"))
    with pytest.raises(Conflict):
        await journal.append(FENCE_NOW, elsewhere, late.records, late.head)


async def test_an_append_without_a_journal_is_a_conflict(journal: Journal) -> None:
    history = small_history()
    with pytest.raises(Conflict) as refused:
        await journal.append(FENCE_NOW, BEGINNING, history.records, history.head)
    assert refused.value.head is None


async def test_reading_another_epoch_raises_records_trimmed(journal: Journal) -> None:
    await _written(journal)
    with pytest.raises(RecordsTrimmed):
        await journal.read(Position("other", 2), 10)


async def test_reading_beyond_the_head_raises_records_trimmed(journal: Journal) -> None:
    await _written(journal)
    with pytest.raises(RecordsTrimmed):
        await journal.read(Position(EPOCH, 99), 10)


async def test_trimmed_records_are_gone_and_later_ones_stay(journal: Journal) -> None:
    history = await _written(journal)
    await journal.trim(Position(EPOCH, 3))
    with pytest.raises(RecordsTrimmed):
        await journal.read(Position(EPOCH, 2), 10)
    assert await journal.read(Position(EPOCH, 3), 10) == history.records[3:]
    await journal.trim(history.head.position)
    assert await journal.read(history.head.position, 10) == []
    with pytest.raises(RecordsTrimmed):
        await journal.read(Position(EPOCH, 3), 10)


async def test_appends_continue_after_all_records_are_trimmed(journal: Journal) -> None:
    history = await _written(journal)
    await journal.trim(history.head.position)
    later = History(history.head)
    later.add(SignedUp("late", "Late"))
    await journal.append(FENCE_NOW, history.head, later.records, later.head)
    assert await journal.read(history.head.position, 10) == later.records


async def test_snapshots_are_listed_newest_first_until_dropped(journal: Journal) -> None:
    async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    newest = (await _written(journal)).head.position
    await journal.save_snapshot(Position(EPOCH, 3), chunks(b"a", b"b"))
    await journal.save_snapshot(newest, chunks(*(b"%d" % each for each in range(20))))
    assert await journal.snapshots() == [newest, Position(EPOCH, 3)]
    assert [chunk async for chunk in journal.load_snapshot(Position(EPOCH, 3))] == [b"a", b"b"]
    assert [int(chunk) async for chunk in journal.load_snapshot(newest)] == list(range(20))
    await journal.drop_snapshot(Position(EPOCH, 3), epoch=EPOCH)
    assert await journal.snapshots() == [newest]
    with pytest.raises(RecordsTrimmed):
        [chunk async for chunk in journal.load_snapshot(Position(EPOCH, 3))]


@pytest.mark.parametrize("late", [Position(EPOCH, 2), Position("before", 4)], ids=["trimmed", "of another epoch"])
async def test_a_snapshot_that_the_stream_does_not_continue_is_not_listed(journal: Journal, late: Position) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await journal.trim(Position(EPOCH, 3))  # another snapshotter was faster

    await _written(journal)
    with pytest.raises(RecordsTrimmed):
        await journal.save_snapshot(late, slow())
    assert await journal.snapshots() == []


async def test_a_subscriber_can_be_cancelled_while_a_message_arrives(journal: Journal) -> None:
    history = small_history()
    await journal.create(EPOCH)
    async with journal.subscribe() as subscription:
        listening = asyncio.create_task(subscription.next(5))
        await asyncio.sleep(0)
        await journal.append(FENCE_NOW, BEGINNING, history.records, history.head)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening


async def _one_chunk() -> AsyncIterator[bytes]:
    yield b"a"


async def test_the_text_of_trimmed_records_leaves_the_memory(valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, FENCE_NOW)
        journal = ValkeyJournal(valkey, valkey, KEYS)
        history = await _written(journal)
        before = history.head
        history.add(SignedUp("bob", "Bob"))
        await journal.append(FENCE_NOW, before, history.records[-1:], history.head)
        with_all = len(await valkey.dump(KEYS.stream) or b"")
        await journal.trim(before.position)
        assert await journal.read(before.position, 10) == history.records[-1:]
        assert len(await valkey.dump(KEYS.stream) or b"") < with_all / 2


async def test_trimming_another_epoch_changes_nothing(journal: Journal) -> None:
    history = await _written(journal)

    async def chunk() -> AsyncIterator[bytes]:
        yield b"a"

    await journal.save_snapshot(Position(EPOCH, 3), chunk())
    await journal.drop_snapshot(Position(EPOCH, 3), epoch="before")
    await journal.trim(Position("before", 4))
    assert await journal.snapshots() == [Position(EPOCH, 3)]
    assert await journal.read(Position(EPOCH, 0), 100) == history.records


async def test_a_full_server_accepts_appends_snapshots_leases_and_deletions(valkey_url: str) -> None:
    async with connect(valkey_url) as writes, connect(valkey_url) as reads:
        await writes.set(KEYS.fence, FENCE_NOW)
        journal = ValkeyJournal(writes, reads, KEYS)
        history = await _written(journal)
        lease = ValkeyLease(reads, 60, KEYS.writer_lease)
        further = History(history.head)
        further.add(SignedUp("eve", "Eve"))
        await writes.config_set("maxmemory", "1kb")
        try:
            await load_functions(writes)  # as a command service does before each term
            await journal.append(FENCE_NOW, history.head, further.records, further.head)
            assert await journal.publish_heartbeat(FENCE_NOW) == further.head
            await journal.save_snapshot(further.head.position, _one_chunk())
            assert await journal.snapshots() == [further.head.position]
            assert (await lease.acquire("ada")).fence is not None
            await lease.release("ada")
            await journal.trim(Position(EPOCH, 3))
            with pytest.raises(RecordsTrimmed):
                await journal.read(Position(EPOCH, 0), 1)
        finally:
            await writes.config_set("maxmemory", "0")


async def _chunks() -> AsyncIterator[bytes]:
    yield b"a chunk"


async def test_a_newer_journal_is_refused_and_not_changed(journal: Journal, valkey_url: str) -> None:
    history = await _written(journal)
    first, second = Position(EPOCH, 2), Position(EPOCH, 3)
    await journal.save_snapshot(first, _chunks())
    record, head = newer_record(history.head)
    async with journal.subscribe() as subscription:
        await journal.append(FENCE_NOW, history.head, [record], head)
        assert await subscription.next(5) == [Records([record])]
    before = await _stored(journal, valkey_url)
    for refused in (
        journal.create(EPOCH),
        journal.head(),
        journal.read(BEGINNING.position, 1),
        journal.save_snapshot(second, _chunks()),
        journal.drop_snapshot(first, epoch=EPOCH),
        journal.trim(first),
    ):
        with pytest.raises(NewerFormat, match=re.escape(f"the journal was {REFUSAL}")):
            await refused
    assert await _stored(journal, valkey_url) == before


async def test_a_snapshot_of_a_newer_version_makes_the_journal_newer(journal: Journal) -> None:
    await _written(journal)
    await journal.save_snapshot(Position(EPOCH, 3), _chunks(), format_number=NEWER)
    with pytest.raises(NewerFormat):
        await journal.head()


async def test_an_older_record_does_not_lower_the_format(valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, FENCE_NOW)
        journal = ValkeyJournal(valkey, valkey, KEYS)
        history = await _written(journal)
        assert await valkey.hget(KEYS.head, "format") is None
        for change in (EventEnded("games"), SignedUp("late", "Late")):
            before = history.head
            await journal.append(FENCE_NOW, before, [history.add(change)], history.head)
            assert await valkey.hget(KEYS.head, "format") == b"2"


async def test_a_service_that_cannot_read_the_journal_gets_no_lease(valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        await valkey.hset(KEYS.head, "format", str(NEWER))
        with pytest.raises(NewerFormat):
            await ValkeyLease(valkey, 60, KEYS.writer_lease).acquire("an older command service")
        assert await valkey.exists(KEYS.lease, KEYS.fence, KEYS.holder) == 0
        await valkey.hset(KEYS.head, "format", str(FORMAT))
        assert (await ValkeyLease(valkey, 60, KEYS.writer_lease).acquire("a command service")).fence == 1


async def _stored(journal: Journal, valkey_url: str) -> object:
    """The content of the journal. A snapshot that is not listed expires, so it does not count."""
    if isinstance(journal, MemoryJournal):
        return (journal._head, dict(journal._records), dict(journal._snapshots))
    async with connect(valkey_url) as valkey:
        names = (KEYS.head, KEYS.stream, KEYS.snapshots, KEYS.snapshot(f"{EPOCH}-2"))
        return [await valkey.dump(name) for name in names]
