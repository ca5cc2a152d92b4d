"""Frames that RFC 6455 forbids, and floods of those that it allows."""

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from hostile.attacks.live_link import CLOSE, CONTINUATION, PING, TEXT, frame, open_link
from hostile.client import Attack, HostileClient

_FIN: Final = 0x80
_COMPRESSED: Final = 0x40
_PIECES_MAX: Final = 200

_INVALID: Final[tuple[Callable[[Random], bytes], ...]] = (
    lambda _: struct.pack("!BB", _FIN | TEXT, 5) + b"plain",
    lambda _: frame(TEXT, b"{}", length=2**63 - 1),
    lambda _: frame(TEXT, b"{}", length=2**40),
    lambda _: frame(TEXT, b"{}", length=2**63 + 1),
    lambda _: frame(TEXT, b"\x2a\x00" * 40, first_byte=_FIN | _COMPRESSED),
    lambda _: frame(TEXT, b'{"type":"\xff\xfe\xed\xa0\x80"}'),
    lambda rng: frame(rng.choice((3, 5, 7, 11, 15)), b"reserved"),
    lambda _: frame(PING, b"x" * 200),
    lambda _: frame(PING, b"x", first_byte=0),
    lambda _: frame(CONTINUATION, b"of nothing"),
    lambda _: frame(TEXT, b"first", first_byte=0) + frame(TEXT, b"second"),
    lambda _: frame(CLOSE, b"\x00"),
    lambda _: frame(CLOSE, struct.pack("!H", 1005)),
    lambda _: frame(CLOSE, struct.pack("!H", 1000) + b"\xff\xff"),
    lambda _: frame(TEXT, b"[" * 8_000),
    lambda _: frame(TEXT, b"x" * 60_000),
    lambda rng: rng.randbytes(2_000),
)


async def _send_invalid(client: HostileClient) -> None:
    connection = await open_link(client)
    await client.step()
    await connection.send(client.rng.choice(_INVALID)(client.rng))
    await connection.read_to_end(0.5)


async def _flood(client: HostileClient, piece: bytes) -> None:
    connection = await open_link(client)
    for _ in range(_PIECES_MAX):
        await client.step()
        await connection.send(piece)
    await connection.read_to_end(0.5)


async def _flood_pings(client: HostileClient) -> None:
    await _flood(client, frame(PING, b"x" * 125) * 50)


async def _flood_fragments(client: HostileClient) -> None:
    await _flood(client, frame(TEXT, b"", first_byte=0) + frame(CONTINUATION, b"", first_byte=0) * 50)


async def _flood_bytes(client: HostileClient) -> None:
    """A frame of 60 MB that ends never."""
    connection = await open_link(client)
    await connection.send(frame(TEXT, b"", length=60_000_000))
    for _ in range(_PIECES_MAX):
        await client.step()
        await connection.send(b"x" * 16_384)
    await connection.read_to_end(0.5)


FRAMES: Final = (
    Attack("invalid frames", 8, 40, _send_invalid),
    Attack("floods of pings", 4, 20, _flood_pings),
    Attack("floods of fragments", 4, 20, _flood_fragments),
    Attack("huge frames", 4, 20, _flood_bytes),
)
