"""A client that reads views from the gateways, at times with ``at_least``."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import httpx

from chaos.clients.views import is_personal
from chaos.faults.cluster import Cluster, Node
from chaos.history.events import ViewRead
from chaos.history.recorder import Recorder
from turnout_core.web.problems import POSITION_HEADER

_PAUSE_S: Final = 0.05
_READ_TIMEOUT_S: Final = 3.0
_CONCLUSIVE_STATUSES: Final = (200, 401, 404)


class Reader:
    """Reads a random view at a random gateway, again and again. ``views`` returns the present views."""

    def __init__(self, cluster: Cluster, views: Callable[[], Sequence[str]], recorder: Recorder, rng: Random) -> None:
        self._cluster = cluster
        self._views = views
        self._recorder = recorder
        self._rng = rng

    async def run(self) -> None:
        """Reads until it is cancelled."""
        while True:
            if views := self._views():
                at_least = self._recorder.newest if self._rng.random() < 0.5 else None
                await self.read(self._rng.choice(self._cluster.gateways), self._rng.choice(views), at_least=at_least)
            await asyncio.sleep(_PAUSE_S)

    async def read(
        self,
        gateway: Node,
        view: str,
        user: tuple[str, str] | None = None,
        at_least: str | None = None,
        *,
        is_final: bool = False,
    ) -> bool:
        """Reads once, as the ``user`` with this id and token. Returns False if no response or no useful one came."""
        began, by = self._recorder.now(), f"{gateway.name}#{gateway.process.starts}"
        separator = "&" if "?" in view else "?"
        address = f"/api/{view}" + (f"{separator}at_least={at_least}" if at_least else "")
        headers = {"Authorization": f"Bearer {user[1]}"} if user else {}
        try:
            async with asyncio.timeout(_READ_TIMEOUT_S):
                response = await self._cluster.clients[gateway.name].get(address, headers=headers)
        except (httpx.TransportError, TimeoutError):
            return False
        position = response.headers.get(POSITION_HEADER)
        if response.status_code not in _CONCLUSIVE_STATUSES or position is None:
            self._recorder.add_inconclusive_response(by, f"GET {address}", response)
            return False
        user_id = user[0] if user and is_personal(view) else None
        now, status = self._recorder.now(), response.status_code
        self._recorder.add_view_read(
            ViewRead(began, now, by, view, user_id, at_least, status, position, response.text, is_final)
        )
        return True
