"""A graceful stop of a gateway: says goodbye to all clients, then closes one connection after another, in time."""

import asyncio
from itertools import islice
from typing import Final

from turnout_core.protocol.messages import Close
from turnout_gateway.live.hub import Hub
from turnout_gateway.wire.frame_out import bye

RETRY_FROM_MS: Final = 100
RETRY_PER_CLIENT_MS: Final = 0.5  # the other gateways take 2,000 clients a second without strain
RETRY_MIN_MS: Final = 1_000
RETRY_MAX_MS: Final = 30_000
_STEP_S: Final = 0.05


async def drain(hub: Hub, within_s: float) -> None:
    """Sends every client a window for its return, closes them evenly over half of the time, and aborts the rest."""
    clients = list(hub.clients)
    if not clients:
        return
    window_ms = min(RETRY_MAX_MS, max(RETRY_MIN_MS, round(len(clients) * RETRY_PER_CLIENT_MS)))
    hub.send(clients, bye(RETRY_FROM_MS, window_ms))
    steps = max(1, round(within_s / 2 / _STEP_S))
    remaining = iter(clients)
    for _ in range(2 * steps):
        for client in islice(remaining, -(-len(clients) // steps)):
            if client in hub.clients:
                hub.close(client, Close.DRAINING)
        if not hub.clients:
            return
        await asyncio.sleep(_STEP_S)
    for client in list(hub.clients):
        hub.abort(client, "draining")
    await asyncio.sleep(0)  # the transports report the end of their connections
