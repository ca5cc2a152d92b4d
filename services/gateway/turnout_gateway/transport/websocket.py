"""One WebSocket at protocol level: an asyncio protocol that is the hub's sink at the same time.

There is no task and no queue per client. A frame for many clients is one ``bytes`` object, which is written to each
socket without a copy. An idle client costs this object and the hub's ``Client``.
"""

import asyncio
import socket
from contextlib import suppress
from itertools import islice
from typing import Final, Protocol

from websockets.frames import CloseCode, Opcode

from turnout_core.protocol.messages import Close
from turnout_core.web.borrowed_socket import borrow_socket
from turnout_gateway.live.admission import Admission
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub
from turnout_gateway.live.ports import NO_SOCKET, RawSocket
from turnout_gateway.transport.socket_options import set_options
from turnout_gateway.wire.frame_out import Frame
from turnout_gateway.wire.frames_in import (
    ClientClose,
    FrameReader,
    Message,
    Part,
    Ping,
    Received,
    Violation,
    close_frame,
    server_frame,
)

CLOSE_TIMEOUT_S: Final = 5.0  # for the client's close frame; RFC 6455 section 7.1.1 lets the server give up

# Frames that one client may send before other clients are served: about 2 ms. One read may contain 40,000 frames.
FRAMES_PER_TURN_MAX: Final = 100

# Data that a client may send between our close frame and its own. A client that sends more is disconnected.
AFTER_CLOSE_MAX_BYTES: Final = 64 * 1024


class ConnectionEvents(Protocol):
    """Receives the events of connections."""

    def on_message(self, connection: "WebSocketConnection", message: Message) -> None: ...
    def count_frame(self, connection: "WebSocketConnection") -> bool:
        """Counts a frame that completes no message; False if the rate limit closed the connection."""
        ...

    def on_congested(self, connection: "WebSocketConnection") -> None: ...
    def on_drained(self, connection: "WebSocketConnection") -> None: ...
    def on_lost(self, connection: "WebSocketConnection") -> None: ...


class HubEvents:
    """Satisfies ``ConnectionEvents``: passes the events on to the hub. One object serves all connections."""

    def __init__(self, hub: Hub, admission: Admission) -> None:
        self._hub = hub
        self._admission = admission

    def on_message(self, connection: "WebSocketConnection", message: Message) -> None:
        self._hub.on_message(_client(connection), message.data if message.is_text else b"")

    def count_frame(self, connection: "WebSocketConnection") -> bool:
        return self._hub.count_frame(_client(connection))

    def on_congested(self, connection: "WebSocketConnection") -> None:
        if connection.client is not None:
            self._hub.on_congested(connection.client)

    def on_drained(self, connection: "WebSocketConnection") -> None:
        self._hub.on_drained(_client(connection))

    def on_lost(self, connection: "WebSocketConnection") -> None:
        self._admission.remove(_client(connection))
        connection.client = None  # the client refers to its connection: a cycle would wait for the garbage collector


def _client(connection: "WebSocketConnection") -> Client:
    assert connection.client is not None  # noqa: S101 - set right after the connection was made
    return connection.client


class WebSocketConnection(asyncio.Protocol):
    """Satisfies ``Sink``. Made after the handshake; ``start`` is called when the client is admitted."""

    # ``_closing`` is the close-handshake timer. While it is set, no data is sent and buffer callbacks are suppressed.
    __slots__ = (
        "_after_close_bytes",
        "_closing",
        "_events",
        "_has_to_wait",
        "_max_bytes",
        "_reader",
        "_transport",
        "client",
        "is_congested",
        "socket",
    )

    def __init__(self, transport: asyncio.Transport, events: ConnectionEvents, max_bytes: int) -> None:
        self._transport = transport
        self._events = events
        self._max_bytes = max_bytes
        self._reader: FrameReader | None = None
        self._has_to_wait = False  # more frames were read than one client may send before others
        self._after_close_bytes = 0
        self._closing: asyncio.TimerHandle | None = None
        self.client: Client | None = None
        self.socket: RawSocket = NO_SOCKET
        transport.set_write_buffer_limits(high=0)  # congested as soon as the transport has unsent data
        self.is_congested = transport.get_write_buffer_size() > 0
        set_options(transport)

    def start(self, client: Client) -> None:
        """Lets broadcasts write to the socket directly.

        Only ``connection_lost`` releases the socket. So a connection that is never started must not borrow it: garbage
        collection would close a descriptor that belongs to the transport.
        """
        self.client = client
        if self._closing is None and not self._transport.is_closing():
            is_plain = self._transport.get_extra_info("sslcontext") is None
            self.socket = (borrow_socket(self._transport) if is_plain else None) or NO_SOCKET

    def write(self, frame: Frame, sent: int = 0) -> None:
        """Writes to the socket directly if no data waits in the transport. The transport sends the rest.

        The transport's own write costs a tenth of a delivery. It also reports all errors.
        """
        wire = frame.wire
        if not sent and not self.is_congested:
            with suppress(OSError):
                sent = self.socket.send(wire)
        if sent < len(wire) and self._closing is None:
            self._transport.write(wire[sent:])

    def unsent(self) -> int:
        return self._transport.get_write_buffer_size()

    def close(self, code: Close) -> None:
        self.send_close(code, code.name.lower().replace("_", " "))

    def abort(self) -> None:
        self._transport.abort()

    def send(self, data: bytes, *, text: bool) -> None:
        """Sends a message to this client only."""
        if self._closing is None:
            self._transport.write(server_frame(Opcode.TEXT if text else Opcode.BINARY, data))

    def send_close(self, code: int, reason: str) -> None:
        """Starts the closing handshake; aborts if the client does not answer in time."""
        if self._closing is None and not self._transport.is_closing():
            self._begin_close(close_frame(code, reason))
            self._update_reading()

    def data_received(self, data: bytes) -> None:
        reader = self._reader or FrameReader(self._max_bytes)
        self._reader = None
        frames = 0
        try:
            for frames, received in enumerate(islice(reader.feed(data), FRAMES_PER_TURN_MAX), 1):  # noqa: B007 - below
                self._on_received(received)
                if self._transport.is_closing():
                    return
        except Violation as violation:
            self._on_violation(violation)
            return
        if not reader.is_empty:
            self._reader = reader
        if self._closing is not None:
            self._count_after_close(len(data))
        if frames == FRAMES_PER_TURN_MAX and not self._has_to_wait:
            self._has_to_wait = True
            self._update_reading()
            asyncio.get_running_loop().call_soon(self._next_turn)

    def eof_received(self) -> None:
        """The transport closes itself."""

    def pause_writing(self) -> None:
        if self._closing is None:
            self.is_congested = True
            self._update_reading()
            self._events.on_congested(self)

    def resume_writing(self) -> None:
        if self._closing is None:
            self.is_congested = False
            self._update_reading()
            self._events.on_drained(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature is asyncio's
        self._stop_writing()
        if self._closing is not None:
            self._closing.cancel()
        self._events.on_lost(self)

    def _update_reading(self) -> None:
        """Pauses reading while the client does not read (backpressure), or while other clients are served."""
        if self._transport.is_closing():
            return
        if self._has_to_wait or (self.is_congested and self._closing is None):
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _next_turn(self) -> None:
        """Continues with the frames that were read, after other clients were served."""
        self._has_to_wait = False
        if not self._transport.is_closing():
            self.data_received(b"")
            self._update_reading()

    def _count_after_close(self, size: int) -> None:
        """Aborts if the client sends too much other data before its close frame."""
        self._after_close_bytes += size
        if self._after_close_bytes > AFTER_CLOSE_MAX_BYTES:
            self._transport.abort()

    def _on_received(self, received: Received) -> None:
        match received:
            case ClientClose(echo=echo):
                self._begin_close(echo)
                self._transport.close()
            case _ if self._closing is not None:
                pass  # sent before our close frame arrived
            case Ping(data=data):
                if self._events.count_frame(self):
                    self._transport.write(server_frame(Opcode.PONG, data))
            case Part():
                self._events.count_frame(self)
            case Message():
                self._events.on_message(self, received)

    def _on_violation(self, violation: Violation) -> None:
        """Closes without a handshake: the data that follows cannot be understood."""
        code = Close.TOO_LARGE if violation.code == CloseCode.MESSAGE_TOO_BIG else violation.code
        self._begin_close(close_frame(code, str(violation)[:100]))
        self._transport.close()

    def _begin_close(self, frame: bytes) -> None:
        """Sends our close frame, unless it was sent. No other frame may follow it (RFC 6455 section 5.5.1)."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._transport.abort)
            self._stop_writing()
            self._transport.write(frame)

    def _stop_writing(self) -> None:
        """Stops broadcasts to this client: after the close the OS may reuse the file descriptor."""
        self.is_congested = True
        if isinstance(self.socket, socket.socket):
            self.socket.detach()
        self.socket = NO_SOCKET
