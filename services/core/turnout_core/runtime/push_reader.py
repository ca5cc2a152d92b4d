"""Reads the messages that Valkey pushes to a connection, at protocol level.

In redis-py a stream, a timeout and a task for each message cost a follower more than the commits in it. So redis-py
connects, authenticates and subscribes; then its connection is read here, with its parser.
"""

import asyncio
from typing import Any, Final

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LinkError

_CHUNK_BYTES: Final = 64 * 1024


class PushReader(asyncio.Protocol):
    """Takes over reading of a subscribed connection; made by ``take_over``.

    It reads only while a caller waits, so unread messages stay in the socket buffer. The end of the connection is
    passed on to redis-py, which closes it.
    """

    def __init__(self, transport: asyncio.Transport, parser: Any) -> None:
        self._transport = transport
        self._parser = parser
        self._before = transport.get_protocol()
        self._arrival: asyncio.Future[None] | None = None
        transport.pause_reading()
        transport.set_protocol(self)

    async def next(self, timeout_s: float) -> list[Any]:
        """The messages since the last call, in order; empty if none came for ``timeout_s`` seconds.

        Raises:
            redis.exceptions.ConnectionError: the connection broke.
            redis.exceptions.InvalidResponse: the data is not RESP.
        """
        pushed = self._parsed()
        if not pushed:
            await self._arrive(timeout_s)
            pushed = self._parsed()
        if not pushed and self._transport.is_closing():
            raise LinkError("the server closed the connection")
        return pushed

    def data_received(self, data: bytes) -> None:
        self._parser.feed(data)
        self._arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self._before.connection_lost(exc)

    async def _arrive(self, timeout_s: float) -> None:
        """Returns when data came, when the connection is gone, or after ``timeout_s``."""
        if self._transport.is_closing():
            return
        loop = asyncio.get_running_loop()
        self._arrival = loop.create_future()
        alarm = loop.call_later(timeout_s, self._arrived)
        try:
            self._transport.resume_reading()
            await self._arrival
        finally:
            alarm.cancel()
            self._arrival = None
            if not self._transport.is_closing():
                self._transport.pause_reading()

    def _arrived(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def _parsed(self) -> list[Any]:
        pushed = []
        while isinstance(push := self._parser.gets(), list):  # anything else: no complete message is left
            pushed.append(push)
        if isinstance(push, Exception):
            raise LinkError(str(push))
        return pushed


async def take_over(connection: AbstractConnection) -> PushReader:
    """Takes over reading of a connection on which no command will be sent.

    redis-py exposes neither transport nor parser; a test fails when they are moved.

    Raises:
        redis.exceptions.ConnectionError: it is closed.
    """
    if not connection.is_connected:
        raise LinkError("the server closed the connection")
    hidden: Any = connection
    stream, parser = hidden._reader, hidden._parser._reader  # noqa: SLF001
    while stream._buffer:  # noqa: SLF001 - came with the reply to SUBSCRIBE, not parsed yet
        parser.feed(await stream.read(_CHUNK_BYTES))
    return PushReader(hidden._writer.transport, parser)  # noqa: SLF001
