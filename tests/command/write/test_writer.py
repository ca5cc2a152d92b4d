"""One of several writers leads. If it dies, stalls or loses its journal, no wrong response leaves."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from waiting import until
from writer_harness import CONFIG, FencedJournal, WriterHarness, running, sign_up

from turnout_command.write.term import JournalDamaged
from turnout_core.domain.rejections import NotLeader, Unavailable
from turnout_core.journal.port import Heartbeat
from turnout_core.runtime.clock import since_boot_s, wall_ms


async def test_the_first_writer_leads_and_creates_the_journal() -> None:
    harness = WriterHarness()
    async with harness.leading() as writer:
        assert await sign_up(writer, "ada") == 1
        status = writer.status()
        assert (status.role, status.ready, status.trouble) == ("leader", True, None)
        assert status.position is not None
        assert status.position.seq == 1


async def test_readers_see_what_is_durable_and_what_a_former_writer_left() -> None:
    harness = WriterHarness()
    journal = harness.journal
    journal.shows_later = True
    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        await until(lambda: journal.shown() == 1)
        journal.is_showing = False
        await sign_up(writer, "bob")
        assert journal.shown() == 1
    journal.is_showing = True
    async with harness.leading():
        assert journal.shown() == 2


async def test_a_server_that_does_not_show_is_asked_again() -> None:
    harness = WriterHarness()
    journal = harness.journal
    journal.shows_later = True
    async with harness.leading() as writer:
        journal.show_failures = 3
        await sign_up(writer, "ada")
        await until(lambda: journal.shown() == 1)
        assert journal.show_failures == 0


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
