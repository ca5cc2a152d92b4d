"""A frame: the bytes of one message, made once and written to any number of sockets."""

from struct import Struct
from typing import Final, Literal

import msgspec

from turnout_core.protocol.messages import Beat, Bye, Fail, Hello

Kind = Literal["hello", "snapshot", "patch", "fail", "beat", "bye"]

_FINAL_TEXT: Final = 0x81  # FIN and opcode 1
_LENGTH_SHORT_MAX: Final = 125
_LENGTH_MEDIUM: Final = 126  # a length of 16 bits follows
_LENGTH_MEDIUM_MAX: Final = 0xFFFF
_LENGTH_LONG: Final = 127  # a length of 64 bits follows

_encode: Final = msgspec.json.Encoder().encode
_medium: Final = Struct("!BBH").pack
_long: Final = Struct("!BBQ").pack


class Frame:
    """One encoded message.

    Attributes:
        wire: the message as an unmasked, final text frame (RFC 6455 section 5.2), ready for any socket.
        kind: the message's ``type``.
        view: canonical address of its view; "" for none.
        at: the position of a client after this message; "" for none.
    """

    __slots__ = ("_header", "at", "kind", "view", "wire")

    def __init__(self, payload: bytes, kind: Kind, view: str = "", at: str = "") -> None:
        header = _header(len(payload))
        self.wire = header + payload
        self._header = len(header)
        self.kind: Kind = kind
        self.view = view
        self.at = at

    @property
    def payload(self) -> bytes:
        """The message as JSON, without the WebSocket's header."""
        return self.wire[self._header :]


def _header(length: int) -> bytes:
    """The header of a final, unmasked text frame. A general serializer would cost as much as encoding the patch."""
    if length <= _LENGTH_SHORT_MAX:
        return bytes((_FINAL_TEXT, length))
    if length <= _LENGTH_MEDIUM_MAX:
        return _medium(_FINAL_TEXT, _LENGTH_MEDIUM, length)
    return _long(_FINAL_TEXT, _LENGTH_LONG, length)


def hello(position: str, user: str | None, beat_ms: int, *, now_ms: int, presence_ms: int) -> Frame:
    message = Hello(position=position, user=user, beat_ms=beat_ms, now=now_ms, presence_ms=presence_ms)
    return Frame(_encode(message), "hello")


def fail(view: str | None, code: str, detail: str) -> Frame:
    return Frame(_encode(Fail(view=view, code=code, detail=detail)), "fail", view or "")


def beat(position: str) -> Frame:
    return Frame(_encode(Beat(at=position)), "beat")


def bye(from_ms: int, to_ms: int) -> Frame:
    return Frame(_encode(Bye(retry_ms=(from_ms, to_ms))), "bye")
