"""Heads that are large by size or by number of headers."""

from typing import Final

from hostile.client import Attack, HostileClient

_PIECE_BYTES: Final = 8 * 1024
_PIECES_MAX: Final = 128  # 1 MB


async def _send_endless(client: HostileClient, beginning: bytes, piece: bytes) -> None:
    connection = await client.connect()
    await connection.send(beginning)
    for _ in range(_PIECES_MAX):
        await client.step()
        await connection.send(piece)
    await connection.read_to_end(1)


async def _long_value(client: HostileClient) -> None:
    await _send_endless(client, b"GET / HTTP/1.1\r\nHost: x\r\nCookie: ", b"a" * _PIECE_BYTES)


async def _long_name(client: HostileClient) -> None:
    await _send_endless(client, b"GET / HTTP/1.1\r\nHost: x\r\n", b"a" * _PIECE_BYTES)


async def _long_address(client: HostileClient) -> None:
    await _send_endless(client, b"GET /", b"a" * _PIECE_BYTES)


async def _many_headers(client: HostileClient) -> None:
    await _send_endless(client, b"GET / HTTP/1.1\r\nHost: x\r\n", b"a:\r\n" * (_PIECE_BYTES // 4))


async def _largest_head(client: HostileClient) -> None:
    """Heads that are just within the limit, with as many headers as fit."""
    connection = await client.connect()
    head = b"GET /api/events HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * 3_900 + b"\r\n"
    while True:
        await client.step()
        await connection.send(head)
        await connection.receive(1)


LARGE_HEADS: Final = (
    Attack("endless header values", 2, 10, _long_value),
    Attack("endless header names", 2, 10, _long_name),
    Attack("endless addresses", 2, 10, _long_address),
    Attack("endless headers", 2, 10, _many_headers),
    Attack("heads of 3,900 headers", 2, 5, _largest_head),
)
