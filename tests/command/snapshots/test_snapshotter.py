"""The snapshotter verifies a snapshot before it deletes older data, and keeps two."""

from collections.abc import AsyncIterator

import pytest
from history import EPOCH, History
from newer_data import newer_chunks

from fakes.memory_journal import MemoryJournal
from turnout_command.snapshots.schedule import SnapshotFailed, spawn_snapshotter
from turnout_command.snapshots.snapshotter import _delete_older, make_snapshot
from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.since import FIRST
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Journal, RecordsTrimmed
from turnout_core.journal.snapshot import BrokenSnapshot, dump
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()


class GrowingJournal:
    """A journal that grows by sign-ups, and its readers."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.history = History()

    async def grow(self, commits: int) -> Position:
        before = self.history.head
        start = len(self.history.records)
        for each in range(commits):
            self.history.add(SignedUp(f"user{start + each}", "Ada"))
        await self.journal.append(1, before, self.history.records[start:], self.history.head)
        return self.history.head.position

    async def first_record(self) -> int:
        for seq in range(self.history.head.position.seq):
            try:
                await self.journal.read(Position(EPOCH, seq), 1)
            except RecordsTrimmed:
                continue
            return seq + 1
        return self.history.head.position.seq + 1

    async def read(self) -> State:
        return await Follower(self.journal, NullListener()).catch_up()


@pytest.fixture(params=["memory", "valkey"])
async def growing(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[GrowingJournal]:
    if request.param == "memory":
        journal: Journal = MemoryJournal()
        await journal.create(EPOCH)
        yield GrowingJournal(journal)
        return
    journal = ValkeyJournal(connect(valkey_url), connect(valkey_url), KEYS)
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, 1)
    await journal.create(EPOCH)
    yield GrowingJournal(journal)
    await journal.close()


async def test_the_first_snapshot_deletes_nothing(growing: GrowingJournal) -> None:
    at = await growing.grow(10)
    assert await make_snapshot(growing.journal) == at
    assert (await growing.journal.snapshots(), await growing.first_record()) == ([at], 1)


async def test_two_snapshots_remain_and_the_stream_continues_the_older(growing: GrowingJournal) -> None:
    made = []
    for _ in range(4):
        await growing.grow(10)
        made.append(await make_snapshot(growing.journal))
    assert (await growing.journal.snapshots(), await growing.first_record()) == ([made[3], made[2]], 31)
    await growing.grow(3)
    state = await growing.read()
    assert (state.position, state.hash, len(state.users)) == (
        growing.history.head.position, growing.history.head.hash, 43,
    )  # fmt: skip


async def test_snapshots_of_one_position_count_once(growing: GrowingJournal) -> None:
    await growing.grow(10)
    for _ in range(3):
        await make_snapshot(growing.journal)
    assert (len(await growing.journal.snapshots()), await growing.first_record()) == (1, 1)


async def test_a_damaged_snapshot_does_not_count_and_no_commit_is_lost(growing: GrowingJournal) -> None:
    good = []
    for _ in range(2):
        await growing.grow(10)
        good.append(await make_snapshot(growing.journal))
    bad = await growing.grow(10)
    await growing.journal.save_snapshot(bad, _chunks([b"nonsense"]))
    assert (await growing.read()).position == bad
    await growing.grow(10)
    newest = await make_snapshot(growing.journal)
    assert (await growing.journal.snapshots(), await growing.first_record()) == ([newest, good[1]], good[1].seq + 1)


async def test_an_overtaken_snapshotter_deletes_nothing_that_is_needed(growing: GrowingJournal) -> None:
    early = await growing.grow(10)
    await make_snapshot(growing.journal)
    slow = await growing.grow(10)
    await make_snapshot(growing.journal)
    fast = await growing.grow(10)
    await growing.journal.save_snapshot(fast, _chunks(list(dump(await growing.read()))))
    await _delete_older(growing.journal, slow)  # the next step of the slow snapshotter
    assert (await growing.journal.snapshots(), await growing.first_record()) == ([fast, slow, early], early.seq + 1)


async def test_a_snapshotter_that_stalled_during_two_others_lists_and_drops_nothing(growing: GrowingJournal) -> None:
    await growing.grow(5)
    before = await growing.read()
    made = []
    for _ in range(3):
        await growing.grow(5)
        made.append(await make_snapshot(growing.journal))
    with pytest.raises(RecordsTrimmed):
        await growing.journal.save_snapshot(before.position, _chunks(list(dump(before))))
    assert (await growing.journal.snapshots(), await growing.first_record()) == ([made[2], made[1]], made[1].seq + 1)


async def test_snapshots_of_another_history_are_dropped(growing: GrowingJournal) -> None:
    await growing.grow(5)
    await _plant(growing.journal, Position("old", 99))
    at = await make_snapshot(growing.journal)
    assert await growing.journal.snapshots() == [at]


async def test_a_snapshot_of_a_newer_version_is_not_dropped_and_nothing_is_trimmed(growing: GrowingJournal) -> None:
    await growing.grow(10)
    await make_snapshot(growing.journal)
    newer = await growing.grow(10)
    state = await growing.read()
    await growing.grow(10)
    await growing.journal.save_snapshot(newer, _chunks(newer_chunks(state)))
    listed, first = await growing.journal.snapshots(), await growing.first_record()
    with pytest.raises(NewerFormat):
        await make_snapshot(growing.journal)
    with pytest.raises(NewerFormat):
        await _delete_older(growing.journal, await growing.grow(1))  # a snapshotter that had read the journal before
    assert (await growing.journal.snapshots(), await growing.first_record()) == (listed, first)


async def _plant(journal: Journal, position: Position) -> None:
    """Lists a snapshot that the journal would refuse."""
    if isinstance(journal, MemoryJournal):
        journal._snapshots[position] = [b"from before a restore"]
    elif isinstance(journal, ValkeyJournal):
        await journal._reads.zadd(KEYS.snapshots, {str(position): position.seq})
        await journal._reads.rpush(KEYS.snapshot(position), b"from before a restore")


class CorruptingJournal(MemoryJournal):
    """Stores other chunks than it is given."""

    async def save_snapshot(
        self, position: Position, chunks: AsyncIterator[bytes], *, format_number: int = FIRST
    ) -> None:
        other = State(position, "0" * 32)
        async for _ in chunks:
            pass
        await super().save_snapshot(position, _chunks(list(dump(other))), format_number=format_number)


async def test_a_snapshot_that_differs_when_read_back_is_dropped() -> None:
    growing = GrowingJournal(CorruptingJournal())
    await growing.journal.create(EPOCH)
    await growing.grow(10)
    with pytest.raises(BrokenSnapshot, match="differs from the written one"):
        await make_snapshot(growing.journal)
    assert (await growing.journal.snapshots(), await growing.first_record()) == ([], 1)


async def _chunks(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_an_unfinished_snapshot_is_not_listed_and_expires(valkey_url: str) -> None:
    journal = ValkeyJournal(connect(valkey_url), connect(valkey_url), KEYS)

    async def killed() -> AsyncIterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await journal.save_snapshot(Position(EPOCH, 1), killed())
    async with connect(valkey_url) as valkey:
        keys = [key async for key in valkey.scan_iter("{turnout}:snapshots*")]
        assert len(keys) == 1
        assert 0 < await valkey.ttl(keys[0]) <= 300
    assert await journal.snapshots() == []
    await journal.close()


async def test_the_process_makes_a_snapshot_and_prints_its_position(valkey_url: str) -> None:
    journal = ValkeyJournal(connect(valkey_url), connect(valkey_url), KEYS)
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, 1)
    await journal.create(EPOCH)
    at = await GrowingJournal(journal).grow(10)
    assert await spawn_snapshotter(valkey_url) == at
    assert await journal.snapshots() == [at]
    await journal.close()


async def test_a_failed_process_reports_the_reason() -> None:
    with pytest.raises(SnapshotFailed, match=r"127\.0\.0\.1"):
        await spawn_snapshotter("redis://127.0.0.1:1")
