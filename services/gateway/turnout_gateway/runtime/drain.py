"""How a gateway stops: it says goodbye to everybody, then closes link after link, and is done in time."""

import asyncio
from itertools import islice
from typing import Final

from turnout_core.protocol.messages import Close
from turnout_gateway.live.hub import Hub
from turnout_gateway.wire.frame_out import bye

RETRY_FROM_MS: Final = 100
RETRY_PER_CLIENT_MS: Final = 0.5  # the others can take 2,000 clients a second without anybody noticing
RETRY_LEAST_MS: Final = 1_000
RETRY_MOST_MS: Final = 30_000
_STEP_S: Final = 0.05


async def drain(hub: Hub, within_s: float) -> None:
    """Tells every client when to come back, closes them evenly over half of the time, and aborts who is left."""
    clients = list(hub.clients)
    if not clients:
        return
    window_ms = min(RETRY_MOST_MS, max(RETRY_LEAST_MS, round(len(clients) * RETRY_PER_CLIENT_MS)))
    hub.tell(clients, bye(RETRY_FROM_MS, window_ms))
    steps = max(1, round(within_s / 2 / _STEP_S))
    waiting = iter(clients)
    for _ in range(2 * steps):
        for client in islice(waiting, -(-len(clients) // steps)):
            if client in hub.clients:
                hub.close(client, Close.DRAINING)
        if not hub.clients:
            return
        await asyncio.sleep(_STEP_S)
    for client in list(hub.clients):
        hub.abort(client, "draining")
    await asyncio.sleep(0)  # the transports tell that they are gone
