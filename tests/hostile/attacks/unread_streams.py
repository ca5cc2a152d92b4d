"""Live clients that never read, over both transports."""

from typing import Final

from hostile.attacks.live_link import message, open_link
from hostile.client import Attack, HostileClient

_VIEWS: Final = ("events%3Fwhen%3Dupcoming", "events%3Fwhen%3Dpast", "events%3Fwhen%3Dupcoming%26limit%3D500")
_STREAM: Final = f"GET /api/live?view={'&view='.join(_VIEWS)} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
_SMALL_BUFFER_BYTES: Final = 4096


async def _leave_stream_unread(client: HostileClient) -> None:
    connection = await client.connect(_SMALL_BUFFER_BYTES)
    await connection.send(_STREAM.encode())
    await connection.hold()


async def _leave_link_unread(client: HostileClient) -> None:
    connection = await open_link(client, _SMALL_BUFFER_BYTES)
    while True:
        await client.step()
        await connection.send(message({"type": "watch", "view": "events?when=upcoming&limit=500"}))


UNREAD_STREAMS: Final = (
    Attack("event streams that are not read", 40, 10, _leave_stream_unread),
    Attack("live links that are not read", 10, 20, _leave_link_unread),
)
