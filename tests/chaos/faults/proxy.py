"""A TCP proxy whose connections can fail: cut, silent, or open in one direction only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal

Mode = Literal["open", "cut", "hole", "deaf"]
_CHUNK_BYTES: Final = 65_536


class Proxy:
    """Forwards connections to ``port`` to a server.

    Modes: ``cut`` breaks every connection and refuses new ones. ``hole`` delays all data, as a network that loses every
    packet. ``deaf`` forwards requests and delays responses, so that outcomes become unknown.
    """

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._mode: Mode = "open"
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.set("open")

    def set(self, mode: Mode) -> None:
        """Changes the mode. Delayed data is forwarded once the mode is ``open`` again."""
        self._mode = mode
        for gate, is_open in ((self._up, mode in ("open", "deaf")), (self._down, mode == "open")):
            if is_open:
                gate.set()
            else:
                gate.clear()
        if mode == "cut":
            self.reset()

    def reset(self) -> None:
        """Breaks every connection."""
        for writer in self._writers:
            writer.transport.abort()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            self.reset()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "cut":
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(OSError, asyncio.CancelledError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._writers |= {writer, server_writer}
            try:
                directions = (
                    self._forward(reader, server_writer, self._up),
                    self._forward(server_reader, writer, self._down),
                )
                await asyncio.gather(*directions)
            finally:
                self._writers -= {writer, server_writer}
                server_writer.transport.abort()
        writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event) -> None:
        """Forwards data until one side ends, then ends the other one."""
        with suppress(OSError):
            while data := await reader.read(_CHUNK_BYTES):
                await gate.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
