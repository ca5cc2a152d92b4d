"""A sink with a queue, from which an ASGI app takes frames: for server-sent events and ASGI WebSockets."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from turnout_core.protocol.messages import Close
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import Peer
from turnout_gateway.live.ports import NO_SOCKET, RawSocket
from turnout_gateway.wire.frame_out import Frame


class Observer(Protocol):
    """Receives the events of a ``QueueSink``."""

    def on_congested(self) -> None: ...
    def on_drained(self) -> None: ...


class QueueSink:
    """Satisfies ``Sink``. It is congested from ``write`` until ``next`` finds no more frames.

    Args:
        abort: ends the connection at once, even while a send waits for the client.
    """

    def __init__(self, abort: Callable[[], object]) -> None:
        self.is_congested = False
        self.socket: RawSocket = NO_SOCKET
        self.close_code: Close | None = None
        self.observer: Observer | None = None
        self._frames: deque[Frame] = deque()
        self._changed = asyncio.Event()
        self._is_aborted = False
        self._abort = abort

    def write(self, frame: Frame, sent: int = 0) -> None:  # noqa: ARG002 - broadcasts send nothing to NO_SOCKET
        if self._is_aborted or self.close_code is not None:
            return
        self._frames.append(frame)
        self._changed.set()
        if not self.is_congested:
            self.is_congested = True
            if self.observer is not None:
                self.observer.on_congested()

    def unsent(self) -> int:
        return len(self._frames)

    def close(self, code: Close) -> None:
        self.close_code = self.close_code or code
        self._changed.set()

    def abort(self) -> None:
        self._is_aborted = True
        self._frames.clear()
        self._changed.set()
        self._abort()

    async def next(self) -> Frame | None:
        """Waits for the next frame; None after a close or an abort. The caller has sent all earlier frames."""
        if self.is_congested and not self._frames:
            self.is_congested = False
            if self.observer is not None:
                self.observer.on_drained()
        while not self._frames:
            if self._is_aborted or self.close_code is not None:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._frames.popleft()


class QueueClient:
    """A client of the hub with a ``QueueSink``. The owner calls ``disconnect`` when the connection has ended.

    The peer must have been checked. Raises NotAdmitted.
    """

    def __init__(self, gateway: Gateway, peer: Peer, abort: Callable[[], object]) -> None:
        self.sink = QueueSink(abort)
        self._hub = gateway.hub
        self._admission = gateway.admission
        self._client = gateway.admission.admit(peer, self.sink)
        self.sink.observer = self
        self.on_congested()  # hello is in the queue

    def on_message(self, message: str | bytes) -> None:
        self._hub.on_message(self._client, message)

    def watch(self, requested_as: str, at: str | None) -> None:
        self._hub.watch(self._client, requested_as, at)

    def disconnect(self) -> None:
        self.sink.observer = None  # breaks the reference cycle, so that no garbage collection is needed
        self._admission.remove(self._client)

    def on_congested(self) -> None:
        self._hub.on_congested(self._client)

    def on_drained(self) -> None:
        self._hub.on_drained(self._client)
