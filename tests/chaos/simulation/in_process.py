"""The parts of a gateway and a live client, for a run without processes."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Final

from chaos.clients.client_model import ClientModel
from chaos.clients.load import Guest
from chaos.history.events import Failed, Read, Shown
from chaos.history.recorder import Recorder
from turnout_core.domain.apply import Affected
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

_NOW_MS: Final = 0  # views go by the time only to evict what has no watcher


class Gateway:
    """Follower, views and hub, put together as the service does it."""

    def __init__(self, name: str, link: Journal) -> None:
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
        self.follower = Follower(link, self)

    def on_snapshot(self, state: State) -> None:
        self.views.on_snapshot(state)
        self.hub.flush()

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        self.views.on_commits(commits)
        self.hub.flush()

    async def wait_until_ready(self) -> None: ...

    def read(self, view: str, recorder: Recorder, *, last: bool = False) -> None:
        """As GET answers it."""
        now = recorder.now()
        try:
            shown = self.views.open(parse(view, None), Viewer(), _NOW_MS)
            status, body = 200, shown.since(None, self.views.position).payload.decode()
        except Rejection as rejection:
            status, body = rejection.status, ""
        except Exception as error:  # noqa: BLE001 - a part that broke down is a finding
            recorder.missing(f"{view} at {self.name}, which broke down: {error!r}")
            return
        position = str(self.views.position)
        recorder.read(Read(now, recorder.now(), self.name, view, None, None, status, position, body, last))


class Watcher:
    """A live client whose link is a function call. Satisfies ``Sink``."""

    def __init__(self, name: str, guest: Guest, recorder: Recorder) -> None:
        self.model = ClientModel()
        self.is_congested = False
        self.socket = NO_SOCKET
        self._name = name
        self._guest = guest
        self._recorder = recorder
        self._at: tuple[Gateway, Client] | None = None

    def connect(self, gateway: Gateway, views: Iterable[str]) -> None:
        """Comes (back) to this gateway, and goes on with what it holds."""
        self.drop()
        state = gateway.views.state
        assert state is not None
        client = gateway.hub.connect(self, state.users[self._guest.id])
        self._at = gateway, client
        for view in views:
            held = self.model.held.get(view)
            message = {"type": "watch", "view": view, "at": held.at if held else None}
            gateway.hub.on_message(client, json.dumps(message))

    def drop(self) -> None:
        """The link breaks."""
        if self._at is not None:
            gateway, client = self._at
            gateway.hub.disconnect(client)
            self._at = None

    def write(self, frame: Frame, sent: int = 0) -> None:  # noqa: ARG002 - nothing is ever sent directly
        try:
            kind, view, at = self.model.take(frame.payload)
        except KeyError as error:
            self._recorder.missing(f"{self._name}: a snapshot before the first patch of {error}")
            return
        if kind == "fail":
            self._recorder.events.append(Failed(self._recorder.now(), self._name, self._by, view, self._user(view), at))
        elif kind in ("snapshot", "patch"):
            self._show(view, kind)

    def ready_for_more(self) -> None:
        """Records what it holds at the end."""
        for view in self.model.held:
            self._show(view, "rest", last=True)

    def unsent(self) -> int:
        return 0

    def close(self, code: Close) -> None:
        self._recorder.missing(f"{self._name}: its link, closed with {code.name}")

    def abort(self) -> None:
        self._recorder.missing(f"{self._name}: its link, aborted")

    def _show(self, view: str, kind: str, *, last: bool = False) -> None:
        held, now = self.model.held[view], self._recorder.now()
        self._recorder.events.append(
            Shown(now, self._name, self._by, 1, kind, view, self._user(view), held.at, held.digest(), last)
        )

    @property
    def _by(self) -> str:
        return self._at[0].name if self._at else "nobody"

    def _user(self, view: str) -> str | None:
        return self._guest.id if view == "me" else None
