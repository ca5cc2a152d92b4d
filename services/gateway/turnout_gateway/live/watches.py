"""The watch protocol: which client watches which view, and from which position it resumes."""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid, Rejection
from turnout_core.protocol.messages import Close
from turnout_gateway.live.audience import Audience, CatchUp, Client
from turnout_gateway.live.broadcast import Broadcaster
from turnout_gateway.live.looking import LookingPeople
from turnout_gateway.live.pending import PendingWatch, PendingWatches, is_ahead
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.shares import Owner
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Address
from turnout_gateway.wire.frame_out import Frame, fail


class Watches:
    """The watches of all clients of a hub. Satisfies ``registry.Watchers``.

    Args:
        views_per_client: maximum of views that one client watches.
        send: writes a frame to clients; ``close``: closes a connection; ``refuse``: answers a request with a fail.
        on_viewers_changed, on_ahead: as for ``Hub``.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        views: ViewRegistry,
        broadcaster: Broadcaster,
        views_per_client: int,
        *,
        send: Callable[[Collection[Client], Frame], None],
        close: Callable[[Client, Close], None],
        refuse: Callable[[Client, str, Rejection], None],
        on_viewers_changed: Callable[[str, int], None],
        on_ahead: Callable[[Client], None],
        clock: Callable[[], float],
    ) -> None:
        self._views = views
        self._broadcaster = broadcaster
        self._views_per_client = views_per_client
        self._pending = PendingWatches(views_per_client, clock)
        self._send = send
        self._close = close
        self._refuse = refuse
        self._on_viewers_changed = on_viewers_changed
        self._on_ahead = on_ahead
        self._clients_of: dict[str, set[Client]] = {}  # by user; those that have watched something
        self._clock = clock

    def watch(self, client: Client, requested_as: str, at: str | None) -> None:
        """Answers with a snapshot, a patch or a fail, and keeps the client up to date from then on.

        The position of a client never decreases. If the client has seen more than this replica, the answer waits for
        the replica; after ``PENDING_MAX_S``, ``resolve_ahead`` decides.
        """
        try:
            seen = None if at is None else _parse_position(at)
            address = self._parse(client, requested_as)
            if seen is not None and is_ahead(seen, self._views.position):
                self._pending.add(client, address, PendingWatch(requested_as, seen))
                return
            audience = client.audience(address) or self._add_watcher(client, address)
        except Rejection as rejection:
            self._refuse(client, requested_as, rejection)
            return
        audience.current.pop(client, None)
        audience.lagging[client] = CatchUp(seen, requested_as)
        if not client.sink.is_congested:
            self._broadcaster.catch_up(client, audience)

    def unwatch(self, client: Client, requested_as: str) -> None:
        """Ends one watch of the client, if there is one."""
        try:
            address = self._parse(client, requested_as)
        except Rejection as rejection:
            self._refuse(client, requested_as, rejection)
        else:
            self._unwatch(client, address)

    def set_looking(self, client: Client, *, is_looking: bool) -> None:
        """Sets whether the client counts as a viewer of the events that it watches."""
        if client.is_looking is is_looking:
            return
        client.is_looking = is_looking
        for audience in client.views:
            self._count_viewer(audience, client, is_looking=is_looking)

    def remove(self, client: Client) -> None:
        """Ends all watches of a client whose connection has ended."""
        self._pending.remove(client)
        for audience in client.views:
            self._unwatch(client, audience.address)
        clients = self._clients_of.get(client.user) if client.user is not None else None
        if client.user is not None and clients is not None:
            clients.discard(client)
            if not clients:
                del self._clients_of[client.user]

    def owners_of(self, view: View) -> Iterable[Owner]:
        """All watchers of the view."""
        audience = self._broadcaster.audiences[view]
        return (client.owner for client in chain(audience.current, audience.lagging))

    def end_view(self, view: View) -> None:
        """Sends the watchers of a view the reason why it can no longer be watched."""
        audience = self._broadcaster.audiences.pop(view, None)
        if audience is None or view.ended is None:
            return
        watchers = (*audience.current, *audience.lagging)
        for client in watchers:
            client.leave(audience)
        self._send(watchers, fail(view.name, view.ended.code, view.ended.detail))
        audience.current.clear()
        audience.lagging.clear()
        if audience.looking is not None:
            audience.looking.clear()
            self._report_viewers(audience, audience.looking)

    def recheck(self, views: Mapping[View, Collection[str] | None], users: Collection[str]) -> None:
        """Ends the watches that are no longer allowed, see ``registry.Watchers``."""
        for view, watchers in views.items():
            audience = self._broadcaster.audiences.get(view)
            if audience is not None:
                for client in (*audience.current, *audience.lagging):
                    if watchers is None or client.user in watchers:
                        self._recheck(client, audience)
        for user in users:
            for client in tuple(self._clients_of.get(user, ())):
                for audience in client.views:
                    self._recheck(client, audience)

    def retry_pending(self) -> None:
        """Continues the watches that the replica has reached, and reports those that have waited too long."""
        if not self._pending:
            return
        for client, watch in self._pending.pop_ready(self._views.position):
            self.watch(client, watch.requested_as, str(watch.seen))
        for client in self._pending.find_expired():
            self._on_ahead(client)

    def resolve_ahead(self, client: Client, head: Position | None) -> None:
        """Ends the wait of a client that is ahead. ``head`` is the end of the journal; None if it is unknown.

        A client that has seen commits that the journal no longer has gets snapshots. Any other client is only ahead of
        this replica, and is sent to another gateway.
        """
        watches = self._pending.remove(client)
        if not watches:
            return
        if head is None or not all(is_ahead(watch.seen, head) for watch in watches):
            self._close(client, Close.BEHIND)
            return
        for watch in watches:
            self.watch(client, watch.requested_as, None)

    def _recheck(self, client: Client, audience: Audience) -> None:
        try:
            self._views.check_access(audience.address, client.viewer)
        except Rejection as rejection:
            lag = audience.lagging.get(client)
            # A client without an answer so far knows the view by its own spelling only.
            requested_as = lag.requested_as if lag is not None else None
            self._unwatch(client, audience.address)
            self._refuse(client, requested_as or audience.view.name, rejection)

    def _add_watcher(self, client: Client, address: Address) -> Audience:
        if len(client.views) >= self._views_per_client:
            raise Invalid(f"One link watches at most {self._views_per_client} views.")
        view = self._views.open(address, client.viewer, self._clock(), client.owner)
        audience = self._broadcaster.audiences.get(view)
        if audience is None:
            audience = self._broadcaster.audiences[view] = Audience(address, view)
            self._views.on_watched(address, client.owner)
        client.views += (audience,)
        if client.user is not None:
            self._clients_of.setdefault(client.user, set()).add(client)
        audience.lagging[client] = CatchUp(None)
        if client.is_looking:
            self._count_viewer(audience, client, is_looking=True)
        return audience

    def _unwatch(self, client: Client, address: Address) -> None:
        self._pending.withdraw(client, address)
        audience = client.audience(address)
        if audience is None:
            return
        client.leave(audience)
        audience.current.pop(client, None)
        audience.lagging.pop(client, None)
        if client.is_looking:
            self._count_viewer(audience, client, is_looking=False)
        view = audience.view
        if not audience:
            self._broadcaster.audiences.pop(view, None)
        if view.ended is not None:
            return  # it is closed; another view may be open at its address
        if audience:
            self._views.on_watcher_left(address, client.owner, audience.any_client().owner)
        else:
            self._views.on_unwatched(address, self._clock())

    def _parse(self, client: Client, requested_as: str) -> Address:
        return parse(requested_as, client.user, self._views.kinds)

    def _count_viewer(self, audience: Audience, client: Client, *, is_looking: bool) -> None:
        """Notes that the client begins or ceases to look at the event of a view, if it is of one."""
        looking = audience.looking
        if looking is None:
            return
        before = looking.count
        if is_looking:
            looking.add(client.owner)
        else:
            looking.remove(client.owner)
        if looking.count != before:
            self._report_viewers(audience, looking)

    def _report_viewers(self, audience: Audience, looking: LookingPeople) -> None:
        event = audience.address.presence_event
        assert event is not None  # noqa: S101 - only views of an event count people
        self._on_viewers_changed(event, looking.count)


def _parse_position(at: str) -> Position:
    try:
        return Position.parse(at)
    except ValueError as error:
        raise Invalid(str(error)) from None
