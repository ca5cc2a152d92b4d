"""One WebSocket at protocol level: an asyncio protocol that is the hub's sink at the same time.

There is no task and no queue per client. A frame for many clients is one ``bytes`` object that goes to each transport
as it is. What is kept of an idle client is this object and what the hub keeps.
"""

import asyncio
import socket
from contextlib import suppress
from itertools import islice
from typing import Final, Protocol

from websockets.frames import CloseCode, Opcode

from turnout_core.protocol.messages import Close
from turnout_gateway.live.ports import NO_WAY, Way
from turnout_gateway.wire.frame_out import Frame
from turnout_gateway.wire.frames_in import (
    Closed,
    Heard,
    Incoming,
    Message,
    Part,
    Ping,
    Violation,
    close_frame,
    server_frame,
)

CLOSE_TIMEOUT_S: Final = (
    5.0  # for the client's own close frame; RFC 6455 section 7.1.1 lets the server not wait for ever
)

# Of one client, before it is everybody else's turn: about 2 ms. A read of the loop may hold 40,000 frames.
FRAMES_PER_TURN_MAX: Final = 100

# What a client may still send after our goodbye, before its close frame; it did not know yet. Who sends more hangs up.
LAST_WORDS_MAX_BYTES: Final = 64 * 1024

# A peer that vanished is noticed once something that was sent to it, a beat at the latest, is not acknowledged for so
# long (tcp(7), TCP_USER_TIMEOUT; RFC 5482).
_UNACKNOWLEDGED_MAX_MS: Final = 20_000

# What the kernel holds back unsent for one client. More would not make it faster, only older: what waits in the kernel
# can not be replaced by something newer (tcp(7), TCP_NOTSENT_LOWAT).
_UNSENT_MAX_BYTES: Final = 128 * 1024
_TCP_NOTSENT_LOWAT: Final = 25


class Conversation(Protocol):
    """Who talks through a link."""

    def received(self, link: "Link", message: Message) -> None: ...
    def counted(self, link: "Link") -> bool: ...
    def stuck(self, link: "Link") -> None: ...
    def drained(self, link: "Link") -> None: ...
    def lost(self, link: "Link") -> None: ...


class Link(asyncio.Protocol):
    """Satisfies ``Sink``. Made when the handshake is done, on its transport; ``begin`` when it is let in.

    Attributes:
        tag: whatever the conversation wants to find again, its client.
    """

    # ``_closing`` is there once goodbye is said: from then on nothing is written and nobody is told of the buffer.
    __slots__ = (
        "_closing",
        "_conversation",
        "_incoming",
        "_last_words_bytes",
        "_max_bytes",
        "_pausing",
        "_transport",
        "full",
        "tag",
        "way",
    )

    def __init__(self, transport: asyncio.Transport, conversation: Conversation, max_bytes: int) -> None:
        self._transport = transport
        self._conversation = conversation
        self._max_bytes = max_bytes
        self._incoming: Incoming | None = None
        self._pausing = False  # more has been read than was its turn
        self._last_words_bytes = 0
        self._closing: asyncio.TimerHandle | None = None
        self.tag: object = None
        self.way: Way = NO_WAY
        transport.set_write_buffer_limits(high=0)  # full as soon as anything waits here, as the handshake may do now
        self.full = transport.get_write_buffer_size() > 0
        tune(transport)

    def begin(self, tag: object) -> None:
        """From now on it writes to the socket itself; so it has to hear of the end of the connection.

        Not before: a link that is dropped without would close a descriptor that is the transport's.
        """
        self.tag = tag
        if self._closing is None and not self._transport.is_closing():
            self.way = _borrowed(self._transport) or NO_WAY

    def write(self, frame: Frame, taken: int = 0) -> None:
        """Straight to the kernel unless something waits in the transport: its way there takes a tenth of a delivery.

        What the kernel does not take, and every error, is left to the transport.
        """
        wire = frame.wire
        if not taken and not self.full:
            with suppress(OSError):
                taken = self.way.send(wire)
        if taken < len(wire) and self._closing is None:
            self._transport.write(wire[taken:])

    def waiting(self) -> int:
        return self._transport.get_write_buffer_size()

    def close(self, code: Close) -> None:
        self.send_close(code, code.name.lower().replace("_", " "))

    def abort(self) -> None:
        self._transport.abort()

    def send(self, data: bytes, *, text: bool) -> None:
        """A message that only this client gets."""
        if self._closing is None:
            self._transport.write(server_frame(Opcode.TEXT if text else Opcode.BINARY, data))

    def send_close(self, code: int, reason: str) -> None:
        """Says goodbye, and hangs up when the client has answered, or after a while."""
        if self._closing is None and not self._transport.is_closing():
            self._part(close_frame(code, reason))
            self._listen()

    def data_received(self, data: bytes) -> None:
        incoming = self._incoming or Incoming(self._max_bytes)
        self._incoming = None
        frames = 0
        try:
            for frames, heard in enumerate(islice(incoming.feed(data), FRAMES_PER_TURN_MAX), 1):  # noqa: B007 - below
                self._heard(heard)
                if self._transport.is_closing():
                    return
        except Violation as violation:
            self._break_off(violation)
            return
        if not incoming.empty:
            self._incoming = incoming
        if self._closing is not None:
            self._overhear(len(data))
        if frames == FRAMES_PER_TURN_MAX and not self._pausing:
            self._pausing = True
            self._listen()
            asyncio.get_running_loop().call_soon(self._go_on)

    def eof_received(self) -> None:
        """The transport closes itself."""

    def pause_writing(self) -> None:
        if self._closing is None:
            self.full = True
            self._listen()
            self._conversation.stuck(self)

    def resume_writing(self) -> None:
        if self._closing is None:
            self.full = False
            self._listen()
            self._conversation.drained(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio gives it
        self._mute()
        if self._closing is not None:
            self._closing.cancel()
        self._conversation.lost(self)

    def _listen(self) -> None:
        """Reads on, unless it is the others' turn, or the client takes nothing: who does not listen need not talk."""
        if self._transport.is_closing():
            return
        if self._pausing or (self.full and self._closing is None):
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _go_on(self) -> None:
        """With what has been read, now that everybody else had their turn."""
        self._pausing = False
        if not self._transport.is_closing():
            self.data_received(b"")
            self._listen()

    def _overhear(self, size: int) -> None:
        """Waits for the client's close frame, but not through everything that it can send in the meantime."""
        self._last_words_bytes += size
        if self._last_words_bytes > LAST_WORDS_MAX_BYTES:
            self._transport.abort()

    def _heard(self, heard: Heard) -> None:
        match heard:
            case Closed(echo=echo):
                self._part(echo)
                self._transport.close()
            case _ if self._closing is not None:
                pass  # it talks over our goodbye
            case Ping(data=data):
                if self._conversation.counted(self):
                    self._transport.write(server_frame(Opcode.PONG, data))
            case Part():
                self._conversation.counted(self)
            case Message():
                self._conversation.received(self, heard)

    def _break_off(self, violation: Violation) -> None:
        """What follows can not be understood, so there is nothing to wait for."""
        code = Close.TOO_LARGE if violation.code == CloseCode.MESSAGE_TOO_BIG else violation.code
        self._part(close_frame(code, str(violation)[:100]))
        self._transport.close()

    def _part(self, goodbye: bytes) -> None:
        """Sends our close frame, unless it is sent. No frame may follow (RFC 6455 section 5.5.1), whatever drains."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._transport.abort)
            self._mute()
            self._transport.write(goodbye)

    def _mute(self) -> None:
        """From now on no frame is written; the number of the descriptor may soon be somebody else's."""
        self.full = True
        if isinstance(self.way, socket.socket):
            self.way.detach()
        self.way = NO_WAY


def tune(transport: asyncio.Transport) -> None:
    """Sets what the kernel does for a link: finds dead peers, and holds little back for slow ones."""
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):  # not every system knows them; without, the link lives but is worse supervised
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MAX_MS)
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, _UNSENT_MAX_BYTES)


def _borrowed(transport: asyncio.Transport) -> socket.socket | None:
    """The transport's socket, to be detached before it is closed; None where the transport adds to what is written."""
    sock = transport.get_extra_info("socket")
    if sock is None or transport.get_extra_info("sslcontext") is not None:
        return None
    return socket.socket(sock.family, sock.type, sock.proto, fileno=sock.fileno())
