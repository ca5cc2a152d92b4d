"""What is kept of every client, and of every view that somebody watches. Small: there are many of them."""

from typing import NamedTuple

from turnout_core.domain.state import User
from turnout_gateway.live.client_protocol import Session
from turnout_gateway.live.ports import Sink, Way
from turnout_gateway.views.address import Address
from turnout_gateway.views.view import Seen, View


class Client:
    """One connection, as the hub sees it.

    Attributes:
        user: whom the handshake spoke for, and ``number``, the number of their session then.
        place: where it comes from, for the limit of connections per address.
        slot: when it gets its beats; see ``Pulse``.
    """

    __slots__ = ("number", "place", "session", "sink", "slot", "user", "views")

    def __init__(self, sink: Sink, session: Session, user: User | None, place: str) -> None:
        self.sink = sink
        self.session = session
        self.user = user.id if user else None
        self.number = user.session if user else 0
        self.place = place
        self.slot = 0
        self.views: dict[Address, Audience] = {}


class Lag(NamedTuple):
    """What a client that is behind has seen, and the spelling it asked with while it waits for its first answer."""

    seen: Seen
    asked: str | None = None


class Audience:
    """Who watches one view.

    Attributes:
        turn: of the view, that ``current`` have seen.
        current: those who have seen that and are not full, with the way to them: one loop over it tells them all.
        behind: those who have seen something else, or are full.
        sent_at_s: of the last broadcast.
    """

    __slots__ = ("address", "behind", "current", "sent_at_s", "turn", "view")

    def __init__(self, address: Address, view: View) -> None:
        self.address = address
        self.view = view
        self.turn = view.turn
        self.current: dict[Client, Way] = {}
        self.behind: dict[Client, Lag] = {}
        self.sent_at_s = 0.0

    def __len__(self) -> int:
        return len(self.current) + len(self.behind)
