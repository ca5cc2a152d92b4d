"""A client whose sink is pulled: an event stream, or a WebSocket on an ordinary ASGI server."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from turnout_core.domain.state import User
from turnout_core.protocol.messages import Close
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.ports import NO_WAY, Way
from turnout_gateway.wire.frame_out import Frame


class Listener(Protocol):
    """Who hears that a ``PulledSink`` has become full, or has drained."""

    def stuck(self) -> None: ...
    def drained(self) -> None: ...


class PulledSink:
    """A sink whose connection comes for the frames itself: an ordinary ASGI WebSocket, an event stream.

    Satisfies ``Sink``. One view frame at a time: it is full from ``write`` until ``next`` is called again.

    Args:
        hang_up: ends the connection at once, also while whoever pulls waits for it to take a frame.
    """

    def __init__(self, hang_up: Callable[[], object]) -> None:
        self.full = False
        self.way: Way = NO_WAY
        self.code: Close | None = None
        self.listener: Listener | None = None
        self._frames: deque[Frame] = deque()
        self._news = asyncio.Event()
        self._aborted = False
        self._hang_up = hang_up

    def write(self, frame: Frame, taken: int = 0) -> None:  # noqa: ARG002 - nothing is ever taken
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
        self._hang_up()

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


class PulledClient:
    """From its first frame to its last; ``leave`` when the connection is gone. Entering raises Unavailable."""

    def __init__(self, gateway: Gateway, user: User | None, place: str, hang_up: Callable[[], object]) -> None:
        self.sink = PulledSink(hang_up)
        self._gateway = gateway
        self._client = gateway.enter(self.sink, user, place)
        self.sink.listener = self
        self.stuck()  # hello waits

    def received(self, message: str | bytes) -> None:
        self._gateway.hub.received(self._client, message)

    def watch(self, asked: str, at: str | None) -> None:
        self._gateway.hub.watch(self._client, asked, at)

    def stuck(self) -> None:
        self._gateway.hub.stuck(self._client)

    def drained(self) -> None:
        self._gateway.hub.drained(self._client)

    def leave(self) -> None:
        self.sink.listener = None
        self._gateway.leave(self._client)
