"""Makes changes at a steady pace and hands them to a server, in the way in which that server is fed."""

import asyncio
import time
from collections.abc import Sequence
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
from turnout_core.protocol import rendering as present

KEYS = Keys()

_FENCE: Final = 1
_BEAT_S: Final = 1.0  # as the command service beats
_YEAR_MS: Final = 365 * 24 * 3600 * 1000
_APPEND_MOST: Final = 64  # as the committer groups
_MADE_UP_MOST_S: Final = 0.02  # the load's core does other things, too

Made = tuple[int, str]
"""A change: which of the events it is about, and the mark that it carries."""


def mark() -> str:
    """The time of a change, in the form that ``load.c`` looks for."""
    return f"@{time.monotonic_ns():017d}@"


class Target(Protocol):
    async def send(self, made: Sequence[Made]) -> None:
        """Hands over changes that were made at once."""
        ...

    async def close(self) -> None: ...


async def publish(target: Target, rate: float, seconds: float, events: int, batch: int) -> int:
    """Makes ``rate`` changes a second, ``batch`` at a time, going around ``events``. Gives how many were made.

    Makes up for a moment that was lost, or for one batch, and for no more: a server that cannot take them is not
    flooded later.
    """
    made = 0
    interval = batch / rate
    start = due = time.monotonic()
    while time.monotonic() < start + seconds:
        stamp = mark()
        await target.send([((made + each) % events, stamp) for each in range(batch)])
        made += batch
        due = max(due + interval, time.monotonic() - max(interval, _MADE_UP_MOST_S))
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return made


def _details(event: int, title: str) -> Details:
    at = int(time.time()) // 60 * 60_000 + _YEAR_MS + event * 60_000
    local = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at / 1000))
    end = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at / 1000 + 3600))
    return Details(title, local, end, "Etc/UTC", at, at + 3_600_000)


def payload() -> tuple[bytes, bytes]:
    """A change as peers relay it, around its mark: the very card that Turnout would send."""
    state = State(Position("bench", 1), GENESIS)
    state.users["u"] = User("u", "Ada")
    card = msgspec.json.encode(present.card(state, Event("e123", "u", _details(0, "@MARK@"), 0)))
    before, _, after = card.partition(b"@MARK@")
    return before, after


class JournalTarget:
    """Appends sealed commits to the journal as the command service does, without its rules and its HTTP."""

    def __init__(self, journal: ValkeyJournal, head: Head, details: Sequence[Details]) -> None:
        self.head = head
        self._journal = journal
        self._details = details
        self._lock = asyncio.Lock()
        self._beating = asyncio.create_task(self._beat())

    @classmethod
    async def open(cls, valkey: Redis, journal: ValkeyJournal, events: int) -> "JournalTarget":
        """Starts a history with ``events`` upcoming events, called e0, e1, …"""
        await valkey.set(KEYS.fence, _FENCE)
        head = await journal.create("bench")
        details = [_details(each, f"Event {each}") for each in range(events)]
        target = cls(journal, head, details)
        await target.append([(SignedUp("u", "Ada"),)])
        for first in range(0, events, _APPEND_MOST):
            some = range(first, min(first + _APPEND_MOST, events))
            await target.append([(EventCreated(f"e{each}", "u", details[each]),) for each in some])
        return target

    async def send(self, made: Sequence[Made]) -> None:
        await self.append(
            [
                (EventEdited(f"e{event}", msgspec.structs.replace(self._details[event], title=stamp)),)
                for event, stamp in made
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
        self._beating.cancel()

    async def _beat(self) -> None:
        while True:
            async with self._lock:
                await self._journal.publish_heartbeat(_FENCE)
            await asyncio.sleep(_BEAT_S)


class BusTarget:
    """Publishes each change on Valkey's bus; a room of the peer is a channel."""

    def __init__(self, valkey: Redis, rooms: int) -> None:
        self._valkey = valkey
        self._rooms = rooms
        self._before, self._after = payload()

    async def send(self, made: Sequence[Made]) -> None:
        async with self._valkey.pipeline(transaction=False) as together:
            for event, stamp in made:
                together.publish(*self._message(event % self._rooms, self._before + stamp.encode() + self._after))
            await together.execute()

    async def close(self) -> None:
        pass

    def _message(self, room: int, body: bytes) -> tuple[str, bytes]:
        return f"bench:{room}", body


class SocketIoTarget(BusTarget):
    """Speaks what ``@socket.io/redis-emitter`` speaks: msgpack of sender, packet, options; a channel for each room."""

    def _message(self, room: int, body: bytes) -> tuple[str, bytes]:
        packet = {"type": 2, "data": ["change", msgspec.json.decode(body)], "nsp": "/"}
        options = {"rooms": [str(room)], "except": [], "flags": {}}
        return f"socket.io#/#{room}#", msgspec.msgpack.encode(["emitter", packet, options])


class NatsTarget:
    """Publishes over plain TCP: PUB, and nothing waits for an answer (NATS documentation: "Client Protocol")."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rooms: int) -> None:
        self._reader, self._writer = reader, writer
        self._rooms = rooms
        self._before, self._after = payload()
        self._answering = asyncio.create_task(self._answer())

    @classmethod
    async def open(cls, port: int, rooms: int) -> "NatsTarget":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b'CONNECT {"verbose":false}\r\n')
        return cls(reader, writer, rooms)

    async def send(self, made: Sequence[Made]) -> None:
        for event, stamp in made:
            body = self._before + stamp.encode() + self._after
            self._writer.write(b"PUB bench.%d %d\r\n%b\r\n" % (event % self._rooms, len(body), body))
        await self._writer.drain()

    async def close(self) -> None:
        self._answering.cancel()
        self._writer.close()

    async def _answer(self) -> None:
        while line := await self._reader.readline():
            if line.startswith(b"PING"):
                self._writer.write(b"PONG\r\n")


class FloorTarget:
    """The floor makes its changes itself.

    Meanwhile the same changes are written without a subscriber: the load on the other core slows this one, for
    every server alike.
    """

    def __init__(self, process: asyncio.subprocess.Process, beside: JournalTarget) -> None:
        self._process = process
        self._beside = beside

    async def go(self, rate: float, seconds: float, events: int, views: int, batch: int, *, merge: bool) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        size = sum(map(len, payload())) + len(mark())
        self._process.stdin.write(f"go {rate} {batch} {int(merge)} {size} {seconds} {views}\n".encode())
        made, _ = await asyncio.gather(
            self._process.stdout.readline(), publish(self._beside, rate, seconds, events, batch)
        )
        return int(made)

    async def send(self, made: Sequence[Made]) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass
