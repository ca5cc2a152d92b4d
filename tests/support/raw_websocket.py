"""WebSocket clients for tests: helpers for a library client, and a client that sends arbitrary bytes."""

import asyncio
import contextlib
import json
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from running_gateway import RunningGateway
from view_replica import read
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

ServeGateway = Callable[..., Awaitable[RunningGateway]]


async def send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def receive(socket: ClientConnection) -> dict[str, Any]:
    return read(await asyncio.wait_for(socket.recv(), 10))


async def receive_close_code(socket: ClientConnection) -> int:
    """Reads until the server closes; returns the close code."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
    assert socket.close_code is not None
    return socket.close_code


class RawWebSocket:
    """A WebSocket client that can send arbitrary bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, instance: RunningGateway) -> "RawWebSocket":
        host, _, port = instance.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    async def receive_frame(self) -> tuple[int, bytes]:
        """The next frame: its first byte and its payload."""
        head = await self.reader.readexactly(2)
        size = head[1]
        if size == 126:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        return head[0], await self.reader.readexactly(size)

    async def receive_close_code(self) -> int:
        """Reads to the close frame and answers it; returns its code once the connection has ended."""
        async with asyncio.timeout(10):
            while (frame := await self.receive_frame())[0] != 0x88:
                pass
            self.writer.write(masked(8, frame[1]))
            await self.reader.read()
        return int.from_bytes(frame[1][:2], "big")

    def abort(self) -> None:
        self.writer.transport.abort()


def masked(opcode: int, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(Opcode(opcode), data, fin=fin).serialize(mask=True)
