"""The input of the peers: each change goes to them in their own format."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from publisher import TimedChange, payload
from redis.asyncio import Redis

_CONNECTIONS: Final = 8  # to nchan


class PubSubTarget:
    """Publishes each change by Valkey's pub/sub. A room of the peer is a channel."""

    def __init__(self, valkey: Redis, rooms: int) -> None:
        self._valkey = valkey
        self._rooms = rooms
        self._before, self._after = payload()

    async def send(self, changes: Sequence[TimedChange]) -> None:
        async with self._valkey.pipeline(transaction=False) as pipeline:
            for event, mark in changes:
                pipeline.publish(*self._message(event % self._rooms, self._before + mark.encode() + self._after))
            await pipeline.execute()

    async def close(self) -> None:
        pass

    def _message(self, room: int, body: bytes) -> tuple[str, bytes]:
        return f"bench:{room}", body


class SocketIoTarget(PubSubTarget):
    """Publishes as ``@socket.io/redis-emitter`` does: msgpack of sender, packet and options; a channel per room."""

    def _message(self, room: int, body: bytes) -> tuple[str, bytes]:
        packet = {"type": 2, "data": ["change", msgspec.json.decode(body)], "nsp": "/"}
        options = {"rooms": [str(room)], "except": [], "flags": {}}
        return f"socket.io#/#{room}#", msgspec.msgpack.encode(["emitter", packet, options])


class NatsTarget:
    """Publishes over plain TCP without waiting for responses (NATS documentation: "Client Protocol")."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rooms: int) -> None:
        self._reader, self._writer = reader, writer
        self._rooms = rooms
        self._before, self._after = payload()
        self._pong_task = asyncio.create_task(self._answer_pings())

    @classmethod
    async def open(cls, port: int, rooms: int) -> "NatsTarget":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b'CONNECT {"verbose":false}\r\n')
        return cls(reader, writer, rooms)

    async def send(self, changes: Sequence[TimedChange]) -> None:
        for event, mark in changes:
            body = self._before + mark.encode() + self._after
            self._writer.write(b"PUB bench.%d %d\r\n%b\r\n" % (event % self._rooms, len(body), body))
        await self._writer.drain()

    async def close(self) -> None:
        self._pong_task.cancel()
        self._writer.close()

    async def _answer_pings(self) -> None:
        while line := await self._reader.readline():
            if line.startswith(b"PING"):
                self._writer.write(b"PONG\r\n")


class NchanTarget:
    """Publishes by HTTP POST on kept-alive connections, without waiting for each response.

    Every room has a message before the clients come, so that they know when they are subscribed.
    """

    def __init__(self, connections: Sequence[tuple[asyncio.StreamReader, asyncio.StreamWriter]], rooms: int) -> None:
        self._writers = [writer for _, writer in connections]
        self._rooms = rooms
        self._before, self._after = payload()
        self._tasks = [asyncio.create_task(_discard(reader)) for reader, _ in connections]

    @classmethod
    async def open(cls, port: int, rooms: int) -> "NchanTarget":
        connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(_CONNECTIONS)]
        target = cls(connections, rooms)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for room in range(rooms):
            writer.write(_post(room, b"ready"))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
        writer.close()
        return target

    async def send(self, changes: Sequence[TimedChange]) -> None:
        for event, mark in changes:
            room = event % self._rooms
            # A room has its connection, so that its messages stay in order.
            self._writers[room % _CONNECTIONS].write(_post(room, self._before + mark.encode() + self._after))
        await asyncio.gather(*(writer.drain() for writer in self._writers))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.close()


def _post(room: int, body: bytes) -> bytes:
    return b"POST /publish?room=%d HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n\r\n%b" % (room, len(body), body)


async def _discard(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass
