"""A frame: the bytes of one message, made once and written to as many sockets as want it."""

from typing import Final, Literal

import msgspec
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

Kind = Literal["hello", "snapshot", "patch", "fail", "beat", "bye"]

_encode: Final = msgspec.json.Encoder().encode


class Frame:
    """
    Attributes:
        wire: the message as an unmasked, final text frame (RFC 6455 section 5.2), ready for any socket.
        kind: the message's ``type``.
        view: canonical address of the view that it is about, "" for none.
        at: the position that it brings a client to, "" for none.
    """

    __slots__ = ("_header", "at", "kind", "view", "wire")

    def __init__(self, payload: bytes, kind: Kind, view: str = "", at: str = "") -> None:
        self.wire = WebSocketFrame(Opcode.TEXT, payload).serialize(mask=False)
        self._header = len(self.wire) - len(payload)
        self.kind: Kind = kind
        self.view = view
        self.at = at

    @property
    def payload(self) -> bytes:
        """The message as JSON, without the WebSocket's header."""
        return self.wire[self._header :]


def hello(position: str, user: str | None, beat_ms: int) -> Frame:
    message = {"type": "hello", "position": position, "user": user, "beat_ms": beat_ms}
    return Frame(_encode(message), "hello")


def fail(view: str | None, code: str, detail: str) -> Frame:
    message = {"type": "fail", "view": view, "code": code, "detail": detail}
    return Frame(_encode(message), "fail", view or "")


def beat(position: str) -> Frame:
    return Frame(_encode({"type": "beat", "at": position}), "beat")


def bye(from_ms: int, to_ms: int) -> Frame:
    return Frame(_encode({"type": "bye", "retry_ms": [from_ms, to_ms]}), "bye")
