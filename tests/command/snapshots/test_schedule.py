"""The schedule makes snapshots when they are due, and has the append-only file rewritten."""

import asyncio

import pytest
from history import BEGINNING, DETAILS, EPOCH, History, state_after
from waiting import until

from fakes.memory_journal import MemoryJournal
from turnout_command.metrics import Metrics
from turnout_command.snapshots.aof_rewrite import AofRewriter, RewriteFailed, RewriteRefused
from turnout_command.snapshots.due import SnapshotTimes
from turnout_command.snapshots.schedule import SnapshotFailed, SnapshotSchedule
from turnout_command.write.committer import Committer
from turnout_command.write.memory_guard import MemoryGuard
from turnout_core.domain.changes import EventCreated, EventDeleted, SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Head
from turnout_core.runtime.tasks import cancel_and_wait


class FakeSnapshotter:
    """Records when a snapshot was due, and lists it; fails if ``fails`` is set."""

    def __init__(self, journal: MemoryJournal) -> None:
        self.journal = journal
        self.made: list[int] = []
        self.fails = False
        self.seq = 0

    async def __call__(self) -> Position:
        self.made.append(self.seq)
        if self.fails:
            raise SnapshotFailed("on purpose")
        self.journal._snapshots[Position(EPOCH, self.seq)] = []
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
    ids=["after a number of commits", "not too soon after the last", "after a time with a commit"],
)
async def test_a_snapshot_is_due_after_commits_or_time(
    commits: int, minutes: float, steps: list[tuple[int, float]], due: list[int]
) -> None:
    now_s, checks = 1_000_000.0, 0
    journal = MemoryJournal()
    snapshotter = FakeSnapshotter(journal)
    committer = idle_committer(journal, 0)

    def clock() -> float:
        nonlocal checks
        checks += 1
        return now_s

    schedule = SnapshotSchedule(
        journal,
        snapshotter,
        Metrics(),
        rewriter=None,
        memory=MemoryGuard(),
        times=SnapshotTimes(commits, minutes),
        check_interval_s=0,
        clock=clock,
    )
    task = asyncio.create_task(schedule.run(committer))
    await until(lambda: checks >= 1)
    for seq, passed_s in steps:
        snapshotter.seq = seq
        committer._queue.durable_head = Head(Position(EPOCH, seq), "")
        now_s += passed_s
        await until(lambda enough=checks + 4: checks >= enough)  # type: ignore[misc] # binds the present value
    await cancel_and_wait(task)
    assert snapshotter.made == due


async def test_a_failed_snapshot_is_retried() -> None:
    now_s = 1_000_000.0
    journal = MemoryJournal()
    snapshotter = FakeSnapshotter(journal)
    snapshotter.fails, snapshotter.seq = True, 500
    committer = idle_committer(journal, 500)

    def clock() -> float:
        nonlocal now_s
        now_s += 30
        return now_s

    task = asyncio.create_task(
        SnapshotSchedule(
            journal, snapshotter, Metrics(), rewriter=None, memory=MemoryGuard(), times=SnapshotTimes(100, 0),
            check_interval_s=0, clock=clock,
        ).run(committer)
    )  # fmt: skip
    await until(lambda: len(snapshotter.made) >= 2)
    await cancel_and_wait(task)


class FakeRewriter(AofRewriter):
    """Fails a number of times, then rewrites."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.attempts = 0

    async def is_mostly_dead(self) -> bool:
        return False

    async def rewrite(self) -> None:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)


@pytest.mark.parametrize(
    ("failure", "attempts"), [(RewriteFailed("no space"), 2), (RewriteRefused("no permission"), 1)]
)
async def test_a_failed_rewrite_is_retried_and_a_refused_one_is_not(failure: Exception, attempts: int) -> None:
    now_s, checks = 1_000_000.0, 0
    journal, metrics, rewriter = MemoryJournal(), Metrics(), FakeRewriter(failure)
    await journal.create(EPOCH)

    def clock() -> float:
        nonlocal now_s, checks
        now_s, checks = now_s + 100, checks + 1
        return now_s

    schedule = SnapshotSchedule(
        journal, FakeSnapshotter(journal), metrics, rewriter=rewriter, memory=MemoryGuard(),
        times=SnapshotTimes(100, 0), check_interval_s=0, clock=clock,
    )  # fmt: skip
    task = asyncio.create_task(schedule.run(idle_committer(journal, 0)))
    await until(lambda: checks > 50)
    await cancel_and_wait(task)
    assert rewriter.attempts == attempts


async def test_older_data_that_a_killed_snapshotter_left_is_deleted_soon() -> None:
    """Three snapshots are listed: it was killed before it dropped the oldest one."""
    journal = MemoryJournal()
    snapshotter = FakeSnapshotter(journal)
    await journal.create(EPOCH)
    history = History()
    for number in range(9):
        history.add(SignedUp(f"user{number}", "Ada"))
    await journal.append(1, BEGINNING, history.records, history.head)
    for snapshotter.seq in (3, 6, 9):
        await snapshotter()
    await journal.trim(Position(EPOCH, 3))
    snapshotter.made.clear()
    schedule = SnapshotSchedule(
        journal, snapshotter, Metrics(), rewriter=None, memory=MemoryGuard(), times=SnapshotTimes(100, 0),
        check_interval_s=0,
    )  # fmt: skip
    state = state_after(history)
    committer = Committer(
        journal, 1, state, Metrics(), is_lease_valid=lambda: True, now_ms=lambda: 0, append_timeout_s=0
    )
    tasks = [asyncio.create_task(each) for each in (committer.run(), schedule.run(committer))]
    await until(lambda: len(snapshotter.made) == 1)
    for task in tasks:
        await cancel_and_wait(task)
    assert committer.durable_head.position.seq == 10  # a checkpoint


@pytest.mark.parametrize(("erased_s_ago", "made"), [(7 * 3600, 1), (3600, 0)])
async def test_a_new_term_continues_the_time_since_an_erasure(erased_s_ago: int, made: int) -> None:
    """A takeover alone makes no snapshot due, however many there are."""
    journal, history, checks, now_ms = MemoryJournal(), History(), 0, 1_800_000_000_000
    snapshotter = FakeSnapshotter(journal)
    await journal.create(EPOCH)
    history.add(SignedUp("ada", "Ada"), at=now_ms - 30 * 3_600_000)
    history.add(EventCreated("games", "ada", DETAILS), at=now_ms - 30 * 3_600_000)
    history.add(EventDeleted("games"), at=now_ms - erased_s_ago * 1000)
    await journal.append(1, BEGINNING, history.records, history.head)
    snapshotter.seq = 3

    def clock() -> float:
        nonlocal checks
        checks += 1
        return 1_000_000.0

    schedule = SnapshotSchedule(
        journal, snapshotter, Metrics(), rewriter=None, memory=MemoryGuard(), times=SnapshotTimes(100, 0),
        check_interval_s=0, clock=clock, now_ms=lambda: now_ms,
    )  # fmt: skip
    task = asyncio.create_task(schedule.run(idle_committer(journal, 3)))
    await until(lambda: checks > 10)
    await cancel_and_wait(task)
    assert len(snapshotter.made) == made
