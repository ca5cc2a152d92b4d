"""The seam between the hub and a connection: where the frames of one client go."""

import asyncio
from collections import deque
from typing import Protocol

from turnout_core.live import Close
from turnout_gateway.frame import Frame


class Sink(Protocol):
    """One client's connection, as the hub sees it.

    Nothing queues here: while ``full`` the hub writes no views, it waits for ``Hub.drained`` and then brings the client
    from what it has to what is newest. Whoever implements this tells the hub ``stuck`` when it becomes full,
    ``drained`` when it no longer is, and ``leave`` when the connection is gone.

    Attributes:
        full: what was written before has not left yet.
    """

    full: bool

    def write(self, frame: Frame) -> None:
        """Sends a frame. Never blocks and never raises; on a connection that is gone it does nothing."""
        ...

    def waiting(self) -> int:
        """How much has not left yet, in whatever unit: a client for which it does not shrink is stalled."""
        ...

    def close(self, code: Close) -> None:
        """Says why, and ends the connection once the client has heard it."""
        ...

    def abort(self) -> None:
        """Ends the connection at once, whatever has not left yet."""
        ...


class Listener(Protocol):
    """Who hears that a ``PulledSink`` has become full, or has drained."""

    def stuck(self) -> None: ...
    def drained(self) -> None: ...


class PulledSink:
    """A sink whose connection comes for the frames itself: an ordinary ASGI WebSocket, an event stream.

    Satisfies ``Sink``. One view frame at a time: it is full from ``write`` until ``next`` is called again.
    """

    def __init__(self) -> None:
        self.full = False
        self.code: Close | None = None
        self.listener: Listener | None = None
        self._frames: deque[Frame] = deque()
        self._news = asyncio.Event()
        self._aborted = False

    def write(self, frame: Frame) -> None:
        if self._aborted or self.code is not None:
            return
        self._frames.append(frame)
        self._news.set()
        if not self.full:
            self.full = True
            if self.listener is not None:
                self.listener.stuck()

    def waiting(self) -> int:
        return len(self._frames)

    def close(self, code: Close) -> None:
        self.code = self.code or code
        self._news.set()

    def abort(self) -> None:
        self._aborted = True
        self._frames.clear()
        self._news.set()

    async def next(self) -> Frame | None:
        """The next frame, once the one before has been sent; None at the end."""
        if self.full and not self._frames:
            self.full = False
            if self.listener is not None:
                self.listener.drained()
        while not self._frames:
            if self._aborted or self.code is not None:
                return None
            self._news.clear()
            await self._news.wait()
        return self._frames.popleft()
