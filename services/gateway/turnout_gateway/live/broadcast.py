"""Sends changed views: one frame for all clients at the same revision, and a catch-up for each lagging client.

A client that has the last broadcast of a view is only a member of ``Audience.current``. The few lagging clients have a
``CatchUp`` each: when their sink drains, they get the changes since then. No frames queue, and no other state exists
per client and view.
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
    """Writes the frames of views to the clients that watch them.

    Args:
        request_flush: called when a catch-up finds changed views, so that a flush sends them to their other watchers.
        clock: monotonic time in seconds.
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

        All frames are made before the first is written: a write that follows another one costs the kernel a quarter
        less.

        Lagging clients are checked even if there is nothing to broadcast. A catch-up may have advanced the audience's
        revision while other clients still have an older one.
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

        The loop reads only the socket of each client: cache misses are most of its cost.
        """
        self._counters.count_sent(frame, len(audience.current))
        audience.revision = audience.view.revision  # also for clients whose buffer fills up: their sinks send the rest
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
        """Brings a lagging client that is not congested up to date, unless the refresh before that ends its watch."""
        self._views.refresh()
        if self._views.changed or self._views.ended:
            self._request_flush()
        lag = audience.lagging.pop(client, None)
        if lag is None:
            return
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
        else:  # congested now, or ahead of the current clients until the next flush
            audience.lagging[client] = CatchUp(view.revision)

    def on_congested(self, client: Client) -> None:
        """Broadcasts skip the client until it has drained."""
        for audience in client.views:
            if audience.current.pop(client, None) is not None:
                audience.lagging[client] = CatchUp(audience.revision)

    def on_drained(self, client: Client) -> None:
        """Brings the client up to date, until it is congested again."""
        for audience in client.views:
            if client.sink.is_congested:
                break
            if client in audience.lagging:
                self.catch_up(client, audience)
