"""One WebSocket connection yields to others, and its closing handshake and its socket end properly."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import islice
from typing import cast

import pytest
import websockets
from running_gateway import RunningGateway
from view_replica import read
from waiting import until
from websockets.frames import Frame, Opcode

from turnout_gateway.live.audience import Client
from turnout_gateway.transport.websocket import AFTER_CLOSE_MAX_BYTES, FRAMES_PER_TURN_MAX, WebSocketConnection
from turnout_gateway.wire.frame_out import beat
from turnout_gateway.wire.frames_in import FrameReader, Message, Part, Violation

ServeGateway = Callable[..., Awaitable[RunningGateway]]

PONG = Frame(Opcode.PONG, b"").serialize(mask=True)
WATCH = Frame(Opcode.TEXT, b"{}").serialize(mask=True)
CLOSE = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)


class FakeTransport(asyncio.Transport):
    """Accepts all data, and records the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.reading = True
        self.aborted = False
        self.closed = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Never congested."""

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed or self.aborted

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True


class CountingEvents:
    """Counts what it receives. Satisfies ``ConnectionEvents``."""

    def __init__(self) -> None:
        self.messages = 0
        self.frames = 0

    def on_message(self, connection: WebSocketConnection, message: Message) -> None:  # noqa: ARG002 - the signature is the port's
        self.messages += 1

    def count_frame(self, connection: WebSocketConnection) -> bool:  # noqa: ARG002 - the signature is the port's
        self.frames += 1
        return True

    def on_congested(self, connection: WebSocketConnection) -> None:
        """Ignored."""

    def on_drained(self, connection: WebSocketConnection) -> None:
        """Ignored."""

    def on_lost(self, connection: WebSocketConnection) -> None:
        """Ignored."""


class SocketHarness:
    """A connection with a fake transport and counted events."""

    def __init__(self) -> None:
        self.transport = FakeTransport()
        self.events = CountingEvents()
        self.connection = WebSocketConnection(self.transport, self.events, 8192)


@pytest.fixture
async def harness() -> AsyncIterator[SocketHarness]:
    harness = SocketHarness()
    yield harness
    harness.connection.connection_lost(None)


async def test_a_connection_yields_after_its_maximum_of_frames(harness: SocketHarness) -> None:
    harness.connection.data_received(PONG * (2 * FRAMES_PER_TURN_MAX) + WATCH)
    turns = [(harness.events.frames, harness.transport.reading)]
    while not harness.transport.reading:
        await asyncio.sleep(0)
        turns.append((harness.events.frames, harness.transport.reading))
    assert turns == [(FRAMES_PER_TURN_MAX, False), (2 * FRAMES_PER_TURN_MAX, False), (2 * FRAMES_PER_TURN_MAX, True)]
    assert harness.events.messages == 1


async def test_fragments_and_pongs_count_as_frames(harness: SocketHarness) -> None:
    fragments = [Frame(Opcode.TEXT, b"{", fin=False), Frame(Opcode.CONT, b"", fin=False), Frame(Opcode.CONT, b"}")]
    harness.connection.data_received(b"".join(frame.serialize(mask=True) for frame in fragments) + PONG)
    assert (harness.events.messages, harness.events.frames) == (1, 3)


async def test_messages_after_our_close_frame_are_ignored(harness: SocketHarness) -> None:
    harness.connection.send_close(4502, "too fast")
    harness.connection.data_received(WATCH * 10 + CLOSE)
    assert (harness.transport.closed, harness.events.messages) == (True, 0)


async def test_a_client_that_sends_much_after_our_close_frame_is_aborted(harness: SocketHarness) -> None:
    harness.connection.send_close(4502, "too fast")
    for _ in range(AFTER_CLOSE_MAX_BYTES // len(PONG)):
        harness.connection.data_received(PONG)
    assert not harness.transport.aborted
    harness.connection.data_received(PONG)
    assert harness.transport.aborted


async def test_received_bytes_of_a_lost_connection_are_ignored(harness: SocketHarness) -> None:
    harness.connection.data_received(PONG * 1000)
    harness.transport.abort()
    await asyncio.sleep(0)
    assert harness.events.frames == FRAMES_PER_TURN_MAX


async def transport_pair() -> tuple[asyncio.Transport, socket.socket]:
    """A transport on a real socket, and the socket's other end."""
    here, there = socket.socketpair()
    here.setblocking(False)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=here)
    return transport, there


async def test_a_connection_that_is_not_admitted_leaves_the_socket_open() -> None:
    transport, there = await transport_pair()
    WebSocketConnection(transport, CountingEvents(), 8192)
    gc.collect()
    transport.write(b"refused")
    transport.close()
    assert await asyncio.to_thread(there.recv, 100) == b"refused"
    there.close()


async def test_an_admitted_connection_uses_the_socket_until_it_is_lost() -> None:
    transport, there = await transport_pair()
    connection = WebSocketConnection(transport, CountingEvents(), 8192)
    connection.start(cast(Client, "somebody"))
    connection.write(beat("test-1"))
    assert there.recv(100, socket.MSG_DONTWAIT) == beat("test-1").wire
    connection.connection_lost(None)
    gc.collect()
    transport.write(b"still there")
    transport.close()
    assert await asyncio.to_thread(there.recv, 100) == b"still there"
    there.close()


def test_a_message_of_too_many_empty_fragments_is_refused() -> None:
    beginning, more = (Frame(each, b"", fin=False).serialize(mask=True) for each in (Opcode.TEXT, Opcode.CONT))
    received = FrameReader(8192).feed(beginning + more * 1000)
    assert list(islice(received, 1000)) == [Part()] * 1000
    with pytest.raises(Violation, match="too big"):
        next(received)


async def test_a_flood_of_pongs_closes_only_its_own_connection(serve: ServeGateway) -> None:
    instance = await serve()
    async with websockets.connect(instance.live_url) as other, websockets.connect(instance.live_url) as flood:
        flood.transport.write(PONG * 40_000)
        await until(lambda: len(instance.gateway.hub.clients) == 1)
        assert instance.gateway.hub.counters.closes == {"too_fast": 1}
        await other.send('{"type":"watch","view":"events"}')
        await other.recv()
        assert read(await other.recv())["type"] == "snapshot"
