"""Clients that lose, delay and change connections to gateways without I/O."""

from typing import Final

from fake_writer import START_MS, replay
from history import BEGINNING
from view_replica import Replica

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import State
from turnout_gateway.views.history import Seen
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Address, Viewer

HOST: Final = "user1"  # a co-host of every event; who may see a view is a matter of the hub


class Site:
    """A gateway without I/O: a replica that may lag, and its views."""

    def __init__(self) -> None:
        self.state = State(BEGINNING.position, BEGINNING.hash)
        self.views = ViewRegistry()
        self.views.on_snapshot(self.state)

    def follow(self, records: list[bytes]) -> None:
        self.views.on_commits(replay(records, self.state))

    def open(self, address: Address) -> View:
        return open_view(self.views, address)


def open_view(views: ViewRegistry, address: Address) -> View:
    """Opens the view, as its user if it belongs to one."""
    return views.open(address, Viewer(getattr(address, "user", HOST)), START_MS)


class Watcher:
    """A client with one view, on one gateway at a time."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.site: Site | None = None
        self.view: View | None = None
        self.seen: Seen = None
        self.replica = Replica()

    def catch_up(self) -> None:
        if self.site is not None and self.view is not None and self.view.ended is None:
            frame = self.view.since(self.seen, self.site.views.position)
            self.replica.apply(frame.payload)
            self.seen = self.view.revision

    def connect(self, site: Site) -> None:
        try:
            view = site.open(self.address)
        except Rejection:
            self.replica = Replica()  # a client drops what it may not see any more
            return
        if self.replica.at is not None:
            before = Position.parse(self.replica.at)
            if before.seq > site.views.position.seq:
                return  # the hub defers the watch
            self.seen = before
        self.site, self.view = site, view
        self.catch_up()

    def disconnect(self) -> None:
        self.site = self.view = None
