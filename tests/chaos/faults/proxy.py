"""A TCP link that can fail: cut, silent, or open in one direction only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal

Mode = Literal["open", "cut", "hole", "deaf"]
_CHUNK_BYTES: Final = 65_536


class Proxy:
    """Connections from ``port`` to a server.

    Modes: ``cut`` breaks every connection and refuses new ones; ``hole`` holds up all that is said, as a network that
    loses every packet; ``deaf`` lets requests through and holds up the answers, so that outcomes become unknown.
    """

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._mode: Mode = "open"
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._links: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.set("open")

    def set(self, mode: Mode) -> None:
        """From now on the link behaves so. What was held up goes on where the link opens again."""
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
        for writer in self._links:
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
            there, to_there = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._links |= {writer, to_there}
            try:
                pumps = (self._pump(reader, to_there, self._up), self._pump(there, writer, self._down))
                await asyncio.gather(*pumps)
            finally:
                self._links -= {writer, to_there}
                to_there.transport.abort()
        writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event) -> None:
        """Until the end of one side, which ends the other one too."""
        with suppress(OSError):
            while data := await reader.read(_CHUNK_BYTES):
                await gate.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
