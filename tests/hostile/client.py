"""A hostile client: connections with raw bytes, a pace and dice. The standard library suffices, so it runs anywhere."""

import asyncio
import re
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

_CONNECT_TIMEOUT_S: Final = 5.0
_SEND_TIMEOUT_S: Final = 2.0
_HOLD_S: Final = 20.0
_RECEIVE_MAX_BYTES: Final = 64 * 1024
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")


@dataclass(frozen=True)
class Target:
    """The address under attack.

    Attributes:
        sources: the attackers' own addresses; an empty one leaves the choice to the operating system. The first is
            that of the flood that exceeds the limit of one address, so the others do not use it.
    """

    host: str
    port: int
    sources: Sequence[str] = ("",)


@dataclass
class Tally:
    """The acts of one attack.

    Attributes:
        ended_by_target: connections that the target closed or refused.
        statuses: of the responses.
    """

    connections: int = 0
    steps: int = 0
    sent_bytes: int = 0
    ended_by_target: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


class Pace:
    """Spreads steps evenly over time, so that attackers do not take the whole processor."""

    def __init__(self, steps_per_s: float) -> None:
        self._interval_s = 1 / steps_per_s
        self._next_s = 0.0

    async def wait(self) -> None:
        """Waits for the next step."""
        now_s = time.monotonic()
        self._next_s = max(now_s, self._next_s + self._interval_s)
        await asyncio.sleep(self._next_s - now_s)


class Connection:
    """One connection to the target. Every failure of it is an OSError."""

    def __init__(self, raw: socket.socket, tally: Tally) -> None:
        self._raw = raw
        self._tally = tally
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        """Sends ``data``. Raises TimeoutError, which is an OSError, if the target does not read it."""
        async with asyncio.timeout(_SEND_TIMEOUT_S):
            await self._loop.sock_sendall(self._raw, data)
        self._tally.sent_bytes += len(data)

    async def receive(self, timeout_s: float) -> bytes:
        """Some bytes; none if the target sent nothing in time. Raises ConnectionError at the end of the connection."""
        try:
            async with asyncio.timeout(timeout_s):
                data = await self._loop.sock_recv(self._raw, _RECEIVE_MAX_BYTES)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the target closed the connection")
        self._tally.statuses.update(status.decode() for status in _STATUS.findall(data))
        return data

    async def read_to_end(self, timeout_s: float) -> None:
        """Reads until the target sends nothing for ``timeout_s``. Raises ConnectionError at the end."""
        while await self.receive(timeout_s):
            pass

    async def hold(self) -> None:
        """Keeps the connection open, without reading."""
        await asyncio.sleep(_HOLD_S)

    def close(self) -> None:
        self._raw.close()


class HostileClient:
    """One client of an attack.

    Attributes:
        rng: decides everything that is random.
    """

    def __init__(self, target: Target, pace: Pace, tally: Tally, rng: Random) -> None:
        self.rng = rng
        self._target = target
        self._pace = pace
        self._tally = tally
        self._connection: Connection | None = None

    async def step(self) -> None:
        """Waits for this client's turn."""
        await self._pace.wait()
        self._tally.steps += 1

    async def connect(self, receive_buffer_bytes: int | None = None, source: str | None = None) -> Connection:
        """Opens a connection in place of the one before. Raises OSError.

        Args:
            receive_buffer_bytes: of the kernel; a small one lets the target's data stay with the target.
            source: address to connect from; otherwise one of the target's sources.
        """
        await self.step()
        self.close()
        family = socket.getaddrinfo(self._target.host, self._target.port, type=socket.SOCK_STREAM)[0][0]
        raw = socket.socket(family)
        self._connection = Connection(raw, self._tally)
        raw.setblocking(False)
        if receive_buffer_bytes is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        address = source if source is not None else self.rng.choice(self._target.sources[1:] or self._target.sources)
        if address:
            raw.bind((address, 0))
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            await asyncio.get_running_loop().sock_connect(raw, (self._target.host, self._target.port))
        self._tally.connections += 1
        return self._connection

    @property
    def crowded_source(self) -> str:
        """The address of the flood that exceeds the limit of one address."""
        return self._target.sources[0]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


Act = Callable[[HostileClient], Awaitable[None]]
"""The life of one connection. It is repeated until the attack ends."""


@dataclass(frozen=True)
class Attack:
    """One kind of attack, with its bounds.

    Attributes:
        clients: at a time; each has one connection.
        steps_per_s: of all clients together. A step is a connection or a write.
    """

    name: str
    clients: int
    steps_per_s: float
    act: Act
