"""Makes changes at a steady rate and sends them to a server in its own input format."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
from redis.asyncio import Redis

from turnout_core.domain.changes import AnyChange, Commit, Details, EventCreated, EventEdited, SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.state import Event, State, User
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS, seal
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.protocol import rendering

KEYS = Keys()

_FENCE: Final = 1
_BEAT_S: Final = 1.0  # as the command service
_YEAR_MS: Final = 365 * 24 * 3600 * 1000
_APPEND_RECORDS_MAX: Final = 64  # as the committer groups
_CATCH_UP_MAX_S: Final = 0.02  # the load's core does other things, too

TimedChange = tuple[int, str]
"""A change: the number of its event, and its time mark."""


def time_mark() -> str:
    """The present time in the format that ``load.c`` searches for."""
    return f"@{time.monotonic_ns():017d}@"


class Target(Protocol):
    async def send(self, changes: Sequence[TimedChange]) -> None:
        """Sends changes that were made at the same time."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Published:
    """The result of ``publish``.

    Attributes:
        changes: their number.
        answer_ms: until the target answered, median of the batches. For Turnout the changes are on the disk then;
            for the floor it is the answer of the journal beside it.
    """

    changes: int
    answer_ms: float


async def publish(target: Target, rate: float, seconds: float, events: int, batch: int) -> Published:
    """Makes ``rate`` changes a second, ``batch`` at a time, to all ``events`` in turn.

    It catches up at most 20 ms or one batch, so that a slow server is not flooded later.
    """
    changes = 0
    answers_s = []
    interval = batch / rate
    start = due = time.monotonic()
    while time.monotonic() < start + seconds:
        mark, began_s = time_mark(), time.monotonic()
        await target.send([((changes + each) % events, mark) for each in range(batch)])
        answers_s.append(time.monotonic() - began_s)
        changes += batch
        due = max(due + interval, time.monotonic() - max(interval, _CATCH_UP_MAX_S))
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return Published(changes, statistics.median(answers_s) * 1000)


def _details(event: int, title: str) -> Details:
    at = int(time.time()) // 60 * 60_000 + _YEAR_MS + event * 60_000
    local = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at / 1000))
    end = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at / 1000 + 3600))
    return Details(title, local, end, "Etc/UTC", at, at + 3_600_000)


def payload() -> tuple[bytes, bytes]:
    """The bytes before and after the mark in a change for peers, which is the card that Turnout sends."""
    state = State(Position("bench", 1), GENESIS)
    state.users["u"] = User("u", "Ada")
    card = msgspec.json.encode(rendering.card(state, Event("e123", "u", _details(0, "@MARK@"), 0)))
    before, _, after = card.partition(b"@MARK@")
    return before, after


class JournalTarget:
    """Appends sealed commits to the journal as the command service does, without its rules and its HTTP."""

    def __init__(self, journal: ValkeyJournal, head: Head, details: Sequence[Details]) -> None:
        self.head = head
        self._journal = journal
        self._details = details
        self._lock = asyncio.Lock()
        self._heartbeat = asyncio.create_task(self._send_heartbeats())

    @classmethod
    async def open(cls, valkey: Redis, journal: ValkeyJournal, events: int) -> "JournalTarget":
        """Creates a journal with ``events`` upcoming events, named e0, e1, …"""
        await valkey.set(KEYS.fence, _FENCE)
        head = await journal.create("bench")
        details = [_details(each, f"Event {each}") for each in range(events)]
        target = cls(journal, head, details)
        await target.append([(SignedUp("u", "Ada"),)])
        for first in range(0, events, _APPEND_RECORDS_MAX):
            numbers = range(first, min(first + _APPEND_RECORDS_MAX, events))
            await target.append([(EventCreated(f"e{each}", "u", details[each]),) for each in numbers])
        return target

    async def send(self, changes: Sequence[TimedChange]) -> None:
        await self.append(
            [
                (EventEdited(f"e{event}", msgspec.structs.replace(self._details[event], title=mark)),)
                for event, mark in changes
            ]
        )

    async def append(self, commits: Sequence[tuple[AnyChange, ...]]) -> None:
        async with self._lock:
            position, digest = self.head.position, self.head.hash
            records = []
            at = int(time.time() * 1000)
            for changes in commits:
                position = Position(position.epoch, position.seq + 1)
                record, digest = seal(Commit(position.epoch, position.seq, at, "u", changes), digest)
                records.append(record)
            after = Head(position, digest)
            await self._journal.append(_FENCE, self.head, records, after)
            self.head = after

    async def close(self) -> None:
        self._heartbeat.cancel()

    async def _send_heartbeats(self) -> None:
        while True:
            async with self._lock:
                await self._journal.publish_heartbeat(_FENCE)
            await asyncio.sleep(_BEAT_S)


class FloorTarget:
    """Tells the floor to make its changes itself.

    The same changes are also appended to a journal without a subscriber, so that the load on the other core is the same
    for every server.
    """

    def __init__(self, process: asyncio.subprocess.Process, journal_target: JournalTarget) -> None:
        self._process = process
        self._journal_target = journal_target

    async def run(self, rate: float, seconds: float, events: int, views: int, batch: int, *, merge: bool) -> Published:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        size = sum(map(len, payload())) + len(time_mark())
        self._process.stdin.write(f"go {rate} {batch} {int(merge)} {size} {seconds} {views}\n".encode())
        changes, published = await asyncio.gather(
            self._process.stdout.readline(), publish(self._journal_target, rate, seconds, events, batch)
        )
        return Published(int(changes), published.answer_ms)

    async def send(self, changes: Sequence[TimedChange]) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass
