"""A raw SMTP server (RFC 5321) whose first sessions go wrong as a test asks; all later ones accept mails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Final, Literal

Fault = Literal[
    "hang after the greeting", "banner without end", "banner of one long line", "421 in the session",
    "drop after DATA", "drop before the answer", "drop after the answer",
]  # fmt: skip
_BANNER_BYTES: Final = 3_000_000


@dataclass
class BadMailServer:
    """Attributes:
    faults: of the next sessions, in turn.
    received: mails that came as a whole, also those that were not answered.
    accepted: mails that the server answered with 250.
    """

    faults: list[Fault]
    port: int = 0
    received: list[Message] = field(default_factory=list)
    accepted: list[Message] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await self._serve(reader, writer, self.faults.pop(0) if self.faults else None)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None) -> None:
        async def reply(line: bytes) -> None:
            await _reply(writer, line)

        await _greet(reader, writer, fault)
        while True:
            command = (await reader.readuntil(b"\r\n"))[:4].upper()
            if command == b"RCPT" and fault == "421 in the session":
                await reply(b"421 4.3.2 closing down")
                return
            if command != b"DATA":
                await reply(b"221 bye" if command == b"QUIT" else b"250 ok")
                continue
            await reply(b"354 go on")
            if fault == "drop after DATA":
                return
            mail = message_from_bytes(await reader.readuntil(b"\r\n.\r\n"))
            self.received.append(mail)
            if fault == "drop before the answer":
                return
            self.accepted.append(mail)
            await reply(b"250 2.0.0 accepted")
            if fault == "drop after the answer":
                return


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None) -> None:
    if fault == "banner of one long line":
        await _reply(writer, b"220 " + b"x" * _BANNER_BYTES)
    while fault == "banner without end":
        await _reply(writer, b"220-" + b"x" * 500)
    await _reply(writer, b"220 here.example")
    while fault == "hang after the greeting":
        await reader.readuntil(b"\n")


async def _reply(writer: asyncio.StreamWriter, line: bytes) -> None:
    writer.write(line + b"\r\n")
    await writer.drain()


@asynccontextmanager
async def bad_mail_server(*faults: Fault) -> AsyncIterator[BadMailServer]:
    """A server on a free port of 127.0.0.1."""
    found = BadMailServer(list(faults))
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for task in list(found.tasks):
            task.cancel()
        await asyncio.gather(*found.tasks)
