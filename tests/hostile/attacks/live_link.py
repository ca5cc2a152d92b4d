"""The opening handshake and the frames of hostile WebSocket clients (RFC 6455 sections 4.1 and 5.2)."""

import json
import struct
from collections.abc import Mapping
from typing import Final

from hostile.client import Connection, HostileClient

_MASK: Final = b"\x01\x02\x03\x04"
_FIN: Final = 0x80
_MASKED: Final = 0x80
_SHORT_MAX_BYTES: Final = 125
_MEDIUM_MAX_BYTES: Final = 0xFFFF
_HANDSHAKE_TIMEOUT_S: Final = 5.0

TEXT: Final = 1
CLOSE: Final = 8
PING: Final = 9
CONTINUATION: Final = 0

HANDSHAKE: Final = (
    b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def frame(opcode: int, data: bytes, *, first_byte: int = _FIN, length: int | None = None) -> bytes:
    """A masked frame.

    Args:
        opcode: of the frame.
        data: the payload, before it is masked.
        first_byte: the bits beside the opcode.
        length: of the payload, as the frame claims it.
    """
    size = len(data) if length is None else length
    if size <= _SHORT_MAX_BYTES:
        head = struct.pack("!BB", first_byte | opcode, _MASKED | size)
    elif size <= _MEDIUM_MAX_BYTES:
        head = struct.pack("!BBH", first_byte | opcode, _MASKED | 126, size)
    else:
        head = struct.pack("!BBQ", first_byte | opcode, _MASKED | 127, size)
    mask = (_MASK * (len(data) // 4 + 1))[: len(data)]
    masked = int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")
    return head + _MASK + masked.to_bytes(len(data), "big")


def message(content: Mapping[str, object]) -> bytes:
    """A message of the live protocol in a frame."""
    return frame(TEXT, json.dumps(content).encode())


async def open_link(client: HostileClient, receive_buffer_bytes: int | None = None) -> Connection:
    """Opens a live link. Raises OSError, also if it is refused."""
    connection = await client.connect(receive_buffer_bytes)
    await connection.send(HANDSHAKE)
    if b" 101 " not in await connection.receive(_HANDSHAKE_TIMEOUT_S):
        raise ConnectionRefusedError("the target refused the handshake")
    return connection
