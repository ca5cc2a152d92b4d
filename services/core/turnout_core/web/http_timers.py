"""The timers of an HTTP connection."""

import asyncio
from collections.abc import Callable
from typing import Final

from turnout_core.web.http_limits import HttpLimits

IDLE: Final = "connection"
HEAD: Final = "head"
BODY: Final = "body"
LINGER: Final = "rest of a body"


class Deadline:
    """The time by which the present part of a message must be complete.

    Args:
        on_expired: called with the part that took too long.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: HttpLimits, on_expired: Callable[[str], None]) -> None:
        self._loop = loop
        self._seconds = {IDLE: limits.idle_s, HEAD: limits.head_s, BODY: limits.body_s, LINGER: limits.linger_s}
        self._on_expired = on_expired
        self._part = IDLE
        self._timer: asyncio.TimerHandle | None = None

    def start(self, part: str) -> None:
        """Starts the time of ``part``, unless it runs already."""
        if self._timer is not None:
            if self._part == part:
                return
            self._timer.cancel()
        self._part = part
        self._timer = self._loop.call_later(self._seconds[part], self._expire)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Cancels for good, and drops the callback: connection and deadline would form a cycle."""
        self.cancel()
        self._on_expired = _ignore

    def _expire(self) -> None:
        self._timer = None
        self._on_expired(self._part)


class StallTimer:
    """Aborts a connection whose unsent data does not shrink for ``stall_s`` seconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stall_s: float) -> None:
        self._loop = loop
        self._stall_s = stall_s
        self._timer: asyncio.TimerHandle | None = None

    def start(self, transport: asyncio.Transport) -> None:
        """Starts to watch the unsent data of ``transport``, unless it is watched already."""
        if self._timer is None:
            unsent = transport.get_write_buffer_size()
            self._timer = self._loop.call_later(self._stall_s, self._check, transport, unsent)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self, transport: asyncio.Transport, before: int) -> None:
        self._timer = None
        if transport.get_write_buffer_size() < before:
            self.start(transport)
        else:
            transport.abort()


def _ignore(_: str) -> None: ...
