"""From changed views to sockets: one frame for all clients that have the same, and catch-up for the others.

A client that has the last broadcast of a view is only a member of ``Audience.current``. What a client has is kept for
the
few that lag: their sink was congested, and when it drains they get ``since`` that. Nothing queues, and nothing else is
kept per client and view.
"""

from collections.abc import Callable, Iterable

from turnout_core.domain.position import Position
from turnout_gateway.live.audience import Audience, CatchUp, Client
from turnout_gateway.live.counters import Counters
from turnout_gateway.live.ports import RawSocket
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.view import View
from turnout_gateway.wire.frame_out import Frame


class Broadcaster:
    """
    Args:
        request_flush: called when a view has changed by the way, and a flush is wanted.
        clock: seconds, only forward.
    """

    def __init__(
        self, views: ViewRegistry, counters: Counters, request_flush: Callable[[], None], clock: Callable[[], float]
    ) -> None:
        self.audiences: dict[View, Audience] = {}
        self._views = views
        self._counters = counters
        self._request_flush = request_flush
        self._clock = clock

    def broadcast(self, changed: Iterable[View]) -> None:
        """Brings the watchers of these views up to date.

        All frames are made before the first is written: the kernel's part of a write costs a quarter less if it follows
        another write.

        Lagging clients of every changed view are checked, even if there is nothing to broadcast: a catch-up may have
        advanced the audience's revision while others still have an older one.
        """
        audiences = [self.audiences[view] for view in changed if view in self.audiences]
        frames = [
            (audience, audience.view.since(audience.revision, self._views.position))
            for audience in audiences
            if audience.view.revision > audience.revision
        ]
        now_s = self._clock()
        for audience, frame in frames:
            self._write(audience, frame, now_s)
        for audience in audiences:
            for client, lag in list(audience.lagging.items()):
                if not client.sink.is_congested:
                    self.catch_up(client, audience)
                elif lag.since != audience.view.revision:
                    self._counters.skips += 1

    def _write(self, audience: Audience, frame: Frame, now_s: float) -> None:
        """Writes to all current clients. A partial write is rare, and is completed by ``Sink.write``.

        The loop touches nothing of a client but its socket: most of the cost is memory that is in no cache.
        """
        self._counters.count_sent(frame, len(audience.current))
        audience.revision = audience.view.revision  # a client that becomes congested by this frame has it
        audience.sent_at_s = now_s
        wire = frame.wire
        size = len(wire)
        partial: dict[RawSocket, int] = {}
        for socket in audience.current.values():
            try:
                sent = socket.send(wire)
            except OSError:
                sent = 0
            if sent != size:
                partial[socket] = sent
        if partial:
            for client, sent in [(each, partial[raw]) for each, raw in audience.current.items() if raw in partial]:
                client.sink.write(frame, sent)

    def catch_up(self, client: Client, audience: Audience) -> None:
        """Brings a lagging client, which is not congested, to where the view is."""
        self._views.refresh()
        if self._views.changed or self._views.ended:
            self._request_flush()
        lag = audience.lagging.pop(client)
        view = audience.view
        if lag.requested_as is not None or lag.since != view.revision:
            frame = view.since(lag.since, self._views.position, lag.requested_as)
            if isinstance(lag.since, Position):
                self._counters.count_resume(by_patch=frame.kind == "patch")
            client.sink.write(frame)
            self._counters.count_sent(frame)
        if not audience.current:
            audience.revision = view.revision
        if audience.revision == view.revision and not client.sink.is_congested:
            audience.current[client] = client.sink.socket
        else:  # it is congested now, or has what the others get at the next flush
            audience.lagging[client] = CatchUp(view.revision)

    def on_congested(self, client: Client) -> None:
        """Broadcasts skip the client until it has drained."""
        for audience in client.views.values():
            if audience.current.pop(client, None) is not None:
                audience.lagging[client] = CatchUp(audience.revision)

    def on_drained(self, client: Client) -> None:
        for audience in client.views.values():
            if client.sink.is_congested:
                break
            if client in audience.lagging:
                self.catch_up(client, audience)
