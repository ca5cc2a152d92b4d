"""The follower reaches the head of the journal after any lost messages."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from history import BEGINNING, EPOCH, History, small_history
from newer_data import REFUSAL, newer_chunks, newer_record
from waiting import until

from fakes.memory_journal import MemoryJournal
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit, EventEnded, SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.follower import HEARTBEAT_TIMEOUT_S, Follower
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS, BrokenRecord
from turnout_core.journal.snapshot import dump, iterate_async


class RecordingListener:
    """A listener that records its calls."""

    def __init__(self) -> None:
        self.replacements: list[Position] = []
        self.seqs: list[int] = []
        self.ready = asyncio.Event()
        self.ready.set()

    def on_snapshot(self, state: State) -> None:
        self.replacements.append(state.position)

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        self.seqs += [commit.seq for commit, _ in commits]

    async def wait_until_ready(self) -> None:
        await self.ready.wait()


class FollowerHarness:
    """A follower of a journal in memory, and a writer of it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.journal = MemoryJournal()
        self.listener = RecordingListener()
        self.follower = Follower(self.journal, self.listener, lambda: self.now_s)
        self.history = History()

    async def write(self, *names: str) -> Head:
        writer = History(self.history.head)
        for name in names:
            writer.add(SignedUp(name, name.title()))
        await self.journal.append(1, self.history.head, writer.records, writer.head)
        self.history = writer
        return writer.head

    async def wait_until_applied(self, head: Head | None = None) -> None:
        assert await self.follower.wait_for((head or self.history.head).position, 5)

    def names(self) -> list[str]:
        assert self.follower.state is not None
        return list(self.follower.state.users)


@asynccontextmanager
async def running_follower() -> AsyncIterator[FollowerHarness]:
    it = FollowerHarness()
    await it.journal.create(EPOCH)
    running = asyncio.create_task(it.follower.run())
    try:
        yield it
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_it_replays_the_journal_and_then_follows_the_bus() -> None:
    async with running_follower() as it:
        await it.write("ada", "grace")
        await it.wait_until_applied()
        await it.write("edsger")
        await it.wait_until_applied()
        assert it.names() == ["ada", "grace", "edsger"]
        assert it.listener.seqs == [1, 2, 3]


async def test_messages_lost_by_the_bus_are_read_from_the_stream() -> None:
    async with running_follower() as it:
        await it.wait_until_applied(BEGINNING)
        await until(it.follower.is_ready)
        it.journal.loses_publications = True
        await it.write("lost", "also lost")
        it.journal.loses_publications = False
        await it.write("received")
        await it.wait_until_applied()
        assert it.names() == ["lost", "also lost", "received"]
        assert it.listener.seqs == [1, 2, 3]


async def test_a_listener_delays_further_commits_until_it_is_ready() -> None:
    async with running_follower() as it:
        await it.wait_until_applied(BEGINNING)
        await until(it.follower.is_ready)
        it.listener.ready.clear()
        await it.write("ada")
        await it.wait_until_applied()
        await it.write("grace")
        await it.write("edsger")
        assert it.names() == ["ada"]
        it.listener.ready.set()
        await it.wait_until_applied()
        assert it.names() == ["ada", "grace", "edsger"]


async def test_records_are_applied_once_they_are_shown() -> None:
    async with running_follower() as it:
        it.journal.shows_later = True
        await until(it.follower.is_ready)
        head = await it.write("ada")
        await it.journal.publish_heartbeat(1)
        it.journal.break_subscriptions()
        await until(lambda: it.follower.trouble is not None)
        await until(it.follower.is_ready)
        assert it.names() == []
        await it.journal.show(1, head)
        await it.wait_until_applied()
        assert it.names() == ["ada"]


async def test_a_lost_confirmation_is_no_rollback() -> None:
    async with running_follower() as it:
        it.journal.shows_later = True
        first = await it.write("ada")
        await it.journal.show(1, first)
        await it.journal.show(1, await it.write("grace"))
        await it.wait_until_applied()
        it.journal.forget_confirmation(first)
        it.journal.break_subscriptions()
        await until(lambda: it.follower.trouble is not None)
        await until(it.follower.is_ready)
        assert it.names() == ["ada", "grace"]
        assert it.listener.replacements == [BEGINNING.position]
        await it.journal.show(1, await it.write("edsger"))
        await it.wait_until_applied()
        assert it.listener.seqs == [1, 2, 3]


async def test_a_heartbeat_with_a_later_head_fills_the_gap() -> None:
    async with running_follower() as it:
        await it.wait_until_applied(BEGINNING)
        await until(it.follower.is_ready)
        it.journal.loses_publications = True
        await it.write("lost")
        it.journal.loses_publications = False
        await it.journal.publish_heartbeat(1)
        await it.wait_until_applied()
        assert it.names() == ["lost"]


async def test_it_reconnects_and_misses_no_commit() -> None:
    async with running_follower() as it:
        await it.write("before")
        await it.wait_until_applied()
        it.journal.loses_publications = True
        await it.write("between")
        it.journal.loses_publications = False
        it.journal.break_subscriptions()
        await it.wait_until_applied()
        assert it.names() == ["before", "between"]


async def test_it_is_not_ready_while_the_journal_is_unreachable_and_recovers() -> None:
    async with running_follower() as it:
        await it.write("before")
        await it.wait_until_applied()
        it.journal.is_unreachable = True
        it.journal.break_subscriptions()
        await until(lambda: not it.follower.is_ready())
        it.journal.is_unreachable = False
        await until(it.follower.is_ready)
        await it.write("after")
        await it.wait_until_applied()
        assert it.names() == ["before", "after"]


async def test_it_is_not_ready_without_heartbeats() -> None:
    async with running_follower() as it:
        await it.wait_until_applied(BEGINNING)
        await until(it.follower.is_ready)
        it.now_s += HEARTBEAT_TIMEOUT_S
        assert not it.follower.is_ready()
        await it.journal.publish_heartbeat(1)
        await until(it.follower.is_ready)


async def test_it_starts_from_the_newest_snapshot() -> None:
    journal, listener = MemoryJournal(), RecordingListener()
    history = small_history()
    await journal.create(EPOCH)
    await journal.append(1, BEGINNING, history.records, history.head)
    first = Follower(journal, RecordingListener())
    state = await first.catch_up()
    chunks = list(dump(state))

    async def whole() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    await journal.save_snapshot(state.position, whole())
    await journal.trim(state.position)
    second = Follower(journal, listener)
    assert list(dump(await second.catch_up())) == chunks
    assert listener.replacements == [history.head.position]
    assert listener.seqs == []


async def test_a_rolled_back_journal_is_not_followed() -> None:
    async with running_follower() as it:
        await it.write("ada", "grace")
        await it.wait_until_applied()
        emptied = MemoryJournal()
        await emptied.create(EPOCH)
        it.journal.__dict__.update({**emptied.__dict__, "_subscriptions": it.journal.__dict__["_subscriptions"]})
        it.journal.break_subscriptions()
        await until(lambda: "went back" in (it.follower.trouble or ""))
        assert it.names() == ["ada", "grace"]
        assert not it.follower.is_ready()


def _replace(journal: MemoryJournal, epoch: str, *, by_operator: bool) -> None:
    journal._head, journal._records = Head(Position(epoch, 0), GENESIS), {}
    journal.is_replaced_by_operator = by_operator
    journal.break_subscriptions()


async def test_a_new_epoch_made_by_an_operator_is_followed() -> None:
    async with running_follower() as it:
        await it.write("ada")
        await it.wait_until_applied()
        _replace(it.journal, "other", by_operator=True)
        assert await it.follower.wait_for(Position("other", 0), 5)
        assert it.names() == []


async def test_any_other_new_epoch_is_not_followed() -> None:
    async with running_follower() as it:
        await it.write("ada")
        await it.wait_until_applied()
        _replace(it.journal, "other", by_operator=False)
        await until(lambda: "turnout journal accept" in (it.follower.trouble or ""))
        assert it.names() == ["ada"]
        assert not it.follower.is_ready()


async def test_an_emptied_server_is_reported() -> None:
    async with running_follower() as it:
        await it.write("ada")
        await it.wait_until_applied()
        it.journal._head, it.journal._records = None, {}
        it.journal.break_subscriptions()
        await until(lambda: "the server is empty" in (it.follower.trouble or ""))


async def test_another_history_of_the_same_length_is_not_followed() -> None:
    async with running_follower() as it:
        await it.write("ada", "bob")
        await it.wait_until_applied()
        other = History(BEGINNING)
        other.add(SignedUp("ada", "Ada"))
        other.add(SignedUp("eve", "Eve"))
        it.journal._head, it.journal._records = other.head, dict(enumerate(other.records, 1))
        await it.journal.publish_heartbeat(1)
        await until(lambda: "another history" in (it.follower.trouble or ""))
        assert it.names() == ["ada", "bob"]
        assert not it.follower.is_ready()


async def test_a_head_without_its_record_is_reported_as_damage() -> None:
    async with running_follower() as it:
        await it.write("ada", "bob")
        await it.wait_until_applied()
        it.journal._head = Head(it.history.head.position, "f" * 32)
        await it.journal.publish_heartbeat(1)
        await until(lambda: "is not the record that leads there" in (it.follower.trouble or ""))


async def test_waiting_for_a_position_times_out() -> None:
    async with running_follower() as it:
        assert not await it.follower.wait_for(Position(EPOCH, 99), 0.01)


async def test_a_follower_stops_at_a_newer_record_and_says_so() -> None:
    async with running_follower() as it:
        await it.write("ada")
        await it.wait_until_applied()
        await until(it.follower.is_ready)
        record, head = newer_record(it.history.head)
        await it.journal.append(1, it.history.head, [record], head)
        await until(lambda: it.follower.is_outdated)
        assert it.follower.trouble == f"a record was {REFUSAL}"
        assert (it.follower.is_ready(), it.names()) == (False, ["ada"])


async def test_a_newer_snapshot_is_not_skipped_for_an_older_one() -> None:
    journal, history = MemoryJournal(), small_history()
    await journal.create(EPOCH)
    await journal.append(1, BEGINNING, history.records, history.head)
    state = await Follower(journal, RecordingListener()).catch_up()
    await journal.save_snapshot(Position(EPOCH, 4), iterate_async(dump(state)))
    await journal.save_snapshot(state.position, iterate_async(newer_chunks(state)))
    with pytest.raises(NewerFormat, match=re.escape(f"a snapshot was {REFUSAL}")):
        await Follower(journal, RecordingListener()).catch_up()


async def test_a_flipped_bit_in_a_number_is_damage() -> None:
    journal, history = MemoryJournal(), small_history()
    history.add(EventEnded("games"))
    await journal.create(EPOCH)
    await journal.append(1, BEGINNING, history.records, history.head)
    journal._records[6] = journal._records[6].replace(b'"format":2', b'"format":3')
    with pytest.raises(BrokenRecord):
        await Follower(journal, RecordingListener()).catch_up()


async def test_a_history_that_is_completed_again_is_followed_at_once() -> None:
    async with running_follower() as it:
        first, last = await it.write("ada"), await it.write("bob")
        await it.wait_until_applied()
        lost = it.journal._records.pop(2)
        it.journal._head = first
        it.journal.break_subscriptions()
        await until(lambda: "went back" in (it.follower.trouble or ""))
        await it.journal.append(1, first, [lost], last)
        await it.write("carl")
        await until(it.follower.is_ready, timeout_s=3)
        assert it.listener.seqs == [1, 2, 3]
        assert len(it.listener.replacements) == 1
