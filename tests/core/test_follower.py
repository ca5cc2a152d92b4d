"""The follower ends where the journal ends, whatever it missed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from history import BEGINNING, EPOCH, History, small
from waiting import until

from turnout_core.changes import Commit, SignedUp
from turnout_core.follower import DEAF_AFTER_S, Follower
from turnout_core.journal import Head
from turnout_core.journal_memory import MemoryJournal
from turnout_core.model import State, Touched
from turnout_core.position import Position
from turnout_core.snapshot import dump


class Notes:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.replacements: list[Position] = []
        self.seqs: list[int] = []

    def replaced(self, state: State) -> None:
        self.replacements.append(state.position)

    def applied(self, commits: Sequence[tuple[Commit, Touched]]) -> None:
        self.seqs += [commit.seq for commit, _ in commits]


class Scene:
    """A journal in memory, somebody who follows it, and somebody who writes."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.journal = MemoryJournal()
        self.notes = Notes()
        self.follower = Follower(self.journal, self.notes, lambda: self.now_s)
        self.history = History()

    async def write(self, *names: str) -> Head:
        writer = History(self.history.head)
        for name in names:
            writer.add(SignedUp(name, name.title()))
        await self.journal.append(1, self.history.head, writer.records, writer.head)
        self.history = writer
        return writer.head

    async def arrival(self, head: Head | None = None) -> None:
        assert await self.follower.reached((head or self.history.head).position, 5)

    def names(self) -> list[str]:
        assert self.follower.state is not None
        return list(self.follower.state.users)


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    it = Scene()
    await it.journal.create(EPOCH)
    running = asyncio.create_task(it.follower.run())
    try:
        yield it
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_it_replays_and_then_follows_live() -> None:
    async with scene() as it:
        await it.write("ada", "grace")
        await it.arrival()
        await it.write("edsger")
        await it.arrival()
        assert it.names() == ["ada", "grace", "edsger"]
        assert it.notes.seqs == [1, 2, 3]


async def test_what_the_bus_lost_is_filled_from_the_stream() -> None:
    async with scene() as it:
        await it.arrival(BEGINNING)
        await until(it.follower.ready)
        it.journal.mute = True
        await it.write("lost", "forgotten")
        it.journal.mute = False
        await it.write("heard")
        await it.arrival()
        assert it.names() == ["lost", "forgotten", "heard"]
        assert it.notes.seqs == [1, 2, 3]


async def test_a_beat_ahead_of_us_fills_the_gap() -> None:
    async with scene() as it:
        await it.arrival(BEGINNING)
        await until(it.follower.ready)
        it.journal.mute = True
        await it.write("lost")
        it.journal.mute = False
        await it.journal.beat(1)
        await it.arrival()
        assert it.names() == ["lost"]


async def test_a_broken_link_is_made_again_and_nothing_is_missed() -> None:
    async with scene() as it:
        await it.write("before")
        await it.arrival()
        it.journal.mute = True
        await it.write("between")
        it.journal.mute = False
        it.journal.cut()
        await it.arrival()
        assert it.names() == ["before", "between"]


async def test_it_is_not_ready_while_the_journal_is_unreachable_and_heals() -> None:
    async with scene() as it:
        await it.write("before")
        await it.arrival()
        it.journal.broken = True
        it.journal.cut()
        await until(lambda: not it.follower.ready())
        it.journal.broken = False
        await until(it.follower.ready)
        await it.write("after")
        await it.arrival()
        assert it.names() == ["before", "after"]


async def test_silence_makes_it_unready() -> None:
    async with scene() as it:
        await it.arrival(BEGINNING)
        await until(it.follower.ready)
        it.now_s += DEAF_AFTER_S
        assert not it.follower.ready()
        await it.journal.beat(1)
        await until(it.follower.ready)


async def test_it_starts_from_the_newest_snapshot() -> None:
    journal, notes = MemoryJournal(), Notes()
    history = small()
    await journal.create(EPOCH)
    await journal.append(1, BEGINNING, history.records, history.head)
    first = Follower(journal, Notes())
    state = await first.catch_up()
    chunks = list(dump(state))

    async def whole() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    await journal.save_snapshot(state.position, whole())
    await journal.trim(state.position)
    second = Follower(journal, notes)
    assert list(dump(await second.catch_up())) == chunks
    assert notes.replacements == [history.head.position]
    assert notes.seqs == []


async def test_a_journal_that_went_back_is_not_followed() -> None:
    async with scene() as it:
        await it.write("ada", "grace")
        await it.arrival()
        emptied = MemoryJournal()
        await emptied.create(EPOCH)
        it.journal.__dict__.update({**emptied.__dict__, "_subscriptions": it.journal.__dict__["_subscriptions"]})
        it.journal.cut()
        await until(lambda: "went back" in (it.follower.trouble or ""))
        assert it.names() == ["ada", "grace"]
        assert not it.follower.ready()


async def test_a_new_epoch_starts_over() -> None:
    async with scene() as it:
        await it.write("ada")
        await it.arrival()
        replaced = MemoryJournal()
        await replaced.create("other")
        it.journal.__dict__.update({**replaced.__dict__, "_subscriptions": it.journal.__dict__["_subscriptions"]})
        it.journal.cut()
        assert await it.follower.reached(Position("other", 0), 5)
        assert it.names() == []


async def test_waiting_for_what_does_not_come_ends() -> None:
    async with scene() as it:
        assert not await it.follower.reached(Position(EPOCH, 99), 0.01)
