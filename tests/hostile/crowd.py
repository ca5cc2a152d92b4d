"""An ordinary crowd: visitors who open the page, read lists, and watch.

After it a fresh deployment has its usual size, so that what grows afterwards is due to the attacks.
"""

from typing import Final

from hostile.attacks.live_link import message, open_link
from hostile.client import Attack, HostileClient

_PAGES: Final = (
    "/",
    "/api/events?when=upcoming",
    "/api/events?when=past",
    "/api/calendar?month=2026-12&zone=Europe/Vienna",
    "/api/tags",
    "/api/events/gone",
    "/api/events/gone/people",
    "/api/me",
    "/api/openapi.json",
)


async def _visit(client: HostileClient) -> None:
    connection = await client.connect()
    for page in _PAGES:
        await client.step()
        await connection.send(f"GET {page} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        await connection.receive(1)
    link = await open_link(client)
    await link.send(message({"type": "watch", "view": f"events?when=upcoming&limit={client.rng.randint(1, 500)}"}))
    await link.hold()


CROWD: Final = (Attack("visitors", 800, 800, _visit),)
