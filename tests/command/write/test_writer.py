"""One of several writers leads. If it dies, stalls or loses its journal, no wrong response leaves."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from event_scenario import id_of
from newer_data import REFUSAL, newer_record
from waiting import until

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_command.metrics import Metrics
from turnout_command.write.append_queue import Success
from turnout_command.write.leadership import LeaseConfig
from turnout_command.write.term import JournalDamaged
from turnout_command.write.writer import Writer
from turnout_core.domain.changes import Commit, SignedUp
from turnout_core.domain.commands import SessionBody, SignUp
from turnout_core.domain.rejections import NotLeader, Unavailable
from turnout_core.journal.format import NewerFormat, check_format
from turnout_core.journal.lease import Grant
from turnout_core.journal.port import Head, Heartbeat, OutcomeUnknown
from turnout_core.journal.record import seal
from turnout_core.runtime.clock import since_boot_s, wall_ms
from turnout_core.runtime.tasks import cancel_and_wait

CONFIG = LeaseConfig(lease_s=0.2, renew_s=0.02, heartbeat_s=0.05, append_timeout_s=0.1)


class WriterHarness:
    """A journal and a lease, for any number of writers."""

    def __init__(self) -> None:
        self.journal = FencedJournal()
        self.lease = MemoryLease(CONFIG.lease_s)

    def writer(self, **options: Any) -> Writer:
        return Writer(self.journal, FencingLease(self.lease, self.journal), Metrics(), config=CONFIG, **options)

    @asynccontextmanager
    async def leading(self, **clocks: Any) -> AsyncIterator[Writer]:
        async with running(self.writer(**clocks)) as writer:
            await until(lambda: writer.status().ready)
            yield writer


class FencedJournal(MemoryJournal):
    """A journal without a fence until a writer leads, as Valkey is."""

    def __init__(self) -> None:
        super().__init__(fence=0)
        self.unknown_outcomes = 0
        self.reply_allowed = asyncio.Event()  # replies to appends wait until it is set
        self.reply_allowed.set()

    async def append(self, *args: object) -> None:
        await super().append(*args)  # type: ignore[arg-type] # passes its arguments on
        await self.reply_allowed.wait()
        if self.unknown_outcomes:
            self.unknown_outcomes -= 1
            raise OutcomeUnknown("the connection broke after the append")

    def roll_back(self, seq: int) -> None:
        """Loses all records after ``seq``, as a server without fsync may at a restart."""
        assert self._head is not None
        remaining = {each: record for each, record in self._records.items() if each <= seq}
        self._head = type(self._head)(
            type(self._head.position)(self._head.position.epoch, seq),
            remaining[seq][:32].decode() if remaining else "0" * 32,
        )
        self._records = remaining

    def empty(self) -> None:
        self._head, self._records = None, {}

    def replace_end(self) -> None:
        """Replaces the last record by another one."""
        assert self._head is not None
        position, before = self._head.position, self._records[self._head.position.seq - 1][:32].decode()
        record, digest = seal(Commit(position.epoch, position.seq, 0, None, (SignedUp("eve", "Eve"),)), before)
        self._records[position.seq], self._head = record, Head(position, digest)

    def damage(self, seq: int) -> None:
        self._records[seq] = self._records[seq].replace(b"Ada", b"Eve")


class FencingLease:
    """Passes new fences on to the journal, because Valkey holds both."""

    def __init__(self, lease: MemoryLease, journal: FencedJournal) -> None:
        self._lease = lease
        self._journal = journal

    async def acquire(self, owner: str) -> Grant:
        check_format(self._journal.format, "the journal")
        grant = await self._lease.acquire(owner)
        if grant.fence is not None:
            self._journal.fence = grant.fence
        return grant

    async def release(self, owner: str) -> None:
        await self._lease.release(owner)

    async def now_ms(self) -> int:
        return await self._lease.now_ms()


@asynccontextmanager
async def running(writer: Writer) -> AsyncIterator[Writer]:
    await writer.prepare()
    task = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        await writer.drain()
        await cancel_and_wait(task)


async def sign_up(writer: Writer, person: str) -> int:
    """Signs ``person`` up; the number of the commit."""
    command = SignUp(user=id_of(person), body=SessionBody(name=person.title()))
    outcome = await writer.committer().submit(command, None)
    assert isinstance(outcome, Success)
    return outcome.position.seq


async def test_the_first_writer_leads_and_creates_the_journal() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        assert await sign_up(writer, "ada") == 1
        status = writer.status()
        assert (status.role, status.ready, status.trouble) == ("leader", True, None)
        assert status.position is not None
        assert status.position.seq == 1


async def test_a_standby_follows_refuses_commands_and_takes_over() -> None:
    harness = WriterHarness()
    async with running(harness.writer()) as first:
        await until(lambda: first.status().ready)
        async with running(harness.writer()) as second:
            await sign_up(first, "ada")
            await until(lambda: second.position() == first.position())
            assert (second.status().role, second.status().ready) == ("standby", False)
            with pytest.raises(NotLeader):
                second.committer()
            await first.drain()
            harness.lease._ends_at = 0  # as if the first writer had stopped renewing
            await until(lambda: second.status().ready or first.status().ready)
            leader = second if second.status().ready else first
            assert await sign_up(leader, "bob") == 2


async def test_a_clean_stop_hands_over_at_once() -> None:
    harness = WriterHarness()
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        leader = await first.enter_async_context(harness.leading())
        standby = await second.enter_async_context(running(harness.writer()))
        await sign_up(leader, "ada")
        await first.aclose()
        await until(lambda: standby.status().ready)
        assert await sign_up(standby, "bob") == 2


async def test_a_deposed_writer_appends_nothing_and_logs_it(caplog: pytest.LogCaptureFixture) -> None:
    harness = WriterHarness()
    async with harness.leading() as old:
        await sign_up(old, "ada")
        taken = await _give_lease_to_another(harness)
        with pytest.raises((Unavailable, NotLeader)):
            await sign_up(old, "eve")
        await until(lambda: old.status().role == "standby")
        assert harness.journal._head is not None
        assert harness.journal._head.position.seq == 1
        assert taken == harness.journal.fence
        assert "stepped down, and nothing was written since" in caplog.text


async def _give_lease_to_another(harness: WriterHarness) -> int:
    """Gives the lease to another owner; returns the new fence."""
    harness.lease._owner = harness.lease._holder = "another writer"
    harness.lease._ends_at = float("inf")
    harness.lease._fence += 1
    harness.journal.fence = harness.lease._fence
    return harness.lease._fence


async def test_an_unknown_outcome_is_resolved_without_a_new_term() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        harness.journal.unknown_outcomes = 1
        assert await sign_up(writer, "ada") == 1
        assert await sign_up(writer, "bob") == 2


async def test_after_an_unresolved_outcome_the_writer_reads_the_journal_and_leads_again() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        harness.journal.is_unreachable = True
        with pytest.raises(Unavailable):
            await sign_up(writer, "ada")
        await until(lambda: writer.status().role == "standby")
        harness.journal.is_unreachable = False
        await until(lambda: writer.status().ready)
        assert await sign_up(writer, "bob") == 1  # the first sign-up was neither appended nor acknowledged


@pytest.mark.parametrize(
    ("damage", "message"),
    [(lambda journal: journal.empty(), "empty"), (lambda journal: journal.roll_back(1), "went back")],
    ids=["an empty server", "a server that went back"],
)
async def test_nothing_is_written_to_a_server_that_lost_commits(damage: object, message: str) -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        for person in ("ada", "bob", "cy"):
            await sign_up(writer, person)
        damage(harness.journal)  # type: ignore[operator]
        with pytest.raises(Unavailable):
            await sign_up(writer, "di")
        await until(lambda: message in (writer.status().trouble or ""))
        with pytest.raises(Unavailable, match=message):
            writer.committer()
        assert not writer.status().ready


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (FencedJournal.empty, "empty"),
        (lambda journal: journal.roll_back(1), "went back"),
        (FencedJournal.replace_end, "another history"),
    ],
    ids=["an empty server", "a server that went back", "another server"],
)
async def test_an_idle_leader_detects_a_server_that_lost_commits(
    damage: Callable[[FencedJournal], None], message: str
) -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        for person in ("ada", "bob", "cy"):
            await sign_up(writer, person)
        damage(harness.journal)
        await until(lambda: message in (writer.status().trouble or ""))
        with pytest.raises(Unavailable, match=message):
            writer.committer()


async def test_an_append_in_flight_is_not_taken_for_another_history() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        committer = writer.committer()
        harness.journal.reply_allowed.clear()
        flying = asyncio.create_task(sign_up(writer, "bob"))
        async with harness.journal.subscribe() as bus:
            beats = 0
            while beats < 2:
                beats += sum(isinstance(message, Heartbeat) for message in await bus.next(5))
        harness.journal.reply_allowed.set()
        assert (await flying, writer.committer()) == (2, committer)


async def test_damage_is_reported_with_its_place_and_the_remedy() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        for person in ("zoe", "ada", "bob"):
            await sign_up(writer, person)
        epoch = writer.committer().durable_head.position.epoch
    harness.journal.damage(2)
    with pytest.raises(JournalDamaged, match=f"right after {epoch}-1.*turnout journal restore --to {epoch}-1"):
        await harness.writer().prepare()


def _refusal(writer: Writer) -> str:
    """The reason for which ``writer`` refuses commands."""
    with pytest.raises((NotLeader, Unavailable)) as refused:
        writer.committer()
    return str(refused.value)


async def test_a_standby_does_not_take_a_newer_journal_over_from_a_leader_that_ends() -> None:
    harness = WriterHarness()
    async with AsyncExitStack() as leading, AsyncExitStack() as following:
        leader = await leading.enter_async_context(harness.leading())
        standby = await following.enter_async_context(running(harness.writer()))
        await sign_up(leader, "ada")
        before, fence = leader.committer().durable_head, harness.journal.fence
        record, head = newer_record(before)
        await harness.journal.append(fence, before, [record], head)
        await until(lambda: standby.status().trouble == f"the journal was {REFUSAL}")
        await leading.aclose()
        await until(harness.lease.is_free)
        await until(lambda: _refusal(standby) == f"the journal was {REFUSAL}")
        assert (standby.status().role, standby.status().ready, harness.journal.fence) == ("standby", False, fence)
        harness.journal.roll_back(1)
        harness.journal.format = 1
        await until(lambda: standby.status().ready)


async def test_a_newer_journal_is_refused_before_anything_is_written() -> None:
    harness, inspections = WriterHarness(), 0

    async def inspect() -> None:
        nonlocal inspections
        inspections += 1

    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        before = writer.committer().durable_head
    record, head = newer_record(before)
    await harness.journal.append(harness.journal.fence, before, [record], head)
    with pytest.raises(NewerFormat, match=re.escape(REFUSAL)):
        await harness.writer(inspect=inspect).prepare()
    assert inspections == 0


async def test_a_leader_without_renewals_is_not_ready_but_still_writes() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        harness.lease.is_unreachable = True
        await until(lambda: not writer.status().ready)
        assert writer.status().role == "leader"
        assert await sign_up(writer, "ada") == 1
        harness.lease.is_unreachable = False
        await until(lambda: writer.status().ready)


async def test_a_leader_trusts_its_lease_for_less_time_than_granted() -> None:
    harness, now_s = WriterHarness(), [0.0]
    async with harness.leading(clock=lambda: now_s[0]) as writer:
        harness.lease.is_unreachable = True
        now_s[0] = CONFIG.lease_s * 0.85
        assert writer.status().ready
        now_s[0] = CONFIG.lease_s * 0.95
        assert not writer.status().ready


async def test_the_clock_of_the_lease_counts_suspension() -> None:
    assert WriterHarness().writer()._clock is since_boot_s
    before, now, after = (each() for each in (_boottime, since_boot_s, _boottime))
    assert before <= now <= after


def _boottime() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@pytest.mark.parametrize(
    ("off_s", "message"),
    [(86_400, "24 hours ahead of that"), (-86_400, "24 hours behind that")],
    ids=["ahead", "behind"],
)
async def test_a_writer_with_a_wrong_clock_does_not_lead(off_s: int, message: str) -> None:
    harness = WriterHarness()
    async with running(harness.writer(now_ms=lambda: wall_ms() + off_s * 1000)) as off:
        await until(lambda: message in (off.status().trouble or ""))
        with pytest.raises(Unavailable, match=message):
            off.committer()
        async with harness.leading() as writer:
            assert await sign_up(writer, "ada") == 1
            assert off.status().role == "standby"


@pytest.mark.parametrize("off_s", [-55, 55])
async def test_a_clock_difference_below_a_minute_is_allowed(off_s: int) -> None:
    async with WriterHarness().leading(now_ms=lambda: wall_ms() + off_s * 1000) as writer:
        assert await sign_up(writer, "ada") == 1


async def test_an_idle_leader_publishes_heartbeats() -> None:
    harness = WriterHarness()
    async with harness.leading(), harness.journal.subscribe() as bus:
        assert await bus.next(5)
        assert await bus.next(5)
