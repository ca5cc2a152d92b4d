"""Events end by a commit: once, in order, not early. They are reopened if a clock was wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from clocked_writer import CONFIG, MINUTE, NOON, Clock, PastHistory, commits, leading
from history import DETAILS
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from waiting import until
from writer_harness import FencingLease

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_command.metrics import Metrics
from turnout_command.write.event_ends import EventEnds
from turnout_command.write.writer import Writer
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    Promoted,
    SignedUp,
)
from turnout_core.journal.port import Head
from turnout_core.journal.record import peek


def ends(journal: MemoryJournal) -> list[AnyChange]:
    changes = [change for commit in commits(journal) for change in commit.changes]
    return [change for change in changes if isinstance(change, EventEnded | EventReopened)]


async def test_an_end_is_committed_when_it_has_passed() -> None:
    past, clock = PastHistory(), Clock()
    past.event("games", NOON + MINUTE)
    journal = await past.journal()
    async with leading(journal, clock):
        assert ends(journal) == []
        clock.ms = NOON + MINUTE
        await until(lambda: ends(journal) == [EventEnded("games")])
    last = commits(journal)[-1]
    assert (last.at, last.actor, last.answered) == (NOON + MINUTE, None, None)


async def test_overdue_ends_are_committed_in_order_and_only_once() -> None:
    past, clock = PastHistory(), Clock()
    for event, minutes in (("late", 3), ("b", 2), ("first", 1), ("a", 2), ("future", -60)):
        past.event(event, NOON - 10 * MINUTE + minutes * MINUTE if minutes > 0 else NOON + 60 * MINUTE)
    past.commit(EventCancelled("b"))
    journal = await past.journal()
    expected = [EventEnded(event) for event in ("first", "a", "b", "late")]
    for _ in range(2):  # the second time is a restart
        async with leading(journal, clock):
            await until(lambda: ends(journal) == expected)
    assert ends(journal) == expected


async def test_an_event_keeps_its_wall_clock_when_the_rules_of_its_zone_have_changed() -> None:
    """Vancouver's clocks stay on summer time since tzdata 2026b; by the rules before, the event was an hour later."""
    past, clock = PastHistory(), Clock()
    past.event("unmoved", NOON + MINUTE)
    local = replace(DETAILS, zone="America/Vancouver", starts="2027-12-15T19:00", ends="2027-12-15T21:00")
    past.commit(EventCreated("moved", "ada", replace(local, starts_at=1_828_926_000_000, ends_at=1_828_933_200_000)))
    journal = await past.journal()
    expected = EventEdited("moved", replace(local, starts_at=1_828_922_400_000, ends_at=1_828_929_600_000))
    for _ in range(2):  # the second time is a restart
        async with leading(journal, clock):
            await until(lambda: commits(journal)[-1].changes == (expected,))
    assert (commits(journal)[-1].actor, len(commits(journal))) == (None, 4)
    clock.ms = 1_828_929_600_000
    async with leading(journal, clock):
        await until(lambda: EventEnded("moved") in ends(journal))


async def test_a_deleted_event_does_not_end_and_an_edited_one_ends_at_its_new_end() -> None:
    past, clock = PastHistory(), Clock()
    for event in ("deleted", "longer", "shorter"):
        past.event(event, NOON + 2 * MINUTE)
    past.commit(EventDeleted("deleted"))
    past.edit_end("longer", NOON + 5 * MINUTE)
    past.edit_end("shorter", NOON + MINUTE)
    journal = await past.journal()
    async with leading(journal, clock):
        clock.ms = NOON + 3 * MINUTE
        await until(lambda: ends(journal) == [EventEnded("shorter")])
        clock.ms = NOON + 5 * MINUTE
        await until(lambda: ends(journal) == [EventEnded("shorter"), EventEnded("longer")])


async def test_an_event_that_ended_too_early_is_reopened_and_ends_again() -> None:
    past, clock = PastHistory(), Clock(NOON + 365 * 24 * 60 * MINUTE)
    past.event("games", NOON + MINUTE)
    journal = await past.journal()
    async with leading(journal, clock):
        await until(lambda: ends(journal) == [EventEnded("games")])
    clock.ms = NOON
    async with leading(journal, clock):
        await until(lambda: ends(journal) == [EventEnded("games"), EventReopened("games")])
        assert commits(journal)[-1].at == NOON
        clock.ms = NOON + MINUTE
        await until(lambda: ends(journal)[2:] == [EventEnded("games")])


async def test_those_who_wait_move_up_when_an_event_is_reopened() -> None:
    """People who leave for good give up seats at events that have ended, too; nobody moves up then."""
    past, clock = PastHistory(), Clock(NOON)
    past.event("games", NOON + MINUTE)
    past.commit(EventEdited("games", replace(past.state.events["games"].details, capacity=1)))
    past.commit(SignedUp("bob", "Bob"), Joined("games", "bob", 1, "going"))
    past.commit(SignedUp("eve", "Eve"), Joined("games", "eve", 1, "waitlisted"))
    past.commit(EventEnded("games"))
    past.commit(Left("games", "bob"))
    journal = await past.journal()
    async with leading(journal, clock):
        await until(lambda: ends(journal)[1:] == [EventReopened("games")])
    assert commits(journal)[-1].changes == (EventReopened("games"), Promoted("games", "eve"))


async def test_a_clock_that_is_set_back_while_running_is_noticed() -> None:
    past, clock = PastHistory(), Clock(NOON + 2 * MINUTE)
    past.event("games", NOON + MINUTE)
    journal = await past.journal()
    async with leading(journal, clock):
        await until(lambda: ends(journal) == [EventEnded("games")])
        clock.ms = NOON
        await until(lambda: ends(journal)[1:] == [EventReopened("games")])


async def test_commands_are_processed_between_many_overdue_ends() -> None:
    past, clock = PastHistory(), Clock()
    for number in range(3_000):
        past.event(f"event{number}", NOON - MINUTE)
    journal = await past.journal()
    appends: list[int] = []
    append = journal.append

    async def counted(fence: int, before: Head, records: list[bytes], after: Head) -> None:
        appends.append(len(records))
        await append(fence, before, records, after)

    journal.append = counted  # type: ignore[method-assign, assignment] # counts, then appends
    async with leading(journal, clock):
        await until(lambda: len(ends(journal)) == 3_000, 30)
    assert max(appends) <= 256
    assert len(appends) >= 3_000 // 256


@given(st.data())
def test_every_end_is_due_once_and_never_early(data: st.DataObject) -> None:
    """Events are created, edited, deleted and ended while the clock goes on."""
    past = PastHistory()
    schedule = EventEnds(past.state)
    now, ended = NOON, []
    for step in range(data.draw(st.integers(1, 30))):
        match data.draw(st.sampled_from(["create", "edit", "delete", "pass"])):
            case "create":
                past.event(f"e{step}", now + data.draw(st.integers(1, 5)))
                schedule.schedule(f"e{step}")
            case "edit" if open_events(past):
                event = data.draw(st.sampled_from(open_events(past)))
                details = replace(past.state.events[event].details, ends_at=now + data.draw(st.integers(1, 5)))
                past.commit(EventEdited(event, details))
                schedule.schedule(event)
            case "delete" if open_events(past):
                past.commit(EventDeleted(data.draw(st.sampled_from(open_events(past)))))
            case _:
                now += data.draw(st.integers(1, 4))
        due = schedule.pop_due(now, 100)
        assert due == sorted(due, key=lambda event: (past.state.events[event].details.ends_at, event))
        for event in due:
            assert past.state.events[event].details.ends_at <= now
            past.commit(EventEnded(event))
        ended += due
        assert all(past.state.events[event].details.ends_at > now for event in open_events(past))
        assert schedule.find_ended_too_early(now) == []
    assert len(ended) == len(set(ended))


def open_events(past: PastHistory) -> list[str]:
    return [event.id for event in past.state.events.values() if not event.ended]


async def test_a_commit_of_a_wrong_future_makes_the_leader_unready_until_the_clock_has_settled() -> None:
    past, clock = PastHistory(), Clock(NOON)
    past.event("games", NOON + MINUTE)
    past.history.add(EventEnded("games"), at=NOON + 365 * 24 * 60 * MINUTE)
    apply(past.state, *peek(past.history.records[-1]))
    journal = await past.journal()
    lease = MemoryLease(CONFIG.lease_s, server_time_ms=clock)
    writer = Writer(journal, lease, Metrics(), config=CONFIG, now_ms=clock)
    async with running_until_cancelled(writer):
        await until(lambda: writer.status().role == "leader")
        assert not writer.status().ready
        assert "365 days ahead of the clock" in (writer.status().trouble or "")
        assert ends(journal) == [EventEnded("games")]
        await until(lambda: writer.status().ready)
        await until(lambda: ends(journal)[1:] == [EventReopened("games")])
        assert commits(journal)[-1].at == NOON


async def test_a_leader_whose_clock_is_set_wrong_stops_writing() -> None:
    past, clock, server_clock = PastHistory(), Clock(), Clock()
    past.event("games", NOON + 60 * MINUTE)
    journal = await past.journal()
    lease = FencingLease(MemoryLease(CONFIG.lease_s, server_time_ms=server_clock), journal)
    writer = Writer(journal, lease, Metrics(), config=CONFIG, now_ms=clock)
    async with running_until_cancelled(writer):
        await until(lambda: writer.status().ready)
        clock.ms += 24 * 60 * MINUTE
        await until(lambda: "24 hours ahead of that of the journal's server" in (writer.status().trouble or ""))
        clock.ms = NOON
        await until(lambda: writer.status().ready)


@asynccontextmanager
async def running_until_cancelled(writer: Writer) -> AsyncIterator[None]:
    task = asyncio.create_task(writer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
