"""Reads the messages that Valkey pushes to a connection, at protocol level.

redis-py uses a stream, a timeout and a task for each message, which cost a follower more than applying the commits. So
redis-py connects, authenticates and subscribes; then this module reads its connection, with its parser.
"""

import asyncio
from typing import Any, Final

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LinkError

_CHUNK_BYTES: Final = 64 * 1024


class PushReader(asyncio.Protocol):
    """Reads a subscribed connection in place of redis-py; ``take_over`` creates it.

    While no caller waits, it reads once and then pauses, so unread messages stay in the socket buffer; a caller that
    comes in time costs no system call. It passes the end of the connection on to redis-py, which closes it.
    """

    def __init__(self, transport: asyncio.Transport, parser: Any) -> None:
        self._transport = transport
        self._parser = parser
        self._previous_protocol = transport.get_protocol()
        self._waiter: asyncio.Future[None] | None = None
        self._is_paused = not transport.is_reading()
        transport.set_protocol(self)

    async def next(self, timeout_s: float) -> list[Any]:
        """The messages since the last call, in order; empty if none came for ``timeout_s`` seconds.

        Raises:
            redis.exceptions.ConnectionError: the connection broke.
            redis.exceptions.InvalidResponse: the data is not RESP.
        """
        pushed = self._parse()
        if not pushed:
            await self._wait_for_data(timeout_s)
            pushed = self._parse()
        if not pushed and self._transport.is_closing():
            raise LinkError("the server closed the connection")
        return pushed

    def data_received(self, data: bytes) -> None:
        self._parser.feed(data)
        if self._waiter is not None:
            self._wake_waiter()
        elif not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wake_waiter()
        self._previous_protocol.connection_lost(exc)

    async def _wait_for_data(self, timeout_s: float) -> None:
        """Returns when data arrives, when the connection ends, or after ``timeout_s``."""
        if self._transport.is_closing():
            return
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(timeout_s, self._wake_waiter)
        try:
            if self._is_paused:
                self._is_paused = False
                self._transport.resume_reading()
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake_waiter(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _parse(self) -> list[Any]:
        pushed = []
        while isinstance(push := self._parser.gets(), list):  # anything else means that no complete message is left
            pushed.append(push)
        if isinstance(push, Exception):
            raise LinkError(str(push))
        return pushed


async def take_over(connection: AbstractConnection) -> PushReader:
    """Takes over reading of a connection on which no command will be sent.

    redis-py exposes neither transport nor parser, so this reads private attributes; a test fails when they move.

    Raises:
        redis.exceptions.ConnectionError: the connection is closed.
    """
    if not connection.is_connected:
        raise LinkError("the server closed the connection")
    internals: Any = connection
    stream, parser = internals._reader, internals._parser._reader  # noqa: SLF001
    while stream._buffer:  # noqa: SLF001 - data after the reply to SUBSCRIBE, not parsed yet
        parser.feed(await stream.read(_CHUNK_BYTES))
    return PushReader(internals._writer.transport, parser)  # noqa: SLF001
