"""Reads a client's messages from bytes (RFC 6455), without I/O, with the frame codec of ``websockets``.

An idle client costs no memory here: its connection drops a ``FrameReader`` that ``is_empty``, and makes another for the
next bytes.
"""

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import DATA_OPCODES, Close, CloseCode, Frame, Opcode

_CONTROL_MAX_BYTES: Final = 125  # RFC 6455 section 5.5
_FRAGMENTS_MIN: Final = 1_000
_FRAGMENT_MEAN_BYTES: Final = 32  # of a long message; clients have no reason for smaller fragments

_utf8: Final = getincrementaldecoder("utf-8")


@dataclass(frozen=True, slots=True)
class Message:
    data: bytes
    is_text: bool


@dataclass(frozen=True, slots=True)
class Ping:
    data: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A frame that completes no message: a pong, or a fragment that is not the last. It counts for the rate limit."""


@dataclass(frozen=True, slots=True)
class ClientClose:
    """The client's close frame; ``echo`` is the close frame that answers it (RFC 6455 section 5.5.1)."""

    echo: bytes


_PART: Final = Part()

Received = Message | Ping | Part | ClientClose


class Violation(Exception):
    """The client broke the protocol; ``code`` is the reason for the close (RFC 6455 section 7.4.1)."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        super().__init__(reason)


class FrameReader:
    """Reads frames as their bytes arrive. After a Violation or a ClientClose, nothing more can be read."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._fragments_max = max(_FRAGMENTS_MIN, max_bytes // _FRAGMENT_MEAN_BYTES)  # bounds empty ones too
        self._buffer = bytearray()
        self._frame: Generator[None, None, Frame] | None = None
        self._fragments: list[bytes] = []
        self._opcode: Opcode | None = None
        self._decoder: IncrementalDecoder | None = None
        self._size = 0

    @property
    def is_empty(self) -> bool:
        """True if the reader holds no part of a frame or of a message."""
        return not self._buffer and self._frame is None and self._opcode is None

    def feed(self, data: bytes) -> Iterator[Received]:
        """Yields what these bytes complete; ``feed(b"")`` continues after an early stop. Raises Violation."""
        self._buffer += data
        while (frame := self._next_frame()) is not None:
            if frame.opcode in DATA_OPCODES:
                yield self._add_fragment(frame) or _PART
            elif frame.opcode is Opcode.PING:
                yield Ping(bytes(frame.data))
            elif frame.opcode is Opcode.CLOSE:
                yield _parse_close(bytes(frame.data))
                return
            else:
                yield _PART

    def _next_frame(self) -> Frame | None:
        """The next complete frame; None if bytes are missing."""
        if self._frame is None:
            if not self._buffer:
                return None
            left = self._max_bytes - self._size
            self._frame = Frame.parse(self._read, mask=True, max_size=max(left, _CONTROL_MAX_BYTES))
        try:
            next(self._frame)
        except StopIteration as finished:
            self._frame = None
            frame: Frame = finished.value
            return frame
        except PayloadTooBig as error:
            raise Violation(CloseCode.MESSAGE_TOO_BIG, str(error)) from None
        except ProtocolError as error:
            raise Violation(CloseCode.PROTOCOL_ERROR, str(error)) from None
        return None

    def _read(self, size: int) -> Generator[None, None, bytearray]:
        while len(self._buffer) < size:
            yield
        data = self._buffer[:size]
        del self._buffer[:size]
        return data

    def _add_fragment(self, frame: Frame) -> Message | None:
        """The message that this frame completes; None if the message goes on. Raises Violation."""
        if (frame.opcode is Opcode.CONT) != (self._opcode is not None):
            raise Violation(CloseCode.PROTOCOL_ERROR, "a continuation without a message, or a message within another")
        if self._opcode is None:
            self._opcode = frame.opcode
            self._decoder = _utf8() if frame.opcode is Opcode.TEXT else None
        self._check_text(frame)
        self._fragments.append(bytes(frame.data))
        self._size += len(frame.data)
        if self._size > self._max_bytes or len(self._fragments) > self._fragments_max:
            raise Violation(CloseCode.MESSAGE_TOO_BIG, "the message is too big")
        if not frame.fin:
            return None
        data, is_text = b"".join(self._fragments), self._opcode is Opcode.TEXT
        self._fragments.clear()
        self._opcode = None
        self._size = 0
        self._decoder = None
        return Message(data, is_text)

    def _check_text(self, frame: Frame) -> None:
        """Checks each fragment as it arrives, so that bad UTF-8 fails at once (RFC 6455 section 8.1)."""
        if self._decoder is not None:
            try:
                self._decoder.decode(bytes(frame.data), frame.fin)
            except UnicodeDecodeError:
                raise Violation(CloseCode.INVALID_DATA, "a text message that is not UTF-8") from None


def server_frame(opcode: Opcode, data: bytes = b"") -> bytes:
    """A final frame from a server: not masked (RFC 6455 section 5.1)."""
    return Frame(opcode, data).serialize(mask=False)


def close_frame(code: int, reason: str = "") -> bytes:
    return server_frame(Opcode.CLOSE, Close(code, reason).serialize())


def _parse_close(data: bytes) -> ClientClose:
    try:
        Close.parse(data)
    except ProtocolError as error:
        raise Violation(CloseCode.PROTOCOL_ERROR, str(error)) from None
    except UnicodeDecodeError:
        raise Violation(CloseCode.INVALID_DATA, "a close reason that is not UTF-8") from None
    return ClientClose(server_frame(Opcode.CLOSE, data[:2]))
