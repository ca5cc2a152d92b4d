"""Live links that watch as much as they can, and searches that nobody else asks for."""

from typing import Final

from hostile.attacks.live_link import message, open_link
from hostile.client import Attack, HostileClient

_WATCHES_PER_LINK: Final = 120  # more than a link may have
_ZONES: Final = ("UTC", "Europe/Vienna", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia")


async def _watch_lists(client: HostileClient) -> None:
    """Watches lists that differ in their window, so that each is a view of its own."""
    connection = await open_link(client)
    for _ in range(_WATCHES_PER_LINK):
        await client.step()
        window = client.rng.randint(1, 500)
        await connection.send(message({"type": "watch", "view": f"events?when=past&limit={window}"}))
    await connection.read_to_end(1)


async def _watch_calendars(client: HostileClient) -> None:
    """Watches months in many zones, and windows from many places: all of them show the same events."""
    connection = await open_link(client)
    for _ in range(_WATCHES_PER_LINK):
        await client.step()
        month = f"{client.rng.randint(2000, 2100)}-{client.rng.randint(1, 12):02}"
        view = client.rng.choice(
            (
                f"calendar?month={month}&zone={client.rng.choice(_ZONES)}",
                f"events?when=upcoming&after={client.rng.randrange(2 * 10**12)}",
                f"tags?when=past&limit={client.rng.randint(1, 100)}",
            )
        )
        await connection.send(message({"type": "watch", "view": view}))
    await connection.hold()


async def _watch_searches(client: HostileClient) -> None:
    connection = await open_link(client)
    for _ in range(_WATCHES_PER_LINK):
        await client.step()
        words = f"{client.rng.randrange(10**9):x}+{client.rng.randrange(10**9):x}"
        await connection.send(message({"type": "watch", "view": f"events?when=upcoming&q={words}"}))
        await connection.receive(0.001)
    await connection.hold()


async def _read_searches(client: HostileClient) -> None:
    connection = await client.connect()
    while True:
        await client.step()
        words = "+".join(f"{client.rng.randrange(16**6):x}" for _ in range(10))
        await connection.send(f"GET /api/events?q={words} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await connection.receive(1)


async def _watch_and_leave(client: HostileClient) -> None:
    """Opens and closes links, so that views are made and dropped."""
    connection = await open_link(client)
    await connection.send(message({"type": "watch", "view": "events?when=upcoming"}))
    await connection.receive(1)


WATCHES: Final = (
    Attack("watches of every window", 5, 40, _watch_lists),
    Attack("watches of every month", 5, 40, _watch_calendars),
    Attack("searches on live links", 10, 60, _watch_searches),
    Attack("searches by request", 2, 20, _read_searches),
    Attack("links that come and go", 4, 20, _watch_and_leave),
)
