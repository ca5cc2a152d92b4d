"""A live client over a real WebSocket: it watches, loses its connection, reconnects and resumes."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from chaos.clients.client_model import ClientModel
from chaos.clients.load import Guest
from chaos.faults.cluster import Node
from chaos.history.events import Failed, Shown
from chaos.history.recorder import Recorder

_OPEN_S: Final = 3.0
_LINK_S: Final = (0.3, 6.0)  # how long a link lives before it breaks
_BACK_S: Final = (0.0, 0.4)
_RESUMES: Final = 0.85  # how often the client still knows what it had
_VIEWS_MOST: Final = 6


class Watcher:
    """
    Args:
        views: what there is to watch now.

    Attributes:
        model: what it holds.
        calm: once set, its link is no longer broken on purpose.
    """

    def __init__(
        self,
        name: str,
        guest: Guest,
        gateways: Sequence[Node],
        views: Callable[[], Sequence[str]],
        recorder: Recorder,
        rng: Random,
    ) -> None:
        self.model = ClientModel()
        self.calm = asyncio.Event()
        self._name = name
        self._guest = guest
        self._gateways = gateways
        self._views = views
        self._recorder = recorder
        self._rng = rng
        self._memories: Counter[str] = Counter()

    @property
    def user(self) -> str:
        return self._guest.id

    @property
    def token(self) -> str:
        return self._guest.token

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            gateway = self._rng.choice(self._gateways)
            with suppress(OSError, TimeoutError, WebSocketException):
                async with connect(
                    f"{gateway.url.replace('http', 'ws')}/api/live",
                    additional_headers={"Authorization": f"Bearer {self._guest.token}"},
                    open_timeout=_OPEN_S,
                    close_timeout=0.5,
                    ping_interval=None,
                    proxy=None,
                ) as link:
                    await self._link(link, f"{gateway.name}#{gateway.process.starts}")
            await asyncio.sleep(self._rng.uniform(*_BACK_S))

    def ready_for_more(self) -> None:
        """Records what it holds at the end."""
        for view in self.model.held:
            self._show(view, "rest", "nobody", last=True)

    async def _link(self, link: ClientConnection, by: str) -> None:
        self._forget_some()
        wanted = [*self.model.held]
        choice = ["me", *self._views()]
        while len(wanted) < min(_VIEWS_MOST, len(choice)):
            wanted.append(self._rng.choice([view for view in choice if view not in wanted]))
        for view in wanted:
            held = self.model.held.get(view)
            self._memories[view] += held is None
            await link.send(json.dumps({"type": "watch", "view": view, "at": held.at if held else None}))
        breaks = asyncio.create_task(self._break(link))
        try:
            while True:
                async with asyncio.timeout(2 * self.model.beat_ms / 1000):
                    self._take(await link.recv(), by)
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code >= 4500:
                self._recorder.missing(f"{self._name}: its link, closed for good with {closed.rcvd.code}")
        finally:
            breaks.cancel()
            link.transport.abort()

    async def _break(self, link: ClientConnection) -> None:
        await asyncio.sleep(self._rng.uniform(*_LINK_S))
        if not self.calm.is_set():
            link.transport.abort()

    def _forget_some(self) -> None:
        """A page that was closed knows nothing any more."""
        for view in list(self.model.held):
            if self._rng.random() > _RESUMES:
                del self.model.held[view]

    def _take(self, payload: str | bytes, by: str) -> None:
        try:
            kind, view, said = self.model.take(payload)
        except KeyError as error:
            self._recorder.missing(f"{self._name} at {by}: a snapshot before the first patch of {error}")
            return
        if kind in ("snapshot", "patch"):
            self._show(view, kind, by)
        elif kind == "fail":
            user = self._guest.id if view == "me" else None
            self._recorder.events.append(Failed(self._recorder.now(), self._name, by, view, user, said))

    def _show(self, view: str, kind: str, by: str, *, last: bool = False) -> None:
        held, user = self.model.held[view], self._guest.id if view == "me" else None
        now = self._recorder.now()
        self._recorder.events.append(
            Shown(now, self._name, by, self._memories[view], kind, view, user, held.at, held.digest(), last)
        )
