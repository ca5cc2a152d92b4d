"""Verifies a journal: digests, the chain of hashes, the numbering, and each snapshot against the records."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from turnout.operations.errors import OperationInterrupted
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import (
    Entry,
    JournalOutline,
    apply_record,
    load_snapshot,
    read_entries,
    read_outline,
)
from turnout.progress import Advance, show_progress
from turnout_command.write.clock_guard import CLOCKS_APART_MAX_MS
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Head, RecordsTrimmed
from turnout_core.journal.record import GENESIS, BrokenRecord, peek, unseal
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.runtime.clock import wall_ms

_ATTEMPTS: Final = 5  # a running service may make a snapshot and trim the stream meanwhile


class Damage(msgspec.Struct, frozen=True):
    """A damaged part of the journal.

    Attributes:
        at: position of the damage.
    """

    at: Position
    description: str


class VerifyReport(msgspec.Struct, frozen=True):
    """The result of a verification.

    Attributes:
        records: number of sound records.
        snapshots: the sound snapshots, oldest first.
        newest_sound: the newest position whose state can be rebuilt; None if there is none.
        notes: harmless findings.
    """

    head: Head
    records: int
    snapshots: tuple[Position, ...]
    damages: tuple[Damage, ...]
    newest_sound: Position | None
    notes: tuple[str, ...]

    def next_step(self) -> str:
        """The remedy for the damages, in one line."""
        head = self.head.position
        if self.newest_sound is None:
            return "no state can be rebuilt: import a backup with `turnout journal import FILE --force`"
        restore = f"`turnout journal restore --to {self.newest_sound}`"
        if self.newest_sound == head:
            return f"the present state is sound: {restore} writes it anew, without the damage"
        lost = head.seq - self.newest_sound.seq
        return (
            f"everything up to {self.newest_sound} is sound: {restore} returns to it and drops {lost} later "
            "commits; or import a backup with `turnout journal import FILE --force`"
        )


async def verify(server: JournalServer) -> VerifyReport:
    """Checks the journal up to its present head. Services may run meanwhile.

    Raises:
        OperationRefused: there is no journal.
        NewerFormat: a newer version has written it.
        OperationInterrupted: the journal was trimmed during each attempt.
    """
    for _ in range(_ATTEMPTS):
        outline = await read_outline(server)
        with show_progress("Verifying", total=max(0, outline.head.position.seq - max(outline.first - 1, 0))) as advance:
            report = await _Verification(server, outline).run(advance)
        if not report.damages or not _has_changed(outline, await read_outline(server)):
            return report
    raise OperationInterrupted("the journal was trimmed again and again while it was read: try once more")


def _has_changed(before: JournalOutline, after: JournalOutline) -> bool:
    return before.snapshots != after.snapshots or before.head.position.epoch != after.head.position.epoch


class _Verification:
    """One pass over the stream up to the head. Each snapshot is compared with the state at its position."""

    def __init__(self, server: JournalServer, outline: JournalOutline) -> None:
        self._server = server
        self._outline = outline
        self._head = outline.head.position
        self._damages: list[Damage] = []
        self._sound_snapshots: list[Position] = []
        self._record_count = 0
        self._state: State | None = None
        self._newest_sound: Position | None = None
        self._previous_hash: str | None = None  # hash that the next record continues; None if unknown
        self._is_previous_sound = True  # the record before the next one was sound
        self._newest_at = 0  # time of the last commit, in ms since 1970
        newest = outline.snapshots[-1].seq if outline.snapshots else 0
        self._next = outline.first or newest + 1  # number of the next record

    async def run(self, advance: Advance) -> VerifyReport:
        if not self._outline.snapshots and self._next == 1:
            self._state = State(self._position(0), GENESIS)
        if self._next == 1:
            self._previous_hash = GENESIS
        await self._check_snapshots(self._next - 1)
        async for batch in read_entries(self._server, 0, self._head.seq):
            for entry in batch:
                await self._check_entry(entry)
            advance(len(batch))
            await asyncio.sleep(0)
        await self._check_end()
        return VerifyReport(
            head=self._outline.head,
            records=self._record_count,
            snapshots=tuple(self._sound_snapshots),
            damages=tuple(self._damages),
            newest_sound=self._newest_sound,
            notes=tuple(self._notes()),
        )

    def _notes(self) -> Iterator[str]:
        for name in self._outline.foreign_names:
            yield f"{name} is listed as a snapshot, but is none of this journal"
        ahead_ms = self._newest_at - wall_ms()
        if ahead_ms > CLOCKS_APART_MAX_MS:
            newest = datetime.fromtimestamp(self._newest_at / 1000, UTC)
            yield f"the newest commit is of {newest:%Y-%m-%d %H:%M} UTC: the clock was ahead then, or is behind now"

    async def _check_entry(self, entry: Entry) -> None:
        if entry.part or entry.seq < self._next:
            description = f"the stream holds an entry {entry.seq}-{entry.part} that Turnout did not write"
            self._damages.append(Damage(self._position(entry.seq), description))
            return
        if entry.seq > self._next:
            await self._add_gap(entry.seq)
        try:
            self._apply(entry)
            self._record_count += 1
            self._is_previous_sound = True
        except BrokenRecord as error:
            self._add_damage(entry.seq, str(error))
        self._next += 1
        await self._check_snapshots(entry.seq, entry.seq)

    async def _add_gap(self, upto: int) -> None:
        since = self._next
        self._add_damage(since, f"the stream lacks the records {since} to {upto - 1}")
        self._previous_hash = None
        self._next = upto
        await self._check_snapshots(upto - 1, since)

    def _apply(self, entry: Entry) -> None:
        record = entry.record
        if record is None:
            self._previous_hash = None
            raise BrokenRecord("the entry is no record")
        before, self._previous_hash = self._previous_hash, record[: len(GENESIS)].decode("ascii", "replace")
        commit, _ = peek(record) if before is None else unseal(record, before)
        if Position(commit.epoch, commit.seq) != self._position(entry.seq):
            raise BrokenRecord(f"the record has the position {commit.epoch}-{commit.seq}")
        self._newest_at = commit.at
        if self._state is not None:
            apply_record(self._state, record)

    def _add_damage(self, seq: int, description: str) -> None:
        self._damages.append(Damage(self._position(seq), description))
        if self._state is not None:
            self._newest_sound = self._state.position
        self._state = None
        self._is_previous_sound = False

    async def _check_snapshots(self, upto: int, since: int = 0) -> None:
        """Compares the state with the snapshots from ``since`` to ``upto``, or continues from them."""
        for position in self._outline.snapshots:
            if since <= position.seq <= upto:
                await self._check_snapshot(position)

    async def _check_snapshot(self, position: Position) -> None:
        try:
            loaded = await load_snapshot(self._server, position)
        except (BrokenSnapshot, RecordsTrimmed) as error:
            self._damages.append(Damage(position, f"the snapshot: {error}"))
            return
        continues = position.seq >= self._next - 1
        known = self._state if self._state is not None and self._state.position == position else None
        if known is not None and (difference := _difference(known, loaded)):
            self._damages.append(
                Damage(position, f"the snapshot differs from the state that the records lead to: {difference}")
            )
            return
        if known is None and continues and self._is_previous_sound and self._previous_hash not in (None, loaded.hash):
            self._damages.append(Damage(position, "the snapshot has another history than the record before it"))
            return
        self._sound_snapshots.append(position)
        self._newest_sound = position
        if continues:
            self._state = loaded
            self._previous_hash = loaded.hash
            self._is_previous_sound = True

    async def _check_end(self) -> None:
        if self._next <= self._head.seq:
            await self._add_gap(self._head.seq + 1)
        if self._state is not None:
            self._newest_sound = self._state.position
            if self._state.hash != self._outline.head.hash:
                self._damages.append(Damage(self._head, "the records lead to another hash than the head's"))
        elif not self._damages:
            description = (
                f"the stream continues no snapshot: there is none of {self._position(self._outline.first - 1)} or later"
            )
            self._damages.append(Damage(self._head, description))
        for ahead in (each for each in self._outline.snapshots if each.seq > self._head.seq):
            self._damages.append(Damage(ahead, f"the snapshot is newer than the head {self._head}: commits were lost"))
        if self._outline.last > self._head.seq:
            self._damages.append(Damage(self._head, f"the stream reaches {self._outline.last}, beyond the head"))

    def _position(self, seq: int) -> Position:
        return Position(self._head.epoch, seq)


def _difference(replayed: State, loaded: State) -> str:
    """Names the first difference in a few words; empty if there is none."""
    if replayed.hash != loaded.hash:
        return "its hash"
    counts_time = loaded.committed_at != 0  # earlier versions counted the time that keys are kept in another way
    parts: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        ("user", replayed.users, loaded.users),
        ("event", replayed.events, loaded.events),
        ("answer", replayed.answers if counts_time else {}, loaded.answers if counts_time else {}),
    )
    for name, ours, theirs in parts:
        if differing := [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]:
            return f"{name} {differing[0]}"
    for event in replayed.events.values():
        if list(event.attendances) != list(loaded.events[event.id].attendances):
            return f"the order of attendees of event {event.id}"
    is_same_time = (replayed.elapsed_ms, replayed.committed_at) == (loaded.elapsed_ms, loaded.committed_at)
    return "" if is_same_time or not counts_time else "its time"
