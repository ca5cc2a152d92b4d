"""Requests in a row whose responses are never read (RFC 9112 section 9.3.2)."""

from typing import Final

from hostile.client import Attack, HostileClient

_REQUESTS: Final = (
    b"GET /api/events?when=upcoming HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    b"DELETE /api/session HTTP/1.1\r\nHost: x\r\n\r\n",
)
_REQUESTS_PER_WRITE: Final = 50


async def _pipeline_unread(client: HostileClient) -> None:
    connection = await client.connect(receive_buffer_bytes=4096)
    requests = client.rng.choice(_REQUESTS) * _REQUESTS_PER_WRITE
    try:
        while True:
            await client.step()
            await connection.send(requests)
    except TimeoutError:  # the target reads no further
        await connection.hold()


async def _pipeline_mixed(client: HostileClient) -> None:
    """Closes with requests unanswered, and comes again."""
    connection = await client.connect()
    await client.step()
    await connection.send(b"".join(client.rng.choices(_REQUESTS, k=20)))
    await connection.receive(0.1)


PIPELINES: Final = (
    Attack("pipelines that are not read", 8, 10, _pipeline_unread),
    Attack("pipelines that are left", 2, 10, _pipeline_mixed),
)
