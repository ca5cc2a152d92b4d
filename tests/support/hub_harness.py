"""A hub without a loop: the test sets the time and flushes."""

from collections.abc import Callable
from typing import Any

from fake_writer import FakeWriter
from view_replica import read

from turnout_core.protocol.messages import Close
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub, HubConfig
from turnout_gateway.live.ports import NO_SOCKET
from turnout_gateway.views.kinds import KINDS, Kinds
from turnout_gateway.views.registry import ViewLimits, ViewRegistry
from turnout_gateway.views.view_kind import Viewer
from turnout_gateway.wire.frame_out import Frame


class FakeSink:
    """Collects the frames written to it. The test decides when it is congested."""

    socket = NO_SOCKET

    def __init__(self) -> None:
        self.is_congested = False
        self.on_next_write: Callable[[], None] | None = None  # called by the next write, which congests the sink
        self.frames: list[Frame] = []
        self.unsent_amount = 0
        self.close_code: Close | None = None
        self.is_aborted = False

    def write(self, frame: Frame, sent: int = 0) -> None:
        assert sent == 0
        self.frames.append(frame)
        if self.on_next_write is not None:
            self.is_congested = True
            self.on_next_write()
            self.on_next_write = None

    def unsent(self) -> int:
        return self.unsent_amount

    def close(self, code: Close) -> None:
        self.close_code = code

    def abort(self) -> None:
        self.is_aborted = True

    def pop_messages(self) -> list[dict[str, Any]]:
        """Removes and returns the messages written since the last call."""
        frames, self.frames = self.frames, []
        return [read(frame.payload) for frame in frames]


class HubHarness:
    """A hub without a loop, with a writer whose commits it shows.

    Attributes:
        flush_requests: how often the hub requested a flush.
        ahead_clients: clients for which the hub called ``on_ahead``.
    """

    def __init__(self, limits: ViewLimits | None = None, kinds: Kinds = KINDS, **config: Any) -> None:
        self.writer = FakeWriter()
        self.views = ViewRegistry(limits, kinds)
        self.views.on_snapshot(self.writer.state)
        self.now_s = 1000.0
        self.flush_requests = 0
        self.viewers: dict[str, int] = {}
        self.ahead_clients: list[Client] = []
        self.hub = Hub(
            self.views,
            HubConfig(**config),
            request_flush=self._request_flush,
            on_viewers_changed=self.viewers.__setitem__,
            on_ahead=self.ahead_clients.append,
            clock=lambda: self.now_s,
            now_ms=lambda: self.writer.now_ms,
        )

    def _request_flush(self) -> None:
        self.flush_requests += 1

    def flush(self) -> None:
        """Passes the writer's new commits to the views, and flushes the hub."""
        self.views.on_commits(self.writer.commits)
        self.writer.commits.clear()
        self.hub.flush()

    def client(
        self,
        *views: str,
        user: str | None = None,
        at: str | None = None,
        remote_address: str = "",
        session: str | None = None,
    ) -> tuple[Client, FakeSink]:
        """Connects a client that watches ``views``. Without ``at``, the frames so far are dropped from its sink."""
        sink = FakeSink()
        client = self.hub.connect(sink, self.viewer(user, session), remote_address)
        for view in views:
            self.hub.watch(client, view, at)
        if at is None:
            sink.frames.clear()
        return client, sink

    def viewer(self, user: str | None, session: str | None = None) -> Viewer:
        """The user as a viewer, in this session, or in one of an earlier version, which is open."""
        return Viewer(user, session or self.writer.state.users[user].session) if user else Viewer()

    def watch(self, view: str, user: str | None = None, at: str | None = None) -> dict[str, Any]:
        """The first answer to a new client that watches ``view``."""
        client, sink = self.client(user=user)
        self.hub.watch(client, view, at)
        (answer,) = sink.pop_messages()
        return answer


def pop_types(sink: FakeSink) -> list[str]:
    """Removes the messages written since the last call; returns their types."""
    return [message["type"] for message in sink.pop_messages()]
