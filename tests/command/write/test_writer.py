"""One of several writes; when it dies, stalls or loses its journal, nobody is told what is not so."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from table import name
from waiting import until

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_command.metrics import Metrics
from turnout_command.write.append_queue import Done
from turnout_command.write.leadership import LeaseConfig
from turnout_command.write.term import JournalDamaged
from turnout_command.write.writer import Writer
from turnout_core.domain.changes import Commit, SignedUp
from turnout_core.domain.commands import SessionBody, SignUp
from turnout_core.domain.rejections import NotLeader, Unavailable
from turnout_core.journal.lease import Grant
from turnout_core.journal.port import Beat, Head, OutcomeUnknown
from turnout_core.journal.record import seal
from turnout_core.runtime.clock import since_boot_s, wall_ms
from turnout_core.runtime.tasks import cancel_and_wait

TERMS = LeaseConfig(lease_s=0.2, renew_s=0.02, heartbeat_s=0.05, append_timeout_s=0.1)


class House:
    """A journal, a lease, and as many command services as are wanted."""

    def __init__(self) -> None:
        self.journal = Fencing()
        self.lease = MemoryLease(TERMS.lease_s)

    def writer(self, **clocks: Any) -> Writer:
        return Writer(self.journal, Granting(self.lease, self.journal), Metrics(), config=TERMS, **clocks)

    @asynccontextmanager
    async def leading(self, **clocks: Any) -> AsyncIterator[Writer]:
        async with running(self.writer(**clocks)) as writer:
            await until(lambda: writer.status().ready)
            yield writer


class Fencing(MemoryJournal):
    """Knows the newest fence only once somebody leads, as Valkey does."""

    def __init__(self) -> None:
        super().__init__(fence=0)
        self.unknown = 0
        self.answering = asyncio.Event()  # while it is not set, the answer of an append is on its way
        self.answering.set()

    async def append(self, *args: object) -> None:
        await super().append(*args)  # type: ignore[arg-type] # passes on what it gets
        await self.answering.wait()
        if self.unknown:
            self.unknown -= 1
            raise OutcomeUnknown("the link broke behind the append")

    def roll_back(self, seq: int) -> None:
        """Loses everything behind ``seq``, as a server without a durable file does at a restart."""
        assert self._head is not None
        kept = {each: record for each, record in self._records.items() if each <= seq}
        self._head = type(self._head)(
            type(self._head.position)(self._head.position.epoch, seq), kept[seq][:32].decode() if kept else "0" * 32
        )
        self._records = kept

    def empty(self) -> None:
        self._head, self._records = None, {}

    def replace_end(self) -> None:
        """Ends as far on, with another history."""
        assert self._head is not None
        position, before = self._head.position, self._records[self._head.position.seq - 1][:32].decode()
        record, digest = seal(Commit(position.epoch, position.seq, 0, None, (SignedUp("eve", "Eve"),)), before)
        self._records[position.seq], self._head = record, Head(position, digest)

    def damage(self, seq: int) -> None:
        self._records[seq] = self._records[seq].replace(b"Ada", b"Eve")


class Granting:
    """Tells the journal about new fences: both are one server."""

    def __init__(self, lease: MemoryLease, journal: Fencing) -> None:
        self._lease = lease
        self._journal = journal

    async def take(self, owner: str) -> Grant:
        grant = await self._lease.take(owner)
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
    """Number of the commit."""
    command = SignUp(user=name(person), body=SessionBody(name=person.title()))
    outcome = await writer.committer().submit(command, None)
    assert isinstance(outcome, Done)
    return outcome.position.seq


async def test_the_first_one_leads_and_makes_the_journal() -> None:
    house = House()
    async with house.leading() as writer:
        assert await sign_up(writer, "ada") == 1
        status = writer.status()
        assert (status.role, status.ready, status.trouble) == ("leader", True, None)
        assert status.position is not None
        assert status.position.seq == 1


async def test_a_standby_follows_refuses_and_takes_over_where_the_other_stopped() -> None:
    house = House()
    async with running(house.writer()) as first:
        await until(lambda: first.status().ready)
        async with running(house.writer()) as second:
            await sign_up(first, "ada")
            await until(lambda: second.position() == first.position())
            assert (second.status().role, second.status().ready) == ("standby", False)
            with pytest.raises(NotLeader):
                second.committer()
            await first.drain()
            house.lease._ends_at = 0  # the first one stopped renewing
            await until(lambda: second.status().ready or first.status().ready)
            leader = second if second.status().ready else first
            assert await sign_up(leader, "bob") == 2


async def test_a_clean_stop_hands_over_at_once() -> None:
    house = House()
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        leader = await first.enter_async_context(house.leading())
        standby = await second.enter_async_context(running(house.writer()))
        await sign_up(leader, "ada")
        await first.aclose()
        await until(lambda: standby.status().ready)
        assert await sign_up(standby, "bob") == 2


async def test_a_paused_writer_that_wakes_up_changes_nothing_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    async with house.leading() as old:
        await sign_up(old, "ada")
        taken = await _seize(house)
        with pytest.raises((Unavailable, NotLeader)):
            await sign_up(old, "eve")
        await until(lambda: old.status().role == "standby")
        assert house.journal._head is not None
        assert house.journal._head.position.seq == 1
        assert taken == house.journal.fence
        assert "stepped down, and nothing was written since" in caplog.text


async def _seize(house: House) -> int:
    """Somebody else takes the lease, in a moment in which its owner was not looking."""
    house.lease._owner = house.lease._holder = "somebody else"
    house.lease._ends_at = float("inf")
    house.lease._fence += 1
    house.journal.fence = house.lease._fence
    return house.lease._fence


async def test_an_unknown_outcome_is_settled_without_a_new_term() -> None:
    house = House()
    async with house.leading() as writer:
        house.journal.unknown = 1
        assert await sign_up(writer, "ada") == 1
        assert await sign_up(writer, "bob") == 2


async def test_after_an_unknown_outcome_the_journal_is_read_again_and_the_service_goes_on() -> None:
    house = House()
    async with house.leading() as writer:
        house.journal.is_unreachable = True
        with pytest.raises(Unavailable):
            await sign_up(writer, "ada")
        await until(lambda: writer.status().role == "standby")
        house.journal.is_unreachable = False
        await until(lambda: writer.status().ready)
        assert await sign_up(writer, "bob") == 1  # what was never appended is gone, and was never acknowledged


@pytest.mark.parametrize(
    ("hurt", "told"),
    [(lambda journal: journal.empty(), "empty"), (lambda journal: journal.roll_back(1), "went back")],
    ids=["an empty server", "a server that went back"],
)
async def test_a_server_that_lost_what_was_acknowledged_is_not_written_to(hurt: object, told: str) -> None:
    house = House()
    async with house.leading() as writer:
        for person in ("ada", "bob", "cy"):
            await sign_up(writer, person)
        hurt(house.journal)  # type: ignore[operator]
        with pytest.raises(Unavailable):
            await sign_up(writer, "di")
        await until(lambda: told in (writer.status().trouble or ""))
        with pytest.raises(Unavailable, match=told):
            writer.committer()
        assert not writer.status().ready


@pytest.mark.parametrize(
    ("hurt", "told"),
    [
        (Fencing.empty, "empty"),
        (lambda journal: journal.roll_back(1), "went back"),
        (Fencing.replace_end, "another history"),
    ],
    ids=["an empty server", "a server that went back", "another server"],
)
async def test_an_idle_leader_notices_a_server_that_lost_what_was_acknowledged(
    hurt: Callable[[Fencing], None], told: str
) -> None:
    house = House()
    async with house.leading() as writer:
        for person in ("ada", "bob", "cy"):
            await sign_up(writer, person)
        hurt(house.journal)
        await until(lambda: told in (writer.status().trouble or ""))
        with pytest.raises(Unavailable, match=told):
            writer.committer()


async def test_an_append_in_flight_is_no_other_history() -> None:
    house = House()
    async with house.leading() as writer:
        await sign_up(writer, "ada")
        committer = writer.committer()
        house.journal.answering.clear()
        flying = asyncio.create_task(sign_up(writer, "bob"))
        async with house.journal.subscribe() as bus:
            beats = 0
            while beats < 2:
                beats += sum(isinstance(message, Beat) for message in await bus.next(5))
        house.journal.answering.set()
        assert (await flying, writer.committer()) == (2, committer)


async def test_a_damaged_middle_is_refused_with_its_place_and_the_way_out() -> None:
    house = House()
    async with house.leading() as writer:
        for person in ("zoe", "ada", "bob"):
            await sign_up(writer, person)
        epoch = writer.committer().committed.position.epoch
    house.journal.damage(2)
    with pytest.raises(JournalDamaged, match=f"right behind {epoch}-1.*turnout journal restore --to {epoch}-1"):
        await house.writer().prepare()


async def test_a_lease_that_can_not_be_renewed_is_told_but_the_fence_decides() -> None:
    house = House()
    async with house.leading() as writer:
        house.lease.is_unreachable = True
        await until(lambda: not writer.status().ready)
        assert writer.status().role == "leader"
        assert await sign_up(writer, "ada") == 1
        house.lease.is_unreachable = False
        await until(lambda: writer.status().ready)


async def test_a_leader_is_sure_of_its_lease_for_a_little_less_than_the_server_grants() -> None:
    house, now_s = House(), [0.0]
    async with house.leading(clock=lambda: now_s[0]) as writer:
        house.lease.is_unreachable = True
        now_s[0] = TERMS.lease_s * 0.85
        assert writer.status().ready
        now_s[0] = TERMS.lease_s * 0.95
        assert not writer.status().ready


async def test_the_clock_of_the_lease_goes_on_while_the_machine_is_suspended() -> None:
    assert House().writer()._clock is since_boot_s
    before, told, after = (each() for each in (_boottime, since_boot_s, _boottime))
    assert before <= told <= after


def _boottime() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@pytest.mark.parametrize(
    ("off_s", "told"), [(86_400, "86400 s ahead of that"), (-86_400, "86400 s behind that")], ids=["ahead", "behind"]
)
async def test_a_writer_whose_clock_differs_from_the_server_takes_no_lease(off_s: int, told: str) -> None:
    house = House()
    async with running(house.writer(now_ms=lambda: wall_ms() + off_s * 1000)) as off:
        await until(lambda: told in (off.status().trouble or ""))
        with pytest.raises(Unavailable, match=told):
            off.committer()
        async with house.leading() as writer:
            assert await sign_up(writer, "ada") == 1
            assert off.status().role == "standby"


@pytest.mark.parametrize("off_s", [-55, 55])
async def test_less_than_a_minute_is_no_other_time(off_s: int) -> None:
    async with House().leading(now_ms=lambda: wall_ms() + off_s * 1000) as writer:
        assert await sign_up(writer, "ada") == 1


async def test_followers_hear_from_an_idle_leader() -> None:
    house = House()
    async with house.leading(), house.journal.subscribe() as bus:
        assert await bus.next(5)
        assert await bus.next(5)
