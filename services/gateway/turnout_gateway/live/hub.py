"""The connections of a gateway: their messages, what is sent to them, and when they end."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from turnout_core.domain import limits
from turnout_core.domain.rejections import Rejection
from turnout_core.protocol.messages import Close, ReportPresence, Unwatch, Watch
from turnout_gateway.live.attention import Attention
from turnout_gateway.live.audience import Client
from turnout_gateway.live.broadcast import Broadcaster
from turnout_gateway.live.client_protocol import ClientProtocol, CloseConnection, InvalidMessage, MessageLimits
from turnout_gateway.live.counters import Counters
from turnout_gateway.live.keepalive import KeepAlive
from turnout_gateway.live.ports import Sink
from turnout_gateway.live.watches import Watches
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.view_kind import Viewer
from turnout_gateway.wire.frame_out import Frame, beat, fail, hello


@dataclass(frozen=True, slots=True)
class HubConfig:
    """The configuration of a hub.

    Attributes:
        heartbeat_ms: interval of heartbeats on an idle connection.
        stall_s: time after which a client that reads nothing, although it has unsent data, is disconnected.
    """

    messages: MessageLimits = field(default_factory=MessageLimits)
    views_per_client: int = limits.VIEWS_PER_CONNECTION_MAX
    heartbeat_ms: int = 10_000
    stall_s: float = 20.0


class Hub:
    """All clients of a gateway, and the views that they watch.

    Args:
        request_flush: called when there is something to send; the caller then runs ``flush`` soon.
        on_viewers_changed: called when the number of clients that watch an event has changed.
        on_ahead: called with a client whose requested position the replica has not reached within PENDING_MAX_S; the
            caller runs ``resolve_ahead``.
        clock: monotonic time in seconds; ``now_ms``: Unix time in ms, for hello.

    Attributes:
        watch, resolve_ahead: those of ``Watches``.
    """

    def __init__(
        self,
        views: ViewRegistry,
        config: HubConfig,
        *,
        request_flush: Callable[[], None],
        on_viewers_changed: Callable[[str, int], None],
        on_ahead: Callable[[Client], None],
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self.views = views
        self.counters = Counters()
        self.clients = KeepAlive(config.heartbeat_ms / 1000, config.stall_s)
        self._config = config
        self._attention = Attention(2 * config.heartbeat_ms / 1000)
        self._broadcaster = Broadcaster(views, self.counters, request_flush, clock)
        self._watches = Watches(
            views,
            self._broadcaster,
            config.views_per_client,
            send=self.send,
            close=self.close,
            refuse=self._refuse,
            on_viewers_changed=on_viewers_changed,
            on_ahead=on_ahead,
            clock=clock,
        )
        views.watchers = self._watches
        self.watch = self._watches.watch
        self.resolve_ahead = self._watches.resolve_ahead
        self._clock = clock
        self._now_ms = now_ms

    def connect(self, sink: Sink, viewer: Viewer, remote_address: str = "") -> Client:
        """Adds a client and sends it hello. Raises Unavailable while the replica is not loaded."""
        position = self.views.position
        client = Client(sink, ClientProtocol(), viewer, remote_address)
        self.clients.add(client)
        self.counters.connects += 1
        beat_ms = self._config.heartbeat_ms
        self.send((client,), hello(str(position), client.user, beat_ms, now_ms=self._now_ms(), presence_ms=beat_ms))
        return client

    def disconnect(self, client: Client) -> None:
        """Removes a client whose connection has ended."""
        self.clients.remove(client)
        self._attention.remove(client)
        self._watches.remove(client)

    def on_message(self, client: Client, message: bytes | str) -> None:
        """Handles one message of the client."""
        match client.protocol.receive(message, self._config.messages, self._clock()):
            case Watch(view=view, at=at):
                self._watches.watch(client, view, at)
            case Unwatch(view=view):
                self._watches.unwatch(client, view)
            case ReportPresence(looking=looking):
                self._on_presence(client, is_looking=looking)
            case InvalidMessage(code=code, detail=detail):
                self._send_fail(client, None, code, detail)
            case CloseConnection(code=close):
                self.close(client, close)

    def count_frame(self, client: Client) -> bool:
        """Counts a frame that completes no message; False if it exceeds the limit, and the client has been closed."""
        if client.protocol.count_message(self._config.messages, self._clock()):
            return True
        self.close(client, Close.TOO_FAST)
        return False

    def on_congested(self, client: Client) -> None:
        """Broadcasts skip the client until its send buffer has drained."""
        self.clients.on_congested(client, self._clock())
        self._broadcaster.on_congested(client)

    def on_drained(self, client: Client) -> None:
        """The client's send buffer is empty: brings it up to date."""
        self.clients.on_drained(client)
        self._broadcaster.on_drained(client)

    def flush(self) -> None:
        """Sends all changes since the last flush, in one frame per view."""
        self.views.refresh()
        self.counters.flushes += 1
        changed, self.views.changed = self.views.changed, set()
        ended, self.views.ended = self.views.ended, set()
        self._broadcaster.broadcast(changed - ended)
        for view in ended:
            self._watches.end_view(view)
        self._watches.retry_pending()

    def keep_alive(self) -> None:
        """Sends heartbeats, disconnects stalled clients and evicts idle views. Must run every ``clients.step_s``.

        Clients that no longer report their presence stop counting as viewers.
        """
        now_s = self._clock()
        for client in self.clients.find_stalled(now_s):
            self.abort(client, "stalled")
        for client in self._attention.pop_silent(now_s):
            self._watches.set_looking(client, is_looking=False)
        self._watches.retry_pending()
        self.send(self.clients.advance(now_s), beat(str(self.views.position)))
        self.views.evict_idle(self._clock())

    def send(self, clients: Collection[Client], frame: Frame) -> None:
        """Sends one frame to all of these clients."""
        for client in clients:
            client.sink.write(frame)
        self.counters.count_sent(frame, len(clients))

    def close(self, client: Client, code: Close) -> None:
        self.counters.closes[code.name.lower()] += 1
        client.sink.close(code)

    def abort(self, client: Client, reason: str) -> None:
        self.counters.aborts[reason] += 1
        client.sink.abort()

    def _on_presence(self, client: Client, *, is_looking: bool) -> None:
        if is_looking:
            self._attention.add(client, self._clock())
        else:
            self._attention.remove(client)
        self._watches.set_looking(client, is_looking=is_looking)

    def _refuse(self, client: Client, requested_as: str, rejection: Rejection) -> None:
        self._send_fail(client, requested_as, rejection.code, rejection.detail)

    def _send_fail(self, client: Client, view: str | None, code: str, detail: str) -> None:
        self.counters.refusals[code] += 1
        self.send((client,), fail(view, code, detail))
