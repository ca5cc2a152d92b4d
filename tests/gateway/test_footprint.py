"""The memory and the work that one client costs."""

import asyncio
import gc
import json
import os
import socket
import tracemalloc
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import websockets
from history import EPOCH
from running_gateway import RunningGateway
from waiting import until

from fakes.memory_journal import MemoryJournal
from turnout_core.journal.port import Head
from turnout_gateway.live.audience import Client
from turnout_gateway.settings import Settings
from turnout_gateway.transport.uvicorn_protocols import HttpProtocol
from turnout_gateway.transport.websocket import WebSocketConnection

ServeGateway = Callable[..., Awaitable[RunningGateway]]

_CLIENTS = 400
_PER_CLIENT_MAX_BYTES = 2.4 * 1024  # of Python's heap; the kernel's socket buffers are extra
_WATCH = json.dumps({"type": "watch", "view": "events?when=upcoming"}).encode()


def _connect(port: int) -> socket.socket:
    """Opens a WebSocket that watches one view and stays idle."""
    sock = socket.create_connection(("127.0.0.1", port))
    key = b64encode(os.urandom(16)).decode()
    sock.sendall(
        f"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    received = b""
    while b'"hello"' not in received:
        received += sock.recv(65536)
    sock.sendall(bytes((0x81, 0x80 | len(_WATCH), 0, 0, 0, 0)) + _WATCH)  # a mask of zeros leaves the data as it is
    while b'"snapshot"' not in received:
        received += sock.recv(65536)
    return sock


async def test_an_idle_client_costs_less_than_2_4_kb(serve: ServeGateway) -> None:
    instance = await serve()
    instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    port = int(instance.url.rpartition(":")[2])
    sockets = [await asyncio.to_thread(_connect, port) for _ in range(20)]  # fills all caches before the measurement
    gc.collect()
    tracemalloc.start()
    try:
        sockets += [await asyncio.to_thread(_connect, port) for _ in range(_CLIENTS)]
        gc.collect()
        allocated_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    try:
        assert len(instance.gateway.hub.clients) == len(sockets)
        assert allocated_bytes / _CLIENTS <= _PER_CLIENT_MAX_BYTES
    finally:
        for sock in sockets:
            sock.close()
    await until(lambda: not len(instance.gateway.hub.clients))


async def test_a_disconnected_client_leaves_no_reference_cycle(serve: ServeGateway) -> None:
    """Full collections are rare (``turnout_core.runtime.gc_tuning``), so reference cycles would stay for long."""
    instance = await serve()
    port = int(instance.url.rpartition(":")[2])
    kinds = (WebSocketConnection, Client, HttpProtocol)
    gc.collect()
    gc.disable()
    try:
        sockets = [await asyncio.to_thread(_connect, port) for _ in range(5)]
        assert [each for each in gc.get_objects() if isinstance(each, WebSocketConnection)]
        for sock in sockets:
            sock.close()
        await until(lambda: not len(instance.gateway.hub.clients))
        await until(lambda: not [each for each in gc.get_objects() if isinstance(each, kinds)])
    finally:
        gc.enable()


class CountingJournal(MemoryJournal):
    """Counts the reads of its head."""

    def __init__(self) -> None:
        super().__init__()
        self.head_reads = 0

    async def head(self) -> Head | None:
        self.head_reads += 1
        await asyncio.sleep(0)  # answers later, like a server
        return await super().head()


async def test_many_clients_ahead_share_reads_of_the_head() -> None:
    journal = CountingJournal()
    await journal.create(EPOCH)
    async with RunningGateway.running(Settings(beat_ms=100), journal) as instance, AsyncExitStack() as stack:
        event = instance.writer.event(instance.writer.user())
        await instance.append_and_wait()
        sockets = [await stack.enter_async_context(websockets.connect(instance.live_url)) for _ in range(40)]
        before = journal.head_reads
        for sock in sockets:
            await sock.send(json.dumps({"type": "watch", "view": f"events/{event}", "at": f"{EPOCH}-4000"}))
        for sock in sockets:
            while json.loads(await sock.recv())["type"] != "snapshot":
                pass
        assert journal.head_reads - before <= len(sockets) / 4
