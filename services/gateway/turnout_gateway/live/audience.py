"""The state of a client and of a watched view. Both are small, because there are many of them."""

from typing import NamedTuple

from turnout_gateway.live.client_protocol import ClientProtocol
from turnout_gateway.live.looking import LookingPeople
from turnout_gateway.live.ports import RawSocket, Sink
from turnout_gateway.views.history import Seen
from turnout_gateway.views.shares import Owner
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Address, Viewer


class Client:
    """One connection, as the hub sees it.

    Attributes:
        viewer: as the handshake identified them.
        remote_address: for the limits of connections and views per address.
        slot: index of its slot in the wheel of ``KeepAlive``.
        is_looking: False if its page is hidden, or no longer reports; see ``Attention``.
        views: what it watches. A tuple takes a quarter of a dict's memory, and most clients watch one view or two.
    """

    __slots__ = ("is_looking", "protocol", "remote_address", "sink", "slot", "viewer", "views")

    def __init__(self, sink: Sink, protocol: ClientProtocol, viewer: Viewer, remote_address: str) -> None:
        self.sink = sink
        self.protocol = protocol
        self.viewer = viewer
        self.remote_address = remote_address
        self.slot = 0
        self.is_looking = True
        self.views: tuple[Audience, ...] = ()

    def audience(self, address: Address) -> "Audience | None":
        """The audience of the view at ``address``, if the client watches it."""
        return next((each for each in self.views if each.address == address), None)

    def leave(self, audience: "Audience") -> None:
        """Forgets a view that it watches."""
        self.views = tuple(each for each in self.views if each is not audience)

    @property
    def user(self) -> str | None:
        """Id of the signed-in user."""
        return self.viewer.user

    @property
    def owner(self) -> Owner:
        return Owner(self.remote_address, self.user)


class CatchUp(NamedTuple):
    """The part of a view that a lagging client has; before its first answer also the address that it requested."""

    since: Seen
    requested_as: str | None = None


class Audience:
    """The watchers of one view.

    Attributes:
        revision: the revision of the view that the ``current`` clients have.
        current: up-to-date clients with an empty send buffer, mapped to their raw socket; a broadcast iterates over
            this dict only.
        lagging: clients that have another revision, or are congested.
        sent_at_s: time of the last broadcast.
        looking: the people among the watchers who look at the event; None if the view is of no event.
    """

    __slots__ = ("address", "current", "lagging", "looking", "revision", "sent_at_s", "view")

    def __init__(self, address: Address, view: View) -> None:
        self.address = address
        self.view = view
        self.revision = view.revision
        self.current: dict[Client, RawSocket] = {}
        self.lagging: dict[Client, CatchUp] = {}
        self.sent_at_s = 0.0
        self.looking = LookingPeople() if address.presence_event is not None else None

    def __len__(self) -> int:
        return len(self.current) + len(self.lagging)

    def any_client(self) -> Client:
        """One of the watchers, in constant time: iterating over a dict whose first entries were deleted is slow."""
        if self.current:
            client, socket = self.current.popitem()
            self.current[client] = socket
        else:
            client, lag = self.lagging.popitem()
            self.lagging[client] = lag
        return client
