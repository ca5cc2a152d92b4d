"""Connections and the watch protocol: which client watches which view."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from turnout_core.domain import limits
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid, Rejection
from turnout_core.domain.state import User
from turnout_core.protocol.messages import Close, Unwatch, Watch
from turnout_gateway.live.audience import Audience, CatchUp, Client
from turnout_gateway.live.broadcast import Broadcaster
from turnout_gateway.live.client_protocol import ClientProtocol, CloseConnection, InvalidMessage, MessageLimits
from turnout_gateway.live.counters import Counters
from turnout_gateway.live.keepalive import KeepAlive
from turnout_gateway.live.pending import PendingWatch, PendingWatches, is_ahead
from turnout_gateway.live.ports import Sink
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Address
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
        clock: monotonic time in seconds; ``now_ms``: Unix time in ms.
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
        self._broadcaster = Broadcaster(views, self.counters, request_flush, clock)
        self._pending = PendingWatches(config.views_per_client, clock)
        self._on_viewers_changed = on_viewers_changed
        self._on_ahead = on_ahead
        self._clock = clock
        self._now_ms = now_ms

    def connect(self, sink: Sink, user: User | None, remote_address: str = "") -> Client:
        """Adds a client and sends it hello. Raises Unavailable while the replica is not loaded."""
        position = self.views.position
        client = Client(sink, ClientProtocol(self._config.messages, self._clock()), user, remote_address)
        self.clients.add(client)
        self.counters.connects += 1
        self.send((client,), hello(str(position), client.user, self._config.heartbeat_ms))
        return client

    def disconnect(self, client: Client) -> None:
        """Removes a client whose connection has ended."""
        self.clients.remove(client)
        self._pending.remove(client)
        for address in list(client.views):
            self._unwatch(client, address)

    def on_message(self, client: Client, message: bytes | str) -> None:
        """Handles one message of the client."""
        match client.protocol.receive(message, self._config.messages, self._clock()):
            case Watch(view=view, at=at):
                self.watch(client, view, at)
            case Unwatch(view=view):
                self._on_unwatch(client, view)
            case InvalidMessage(code=code, detail=detail):
                self._refuse(client, None, code, detail)
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
            self._end_view(view)
        self._retry_pending()

    def keep_alive(self) -> None:
        """Sends heartbeats, disconnects stalled clients and evicts idle views. Must run every ``clients.step_s``."""
        now_s = self._clock()
        for client in self.clients.find_stalled(now_s):
            self.abort(client, "stalled")
        self._retry_pending()
        self.send(self.clients.advance(now_s), beat(str(self.views.position)))
        self.views.evict_idle(self._now_ms())

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

    def watch(self, client: Client, requested_as: str, at: str | None) -> None:
        """Answers with a snapshot, a patch or a fail, and keeps the client up to date from then on.

        The position of a client never decreases. If the client has seen more than this replica, the answer waits for
        the replica; after ``PENDING_MAX_S``, ``resolve_ahead`` decides.
        """
        try:
            seen = None if at is None else _parse_position(at)
            address = self._parse(client, requested_as)
            if seen is not None and is_ahead(seen, self.views.position):
                self._pending.add(client, address, PendingWatch(requested_as, seen))
                return
            audience = client.views.get(address) or self._add_watcher(client, address)
        except Rejection as rejection:
            self._refuse(client, requested_as, rejection.code, rejection.detail)
            return
        audience.current.pop(client, None)
        audience.lagging[client] = CatchUp(seen, requested_as)
        if not client.sink.is_congested:
            self._broadcaster.catch_up(client, audience)

    def resolve_ahead(self, client: Client, head: Position | None) -> None:
        """Ends the wait of a client that is ahead. ``head`` is the end of the journal; None if it is unknown.

        A client that has seen commits that the journal no longer has gets snapshots. Any other client is only ahead of
        this replica, and is sent to another gateway.
        """
        watches = self._pending.remove(client)
        if not watches:
            return
        if head is None or not all(is_ahead(watch.seen, head) for watch in watches):
            self.close(client, Close.BEHIND)
            return
        for watch in watches:
            self.watch(client, watch.requested_as, None)

    def _add_watcher(self, client: Client, address: Address) -> Audience:
        if len(client.views) >= self._config.views_per_client:
            raise Invalid(f"One link watches at most {self._config.views_per_client} views.")
        view = self.views.open(address, client.viewer, self._now_ms())
        audience = self._broadcaster.audiences.get(view)
        if audience is None:
            audience = self._broadcaster.audiences[view] = Audience(address, view)
            self.views.on_watched(address)
        client.views[address] = audience
        audience.lagging[client] = CatchUp(None)
        self._count_viewers(audience)
        return audience

    def _on_unwatch(self, client: Client, requested_as: str) -> None:
        try:
            address = self._parse(client, requested_as)
        except Rejection as rejection:
            self._refuse(client, requested_as, rejection.code, rejection.detail)
        else:
            self._unwatch(client, address)

    def _unwatch(self, client: Client, address: Address) -> None:
        self._pending.withdraw(client, address)
        audience = client.views.pop(address, None)
        if audience is None:
            return
        audience.current.pop(client, None)
        audience.lagging.pop(client, None)
        self._count_viewers(audience)
        if not audience and self._broadcaster.audiences.pop(audience.view, None) is not None:
            self.views.on_unwatched(address, self._now_ms())

    def _end_view(self, view: View) -> None:
        """Sends the watchers of a view the reason why it can no longer be watched."""
        audience = self._broadcaster.audiences.pop(view, None)
        if audience is None or view.ended is None:
            return
        watchers = (*audience.current, *audience.lagging)
        for client in watchers:
            del client.views[audience.address]
        self.send(watchers, fail(view.name, view.ended.code, view.ended.detail))
        audience.current.clear()
        audience.lagging.clear()
        self._count_viewers(audience)

    def _retry_pending(self) -> None:
        if not self._pending:
            return
        for client, watch in self._pending.pop_ready(self.views.position):
            self.watch(client, watch.requested_as, str(watch.seen))
        for client in self._pending.find_expired():
            self._on_ahead(client)

    def _parse(self, client: Client, requested_as: str) -> Address:
        return parse(requested_as, client.user, self.views.kinds)

    def _count_viewers(self, audience: Audience) -> None:
        event = audience.address.presence_event
        if event is not None:
            self._on_viewers_changed(event, len(audience))

    def _refuse(self, client: Client, view: str | None, code: str, detail: str) -> None:
        self.counters.refusals[code] += 1
        self.send((client,), fail(view, code, detail))


def _parse_position(at: str) -> Position:
    try:
        return Position.parse(at)
    except ValueError as error:
        raise Invalid(str(error)) from None
