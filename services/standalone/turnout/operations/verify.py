"""Reads everything, believes nothing: digests, the chain of hashes, the numbering, and that the parts agree."""

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.operations.errors import Interrupted
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import Entry, Survey, advance, entries, load, survey
from turnout.progress import Advance, stage
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Head, Trimmed
from turnout_core.journal.record import GENESIS, BrokenRecord, check, peek
from turnout_core.journal.snapshot import BrokenSnapshot

_ATTEMPTS: Final = 5  # a running service may make a snapshot, and trim behind it, while we read


class Damage(msgspec.Struct, frozen=True):
    """
    Attributes:
        at: where it was found.
    """

    at: Position
    what: str


class Report(msgspec.Struct, frozen=True):
    """
    Attributes:
        records: how many were read and found sound.
        snapshots: the sound ones, oldest first.
        sound: the newest position whose state can be rebuilt; None where nothing can.
        notes: odd, but harmless.
    """

    head: Head
    records: int
    snapshots: tuple[Position, ...]
    damages: tuple[Damage, ...]
    sound: Position | None
    notes: tuple[str, ...]

    def way_out(self) -> str:
        """What to do about the damages, in one line."""
        head = self.head.position
        if self.sound is None:
            return "no state can be rebuilt: bring a backup back with `turnout journal import FILE --force`"
        restore = f"`turnout journal restore --to {self.sound}`"
        if self.sound == head:
            return f"the present state is sound: {restore} writes it anew, without the damage"
        lost = head.seq - self.sound.seq
        return (
            f"everything up to {self.sound} is sound: {restore} goes back to it and gives up {lost} later commits; or "
            "bring a backup back with `turnout journal import FILE --force`"
        )


async def verify(server: JournalServer) -> Report:
    """Checks the journal up to the head that it has now. Works beside running services.

    Raises:
        Refused: there is no journal.
        Interrupted: it keeps changing under our eyes.
    """
    for _ in range(_ATTEMPTS):
        outline = await survey(server)
        with stage("Verifying", total=max(0, outline.head.position.seq - max(outline.first - 1, 0))) as told:
            report = await _Inspection(server, outline).run(told)
        if not report.damages or not _moved(outline, await survey(server)):
            return report
    raise Interrupted("the journal was trimmed again and again while it was read: try once more")


def _moved(before: Survey, after: Survey) -> bool:
    return before.snapshots != after.snapshots or before.head.position.epoch != after.head.position.epoch


class _Inspection:
    """One pass over the stream, from its first entry to the head; snapshots are compared where they are passed."""

    def __init__(self, server: JournalServer, outline: Survey) -> None:
        self._server = server
        self._outline = outline
        self._head = outline.head.position
        self._damages: list[Damage] = []
        self._sound: list[Position] = []
        self._read = 0
        self._state: State | None = None
        self._reachable: Position | None = None
        self._before: str | None = None  # the hash that the next record continues, where it is known
        self._whole = True  # whether the record before the next one was sound
        newest = outline.snapshots[-1].seq if outline.snapshots else 0
        self._next = outline.first or newest + 1  # number of the next record

    async def run(self, told: Advance) -> Report:
        if not self._outline.snapshots and self._next == 1:
            self._state = State(self._at(0), GENESIS)
        if self._next == 1:
            self._before = GENESIS
        await self._pass_snapshots(self._next - 1)
        async for batch in entries(self._server, 0, self._head.seq):
            for entry in batch:
                await self._entry(entry)
            told(len(batch))
            await asyncio.sleep(0)
        await self._end()
        return Report(
            head=self._outline.head,
            records=self._read,
            snapshots=tuple(self._sound),
            damages=tuple(self._damages),
            sound=self._reachable,
            notes=tuple(f"{name} is listed as a snapshot of this journal and is none" for name in self._outline.strays),
        )

    async def _entry(self, entry: Entry) -> None:
        if entry.part or entry.seq < self._next:
            what = f"the stream holds an entry {entry.seq}-{entry.part} that Turnout did not write"
            self._damages.append(Damage(self._at(entry.seq), what))
            return
        if entry.seq > self._next:
            await self._gap(entry.seq)
        try:
            self._take(entry)
            self._read += 1
            self._whole = True
        except BrokenRecord as error:
            self._damaged(entry.seq, str(error))
        self._next += 1
        await self._pass_snapshots(entry.seq, entry.seq)

    async def _gap(self, upto: int) -> None:
        since = self._next
        self._damaged(since, f"the stream lacks the records {since} to {upto - 1}")
        self._before = None
        self._next = upto
        await self._pass_snapshots(upto - 1, since)

    def _take(self, entry: Entry) -> None:
        record = entry.record
        if record is None:
            self._before = None
            raise BrokenRecord("an entry that is no record")
        before, self._before = self._before, record[: len(GENESIS)].decode("ascii", "replace")
        commit, _ = peek(record)
        if Position(commit.epoch, commit.seq) != self._at(entry.seq):
            raise BrokenRecord(f"the record says that it is {commit.epoch}-{commit.seq}")
        if self._state is not None:
            advance(self._state, record)
        elif before is not None:
            check(record, before)

    def _damaged(self, seq: int, what: str) -> None:
        self._damages.append(Damage(self._at(seq), what))
        if self._state is not None:
            self._reachable = self._state.position
        self._state = None
        self._whole = False

    async def _pass_snapshots(self, upto: int, since: int = 0) -> None:
        """Compares with the snapshots of the positions ``since`` to ``upto``, or goes on from them."""
        for position in self._outline.snapshots:
            if since <= position.seq <= upto:
                await self._snapshot(position)

    async def _snapshot(self, position: Position) -> None:
        try:
            loaded = await load(self._server, position)
        except (BrokenSnapshot, Trimmed) as error:
            self._damages.append(Damage(position, f"the snapshot: {error}"))
            return
        continues = position.seq >= self._next - 1
        known = self._state if self._state is not None and self._state.position == position else None
        if known is not None and (difference := _difference(known, loaded)):
            self._damages.append(Damage(position, f"the snapshot is not what the records lead to: {difference}"))
            return
        if known is None and continues and self._whole and self._before not in (None, loaded.hash):
            self._damages.append(Damage(position, "the snapshot is of another history than the record before it"))
            return
        self._sound.append(position)
        self._reachable = position
        if continues:
            self._state = loaded
            self._before = loaded.hash
            self._whole = True

    async def _end(self) -> None:
        if self._next <= self._head.seq:
            await self._gap(self._head.seq + 1)
        if self._state is not None:
            self._reachable = self._state.position
            if self._state.hash != self._outline.head.hash:
                self._damages.append(Damage(self._head, "the records lead to another hash than the head's"))
        elif not self._damages:
            what = f"there is nothing to start from: no snapshot of {self._at(self._outline.first - 1)} or later"
            self._damages.append(Damage(self._head, what))
        for ahead in (each for each in self._outline.snapshots if each.seq > self._head.seq):
            self._damages.append(Damage(ahead, f"a snapshot from behind the head {self._head}: commits were lost"))
        if self._outline.last > self._head.seq:
            self._damages.append(Damage(self._head, f"the stream reaches {self._outline.last}, beyond the head"))

    def _at(self, seq: int) -> Position:
        return Position(self._head.epoch, seq)


def _difference(replayed: State, loaded: State) -> str:
    """What differs, in a few words; empty where nothing does."""
    if replayed.hash != loaded.hash:
        return "its hash"
    parts: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        ("user", replayed.users, loaded.users),
        ("event", replayed.events, loaded.events),
        ("answer", replayed.answers, loaded.answers),
    )
    for name, ours, theirs in parts:
        if differing := [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]:
            return f"{name} {differing[0]}"
    for event in replayed.events.values():
        if list(event.attendances) != list(loaded.events[event.id].attendances):
            return f"the order of attendees of event {event.id}"
    return "" if replayed.now == loaded.now else "its time"
