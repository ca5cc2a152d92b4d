"""A live client of one view that stays connected, reconnects and resumes, as a browser does."""

import asyncio
import json
from contextlib import suppress
from typing import Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from chaos.clients.client_model import ClientModel
from chaos.faults.cluster import Node
from turnout_core.domain.position import Position

_RECONNECT_S: Final = 0.3


class SteadyClient:
    """Watches ``view`` at ``gateway``.

    Attributes:
        snapshots: number of snapshots that it has received; the first is that of its start.
    """

    def __init__(self, gateway: Node, view: str) -> None:
        self.snapshots = 0
        self._gateway = gateway
        self._view = view
        self._model = ClientModel()

    def has_reached(self, position: str) -> bool:
        """True if it shows the view at ``position`` or later."""
        view = self._model.views.get(self._view)
        return view is not None and Position.parse(view.at).reaches(Position.parse(position))

    async def run(self) -> None:
        """Watches until it is cancelled."""
        address = f"{self._gateway.url.replace('http', 'ws')}/api/live"
        while True:
            with suppress(OSError, TimeoutError, WebSocketException):
                async with connect(address, ping_interval=None, proxy=None) as connection:
                    view = self._model.views.get(self._view)
                    watch = {"type": "watch", "view": self._view, "at": view.at if view else None}
                    await connection.send(json.dumps(watch))
                    kind = ""
                    while kind != "fail":  # such as by a gateway that does not know the event yet
                        async with asyncio.timeout(2 * self._model.beat_ms / 1000):
                            kind, *_ = self._model.apply(await connection.recv())
                        self.snapshots += kind == "snapshot"
            await asyncio.sleep(_RECONNECT_S)
