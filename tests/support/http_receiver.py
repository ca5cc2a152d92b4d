"""A server that receives posts, as a push service or the receiver of a webhook, and answers as a test asks."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """A request; names of headers are in lower case.

    Attributes:
        server_name: that the client named in the TLS handshake (RFC 6066 section 3); None without.
    """

    target: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None


@dataclass
class Receiver:
    """Attributes:
    answers: to the next requests; then all get 204.
    connections: that clients have opened.
    """

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    connections: int = 0
    server_name: str | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while True:
                request = await self._read(reader)
                await self.answer_to(request)(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()
        finally:
            self.tasks.discard(task)

    def answer_to(self, request: Received) -> Answer:
        """Notes the request, and returns its answer."""
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else answering(204)

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Received(first.split(" ")[1], headers, body, self.server_name)


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port of 127.0.0.1."""
    receiver = Receiver()
    async with running(receiver, tls):
        yield receiver


@asynccontextmanager
async def running(receiver: Receiver, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    """Runs ``receiver`` on a free port of 127.0.0.1."""
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: _note_name(receiver, name)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        for task in receiver.tasks:
            task.cancel()
        await asyncio.gather(*receiver.tasks)


def _note_name(receiver: Receiver, name: str | None) -> None:
    receiver.server_name = name


def answering(status: int, **headers: str) -> Answer:
    """Answers with ``status`` and no body; ``retry_after`` stands for ``retry-after``."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Any", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        if status != 204:
            lines.append("content-length: 0")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()

    return answer


async def stalling(_: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.Event().wait()


async def hanging_up(writer: asyncio.StreamWriter) -> None:
    """Ends the connection without an answer."""
    writer.transport.abort()


async def flooding(writer: asyncio.StreamWriter) -> None:
    """Answers 200 with a body without end."""
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        await writer.drain()


async def dripping_headers(writer: asyncio.StreamWriter) -> None:
    """Answers with headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-more: " + b"x" * 1_000 + b"\r\n")
        await writer.drain()


def resolving(*addresses: str) -> Any:
    """A resolver whose answers change: each call gets the next of ``addresses``, and the last one stays."""
    left = list(addresses)

    async def resolve(_host: str, _port: int) -> list[str]:
        return [left.pop(0) if len(left) > 1 else left[0]]

    return resolve
