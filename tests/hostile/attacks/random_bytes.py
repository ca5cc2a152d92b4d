"""Bytes that are no HTTP, and requests with a few bytes changed."""

from typing import Final

from hostile.client import Attack, HostileClient

_REQUEST: Final = b"GET /api/events?when=upcoming&q=games HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nCookie: a=b\r\n\r\n"
_TLS_HELLO: Final = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
_CHANGES_MAX: Final = 4


async def _send_noise(client: HostileClient) -> None:
    connection = await client.connect()
    beginning = client.rng.choice((b"", _TLS_HELLO))
    await connection.send(beginning + client.rng.randbytes(client.rng.randint(1, 4096)))
    await connection.read_to_end(0.3)


async def _send_changed_request(client: HostileClient) -> None:
    connection = await client.connect()
    request = bytearray(_REQUEST)
    for _ in range(client.rng.randint(1, _CHANGES_MAX)):
        request[client.rng.randrange(len(request))] = client.rng.randrange(256)
    await connection.send(bytes(request))
    await connection.read_to_end(0.3)


RANDOM_BYTES: Final = (
    Attack("random bytes", 2, 15, _send_noise),
    Attack("requests with changed bytes", 4, 20, _send_changed_request),
)
