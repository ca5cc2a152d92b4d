"""A snapshot is read back before anything is forgotten, and two of them are always left."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from history import EPOCH, History
from waiting import until

from fakes.memory_journal import MemoryJournal
from turnout_command.metrics import Metrics
from turnout_command.snapshots.schedule import SnapshotFailed, SnapshotSchedule, spawn_snapshotter
from turnout_command.snapshots.snapshotter import _delete_older, make_snapshot
from turnout_command.write.committer import Committer
from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Head, Journal, RecordsTrimmed
from turnout_core.journal.snapshot import BrokenSnapshot, dump
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()


class Stage:
    """A journal that grows by sign-ups, and what a reader makes of it."""

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
async def stage(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Stage]:
    if request.param == "memory":
        journal: Journal = MemoryJournal()
        await journal.create(EPOCH)
        yield Stage(journal)
        return
    journal = ValkeyJournal(connect(valkey_url), connect(valkey_url), KEYS)
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, 1)
    await journal.create(EPOCH)
    yield Stage(journal)
    await journal.close()


async def test_the_first_snapshot_forgets_nothing(stage: Stage) -> None:
    at = await stage.grow(10)
    assert await make_snapshot(stage.journal) == at
    assert (await stage.journal.snapshots(), await stage.first_record()) == ([at], 1)


async def test_two_are_kept_and_the_stream_goes_on_behind_the_older(stage: Stage) -> None:
    made = []
    for _ in range(4):
        await stage.grow(10)
        made.append(await make_snapshot(stage.journal))
    assert (await stage.journal.snapshots(), await stage.first_record()) == ([made[3], made[2]], 31)
    await stage.grow(3)
    state = await stage.read()
    assert (state.position, state.hash, len(state.users)) == (
        stage.history.head.position, stage.history.head.hash, 43,
    )  # fmt: skip


async def test_a_second_one_of_the_same_moment_is_no_second_one(stage: Stage) -> None:
    await stage.grow(10)
    for _ in range(3):
        await make_snapshot(stage.journal)
    assert (len(await stage.journal.snapshots()), await stage.first_record()) == (1, 1)


async def test_a_damaged_newest_one_loses_nothing_and_is_not_counted(stage: Stage) -> None:
    good = []
    for _ in range(2):
        await stage.grow(10)
        good.append(await make_snapshot(stage.journal))
    bad = await stage.grow(10)
    await stage.journal.save_snapshot(bad, _chunks([b"nonsense"]))
    assert (await stage.read()).position == bad
    await stage.grow(10)
    newest = await make_snapshot(stage.journal)
    assert (await stage.journal.snapshots(), await stage.first_record()) == ([newest, good[1]], good[1].seq + 1)


async def test_a_snapshotter_that_another_one_overtook_forgets_nothing_that_is_needed(stage: Stage) -> None:
    early = await stage.grow(10)
    await make_snapshot(stage.journal)
    slow = await stage.grow(10)
    await make_snapshot(stage.journal)
    fast = await stage.grow(10)
    await stage.journal.save_snapshot(fast, _chunks(list(dump(await stage.read()))))
    await _delete_older(stage.journal, slow)  # where the slow one is by now
    assert (await stage.journal.snapshots(), await stage.first_record()) == ([fast, slow, early], early.seq + 1)


async def test_a_snapshotter_that_slept_through_two_others_lists_nothing_and_drops_nothing(stage: Stage) -> None:
    await stage.grow(5)
    before = await stage.read()
    made = []
    for _ in range(3):
        await stage.grow(5)
        made.append(await make_snapshot(stage.journal))
    with pytest.raises(RecordsTrimmed):
        await stage.journal.save_snapshot(before.position, _chunks(list(dump(before))))
    assert (await stage.journal.snapshots(), await stage.first_record()) == ([made[2], made[1]], made[1].seq + 1)


async def test_snapshots_of_another_history_are_dropped(stage: Stage) -> None:
    await stage.grow(5)
    await _plant(stage.journal, Position("old", 99))
    at = await make_snapshot(stage.journal)
    assert await stage.journal.snapshots() == [at]


async def _plant(journal: Journal, position: Position) -> None:
    """Lists a snapshot that the journal would not take."""
    if isinstance(journal, MemoryJournal):
        journal._snapshots[position] = [b"of before a restore"]
    elif isinstance(journal, ValkeyJournal):
        await journal._reads.zadd(KEYS.snapshots, {str(position): position.seq})
        await journal._reads.rpush(KEYS.snapshot(position), b"of before a restore")


class Forgetful(MemoryJournal):
    """Gives back other chunks than it was given."""

    async def save_snapshot(self, position: Position, chunks: AsyncIterator[bytes]) -> None:
        other = State(position, "0" * 32)
        async for _ in chunks:
            pass
        await super().save_snapshot(position, _chunks(list(dump(other))))


async def test_one_that_reads_back_otherwise_is_dropped_and_nothing_is_forgotten() -> None:
    stage = Stage(Forgetful())
    await stage.journal.create(EPOCH)
    await stage.grow(10)
    with pytest.raises(BrokenSnapshot, match="differs from the written one"):
        await make_snapshot(stage.journal)
    assert (await stage.journal.snapshots(), await stage.first_record()) == ([], 1)


async def _chunks(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_an_unfinished_one_is_not_listed_and_goes_away_by_itself(valkey_url: str) -> None:
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


async def test_the_process_makes_one_and_says_where(valkey_url: str) -> None:
    journal = ValkeyJournal(connect(valkey_url), connect(valkey_url), KEYS)
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, 1)
    await journal.create(EPOCH)
    at = await Stage(journal).grow(10)
    assert await spawn_snapshotter(valkey_url) == at
    assert await journal.snapshots() == [at]
    await journal.close()


async def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(SnapshotFailed, match=r"127\.0\.0\.1"):
        await spawn_snapshotter("redis://127.0.0.1:1")


class Maker:
    """Notes when a snapshot was due, and fails where it is told to."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.fails = False
        self.seq = 0

    async def __call__(self) -> Position:
        self.made.append(self.seq)
        if self.fails:
            raise SnapshotFailed("on purpose")
        return Position(EPOCH, self.seq)


def idle_committer(journal: MemoryJournal, seq: int) -> Committer:
    state = State(Position(EPOCH, seq), "")
    return Committer(journal, 1, state, Metrics(), is_lease_valid=lambda: True, now_ms=lambda: 0, append_timeout_s=0)


@pytest.mark.parametrize(
    ("commits", "minutes", "steps", "due"),
    [
        (100, 0, [(99, 1000), (100, 0), (150, 1000), (200, 1000)], [100, 200]),
        (100, 0, [(100, 100), (200, 30), (210, 30)], [100, 210]),
        (100, 10, [(0, 1000), (1, 100), (2, 599), (3, 1)], [1, 3]),
    ],
    ids=["after so many commits", "not too soon after the last", "after so long if there was any"],
)
async def test_when_a_snapshot_is_due(
    commits: int, minutes: float, steps: list[tuple[int, float]], due: list[int]
) -> None:
    now_s, looks = 1_000_000.0, 0
    maker, journal = Maker(), MemoryJournal()
    committer = Committer(
        journal,
        1,
        State(Position(EPOCH, 0), ""),
        Metrics(),
        is_lease_valid=lambda: True,
        now_ms=lambda: 0,
        append_timeout_s=0,
    )

    def clock() -> float:
        nonlocal looks
        looks += 1
        return now_s

    housekeeping = SnapshotSchedule(
        journal, maker, Metrics(), commits=commits, minutes=minutes, check_interval_s=0, min_interval_s=60, clock=clock
    )
    task = asyncio.create_task(housekeeping.run(committer))
    await until(lambda: looks >= 1)
    for seq, passed_s in steps:
        maker.seq = seq
        committer._queue.committed = Head(Position(EPOCH, seq), "")
        now_s += passed_s
        await until(lambda enough=looks + 4: looks >= enough)  # type: ignore[misc] # its default is bound now
    await cancel_and_wait(task)
    assert maker.made == due


async def test_a_snapshot_that_failed_is_tried_again() -> None:
    now_s = 1_000_000.0
    maker, journal = Maker(), MemoryJournal()
    maker.fails, maker.seq = True, 500
    committer = Committer(
        journal,
        1,
        State(Position(EPOCH, 500), ""),
        Metrics(),
        is_lease_valid=lambda: True,
        now_ms=lambda: 0,
        append_timeout_s=0,
    )

    def clock() -> float:
        nonlocal now_s
        now_s += 30
        return now_s

    task = asyncio.create_task(
        SnapshotSchedule(
            journal, maker, Metrics(), commits=100, minutes=0, check_interval_s=0, min_interval_s=60, clock=clock
        ).run(committer)
    )  # fmt: skip
    await until(lambda: len(maker.made) >= 2)
    await cancel_and_wait(task)
