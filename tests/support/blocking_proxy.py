"""A proxy between a browser and the product that lets some kinds of live connections through, and others not."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from enum import Enum, auto
from typing import Final

_REFUSAL: Final = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_CHUNK_BYTES: Final = 65_536


class Sockets(Enum):
    """The fate of WebSockets at the proxy."""

    PASS = auto()
    REFUSE = auto()
    """An upgrade gets 403."""
    SWALLOW = auto()
    """The handshake passes, and no frame does, in either direction."""


class BlockingProxy:
    """Forwards connections from a free local port to the port ``target``.

    Attributes:
        url: address of the free port, for the browser.
        sockets: what happens to the next WebSocket.
        stores_streams: whether server-sent events are kept back, as by a proxy that waits for the end of an answer.
        open_sockets: the WebSockets that are open to the product.
        open_streams: the event streams that are open to the product.
    """

    def __init__(self, target: int, *, sockets: Sockets, stores_streams: bool = False) -> None:
        self._target = target
        self.sockets = sockets
        self.stores_streams = stores_streams
        self.open_sockets = 0
        self.open_streams = 0
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accept, "127.0.0.1", 0), self._loop
        ).result()
        self.url = f"http://localhost:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        connections = list(self._connections)
        for each in connections:
            each.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._serve(reader, writer)
        writer.close()
        self._connections.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_upgrade = b"upgrade: websocket" in head.lower()
        if is_upgrade and self.sockets is Sockets.REFUSE:
            writer.write(_REFUSAL)
            await writer.drain()
            return
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            to_server.write(head)
            if is_upgrade and self.sockets is Sockets.SWALLOW:
                writer.write(await from_server.readuntil(b"\r\n\r\n"))
                await asyncio.gather(_swallow(reader), _swallow(from_server))
                return
            with self._counted_socket() if is_upgrade else contextlib.nullcontext():
                await _until_one_ends(_forward(reader, to_server), self._forward_answers(from_server, writer))
        finally:
            to_server.close()

    @contextlib.contextmanager
    def _counted_socket(self) -> Iterator[None]:
        self.open_sockets += 1
        try:
            yield
        finally:
            self.open_sockets -= 1

    async def _forward_answers(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        is_stream = False
        try:
            while data := await source.read(_CHUNK_BYTES):
                if not is_stream and b"content-type: text/event-stream" in data.lower():
                    is_stream = True
                    self.open_streams += 1
                if not (is_stream and self.stores_streams):
                    sink.write(data)
                    await sink.drain()
        finally:
            self.open_streams -= is_stream


async def _forward(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK_BYTES):
        sink.write(data)
        await sink.drain()


async def _swallow(source: asyncio.StreamReader) -> None:
    while await source.read(_CHUNK_BYTES):
        pass


async def _until_one_ends(*forwards: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.ensure_future(each) for each in forwards]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def running_blocking_proxy(target: int, *, sockets: Sockets, stores_streams: bool = False) -> Iterator[BlockingProxy]:
    """Runs the proxy for the duration of the block."""
    proxy = BlockingProxy(target, sockets=sockets, stores_streams=stores_streams)
    try:
        yield proxy
    finally:
        proxy.close()
