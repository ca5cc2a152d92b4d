"""Handshakes of WebSockets that are incomplete, wrong, or not followed by anything."""

from typing import Final

from hostile.attacks.live_link import HANDSHAKE
from hostile.client import Attack, HostileClient

_KEY: Final = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
_WRONG: Final = (
    HANDSHAKE.replace(_KEY, b""),
    HANDSHAKE.replace(_KEY, b"Sec-WebSocket-Key: short\r\n"),
    HANDSHAKE.replace(_KEY, _KEY * 2),
    HANDSHAKE.replace(b"Version: 13", b"Version: 99"),
    HANDSHAKE.replace(b"GET", b"POST"),
    HANDSHAKE.replace(b"HTTP/1.1", b"HTTP/1.0"),
    HANDSHAKE.replace(b"Host: x", b"Host: x\r\nOrigin: http://elsewhere"),
    HANDSHAKE.replace(b"Host: x", b"Host: x\r\nContent-Length: 5"),
    HANDSHAKE.replace(b"Upgrade: websocket", b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
    HANDSHAKE.replace(b"/api/live", b"/api/elsewhere"),
    b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n" + HANDSHAKE,
)


async def _shake_wrong_hands(client: HostileClient) -> None:
    connection = await client.connect()
    await connection.send(client.rng.choice(_WRONG))
    await connection.read_to_end(0.5)


async def _stop_midway(client: HostileClient) -> None:
    connection = await client.connect()
    await connection.send(HANDSHAKE[: client.rng.randrange(len(HANDSHAKE))])
    await connection.hold()


async def _stay_silent(client: HostileClient) -> None:
    connection = await client.connect()
    await connection.send(HANDSHAKE)
    await connection.hold()


HALF_UPGRADES: Final = (
    Attack("wrong handshakes", 4, 20, _shake_wrong_hands),
    Attack("handshakes that stop midway", 20, 10, _stop_midway),
    Attack("links that stay silent", 20, 10, _stay_silent),
)
