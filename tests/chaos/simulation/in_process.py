"""A gateway and a live client for a run without processes, made from the real parts."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Final

from chaos.clients.client_model import ClientModel
from chaos.clients.views import is_personal
from chaos.clients.world import Guest
from chaos.history.events import FailedWatch, LiveView, ViewRead
from chaos.history.recorder import Recorder
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Journal
from turnout_core.protocol.messages import Close
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub, HubConfig
from turnout_gateway.live.ports import NO_SOCKET
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.view_kind import Viewer
from turnout_gateway.wire.frame_out import Frame

_NOW_S: Final = 0.0  # views use the time only to evict those without a watcher
_NOW_MS: Final = 0  # no client of the simulation looks at the time of hello


class Gateway:
    """Follower, views and hub, connected as in the service."""

    def __init__(self, name: str, journal: Journal) -> None:
        self.name = name
        self.views = ViewRegistry()
        clock = asyncio.get_running_loop().time
        self.hub = Hub(
            self.views,
            HubConfig(),
            request_flush=lambda: None,
            on_viewers_changed=self.views.set_viewers,
            on_ahead=lambda client: self.hub.resolve_ahead(client, None),
            clock=clock,
            now_ms=lambda: _NOW_MS,
        )
        self.follower = Follower(journal, self)

    def on_snapshot(self, state: State) -> None:
        self.views.on_snapshot(state)
        self.hub.flush()

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        self.views.on_commits(commits)
        self.hub.flush()

    async def wait_until_ready(self) -> None: ...

    def read(self, view: str, recorder: Recorder, *, is_final: bool = False) -> None:
        """Records the response to a GET of ``view``."""
        now = recorder.now()
        try:
            opened = self.views.open(parse(view, None), Viewer(), _NOW_S)
            status, body = 200, opened.since(None, self.views.position).payload.decode()
        except Rejection as rejection:
            status, body = rejection.status, ""
        except Exception as error:  # noqa: BLE001 - any failure of a part is a finding
            recorder.add_missing_part(f"{view} at {self.name}, which failed: {error!r}")
            return
        position = str(self.views.position)
        recorder.add_view_read(
            ViewRead(now, recorder.now(), self.name, view, None, None, status, position, body, is_final)
        )


class Watcher:
    """A live client that is connected by function calls. Satisfies ``Sink``."""

    def __init__(self, name: str, guest: Guest, recorder: Recorder) -> None:
        self.model = ClientModel()
        self.is_congested = False
        self.socket = NO_SOCKET
        self._name = name
        self._guest = guest
        self._recorder = recorder
        self._connection: tuple[Gateway, Client] | None = None

    def connect(self, gateway: Gateway, views: Iterable[str]) -> None:
        """Connects to ``gateway`` and watches ``views``, from its present position where it has one."""
        self.disconnect()
        state = gateway.views.state
        assert state is not None
        client = gateway.hub.connect(self, Viewer(self._guest.id, state.users[self._guest.id].session))
        self._connection = gateway, client
        for view in views:
            view_model = self.model.views.get(view)
            message = {"type": "watch", "view": view, "at": view_model.at if view_model else None}
            gateway.hub.on_message(client, json.dumps(message))

    def disconnect(self) -> None:
        """Breaks the connection."""
        if self._connection is not None:
            gateway, client = self._connection
            gateway.hub.disconnect(client)
            self._connection = None

    def write(self, frame: Frame, sent: int = 0) -> None:  # noqa: ARG002 - there is no socket to send to directly
        try:
            kind, view, position_or_code = self.model.apply(frame.payload)
        except KeyError as error:
            self._recorder.add_missing_part(f"{self._name}: a snapshot before the first patch of {error}")
            return
        if kind == "fail":
            self._recorder.events.append(
                FailedWatch(
                    self._recorder.now(),
                    self._name,
                    self._service,
                    view,
                    self._user_of(view),
                    position_or_code,
                    self._guest.id,
                )
            )
        elif kind in ("snapshot", "patch"):
            self._record_view(view, kind)

    def record_final_views(self) -> None:
        """Records the views at the end of the run."""
        for view in self.model.views:
            self._record_view(view, "rest", is_final=True)

    def unsent(self) -> int:
        return 0

    def close(self, code: Close) -> None:
        self._recorder.add_missing_part(f"{self._name}: its connection, closed with {code.name}")

    def abort(self) -> None:
        self._recorder.add_missing_part(f"{self._name}: its connection, aborted")

    def _record_view(self, view: str, kind: str, *, is_final: bool = False) -> None:
        view_model, now = self.model.views[view], self._recorder.now()
        self._recorder.events.append(
            LiveView(
                now,
                self._name,
                self._service,
                1,
                kind,
                view,
                self._user_of(view),
                view_model.at,
                view_model.digest(),
                is_final,
                self._guest.id,
            )
        )

    @property
    def _service(self) -> str:
        return self._connection[0].name if self._connection else "none"

    def _user_of(self, view: str) -> str | None:
        return self._guest.id if is_personal(view) else None
