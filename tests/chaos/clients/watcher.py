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
from chaos.clients.views import PERSONAL_VIEWS, is_personal
from chaos.clients.world import Guest
from chaos.faults.cluster import Node
from chaos.history.events import FailedWatch, LiveView
from chaos.history.recorder import Recorder

_OPEN_TIMEOUT_S: Final = 3.0
_CONNECTION_S: Final = (0.3, 6.0)  # lifetime of a connection before the client breaks it
_RECONNECT_PAUSE_S: Final = (0.0, 0.4)
_RESUME_SHARE: Final = 0.85  # share of views that the client resumes after a reconnection
_VIEWS_MAX: Final = 6


class Watcher:
    """A live client that breaks its own connections.

    Args:
        views: returns the views that can be watched now.

    Attributes:
        model: the views of the client.
        stop_breaking: once set, the client breaks no more connections.
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
        self.stop_breaking = asyncio.Event()
        self._name = name
        self._guest = guest
        self._gateways = gateways
        self._views = views
        self._recorder = recorder
        self._rng = rng
        self._generations: Counter[str] = Counter()

    @property
    def user(self) -> str:
        return self._guest.id

    @property
    def token(self) -> str:
        return self._guest.token

    async def run(self) -> None:
        """Watches until it is cancelled."""
        while True:
            gateway = self._rng.choice(self._gateways)
            with suppress(OSError, TimeoutError, WebSocketException):
                async with connect(
                    f"{gateway.url.replace('http', 'ws')}/api/live",
                    additional_headers={"Authorization": f"Bearer {self._guest.token}"},
                    open_timeout=_OPEN_TIMEOUT_S,
                    close_timeout=0.5,
                    ping_interval=None,
                    proxy=None,
                ) as connection:
                    await self._watch(connection, f"{gateway.name}#{gateway.process.starts}")
            await asyncio.sleep(self._rng.uniform(*_RECONNECT_PAUSE_S))

    def record_final_views(self) -> None:
        """Records the views at the end of the run."""
        for view in self.model.views:
            self._record_view(view, "rest", "none", is_final=True)

    async def _watch(self, connection: ClientConnection, service: str) -> None:
        self._drop_some_views()
        wanted = [*self.model.views]
        choices = [*PERSONAL_VIEWS, *self._views()]
        while len(wanted) < min(_VIEWS_MAX, len(choices)):
            wanted.append(self._rng.choice([view for view in choices if view not in wanted]))
        for view in wanted:
            view_model = self.model.views.get(view)
            self._generations[view] += view_model is None
            await connection.send(
                json.dumps({"type": "watch", "view": view, "at": view_model.at if view_model else None})
            )
        breaking = asyncio.create_task(self._break_connection(connection))
        try:
            while True:
                async with asyncio.timeout(2 * self.model.beat_ms / 1000):
                    self._apply(await connection.recv(), service)
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code >= 4500:
                self._recorder.add_missing_part(
                    f"{self._name}: its connection, closed permanently with {closed.rcvd.code}"
                )
        finally:
            breaking.cancel()
            connection.transport.abort()

    async def _break_connection(self, connection: ClientConnection) -> None:
        await asyncio.sleep(self._rng.uniform(*_CONNECTION_S))
        if not self.stop_breaking.is_set():
            connection.transport.abort()

    def _drop_some_views(self) -> None:
        """Drops some views, as a client that reloads its page."""
        for view in list(self.model.views):
            if self._rng.random() > _RESUME_SHARE:
                del self.model.views[view]

    def _apply(self, payload: str | bytes, service: str) -> None:
        try:
            kind, view, position_or_code = self.model.apply(payload)
        except KeyError as error:
            self._recorder.add_missing_part(f"{self._name} at {service}: a snapshot before the first patch of {error}")
            return
        if kind in ("snapshot", "patch"):
            self._record_view(view, kind, service)
        elif kind == "fail":
            user = self._guest.id if is_personal(view) else None
            self._recorder.events.append(
                FailedWatch(self._recorder.now(), self._name, service, view, user, position_or_code, self._guest.id)
            )

    def _record_view(self, view: str, kind: str, service: str, *, is_final: bool = False) -> None:
        view_model, user = self.model.views[view], self._guest.id if is_personal(view) else None
        now = self._recorder.now()
        self._recorder.events.append(
            LiveView(
                now,
                self._name,
                service,
                self._generations[view],
                kind,
                view,
                user,
                view_model.at,
                view_model.digest(),
                is_final,
                self._guest.id,
            )
        )
