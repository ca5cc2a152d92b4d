"""The graceful stop of a gateway: sends ``bye`` to all clients, then closes their connections one by one."""

import asyncio
from itertools import islice
from typing import Final

from turnout_core.protocol.messages import Close
from turnout_gateway.live.hub import Hub
from turnout_gateway.wire.frame_out import bye

RETRY_FROM_MS: Final = 100
RETRY_PER_CLIENT_MS: Final = 0.5  # spreads reconnects to 2,000 a second, which the other gateways can accept
RETRY_MIN_MS: Final = 1_000
RETRY_MAX_MS: Final = 30_000
_STEP_S: Final = 0.05


async def drain(hub: Hub, within_s: float) -> None:
    """Sends every client a time window to reconnect in, and closes all evenly over half of ``within_s``.

    Connections that are still open after ``within_s`` are aborted.
    """
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
    await asyncio.sleep(0)  # lets the transports report the ends of their connections
