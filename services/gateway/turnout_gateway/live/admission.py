"""Who may open a live link: the opening handshake (RFC 6455 section 4.2), the Origin, the user, the crowd. No I/O."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from turnout_core.protocol.messages import Close
from turnout_gateway.live.audience import Client

LIVE_PATH: Final = "/api/live"
LOOPBACK: Final = (IPv4Network("127.0.0.0/8"), IPv6Network("::1"))

_HOUSEHOLD_BITS: Final = 64  # of IPv6: whoever has one address of such a network has all of them (RFC 6177)


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in.

    Attributes:
        origins: further origins (``https://example.org``) whose pages may open a link; "*" for any.
        proxies: networks of our own edge, whose ``X-Forwarded-For`` is believed.
        links: connections at a time; ``links_per_place`` of one address; ``links_per_user`` of one user.
    """

    origins: Sequence[str] = ()
    proxies: Sequence[IPv4Network | IPv6Network] = LOOPBACK
    links: int = 50_000
    links_per_place: int = 1_000
    links_per_user: int = 1_000

    def welcomes(self, headers: Mapping[str, str]) -> bool:
        """Whether the page that opens the link is ours. A browser names its origin; other clients name none."""
        origin = headers.get("origin")
        if origin is None or "*" in self.origins or origin in self.origins:
            return True
        return origin.partition("://")[2].lower() == headers.get("host", "").lower()

    def place(self, peer: str, headers: Mapping[str, str]) -> str:
        """Where a connection comes from: the nearest hop that is none of our own proxies.

        Every proxy adds its peer at the end, so what stands further to the left is only as true as the hop behind it.
        """
        here = peer
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
        while hops and hops[-1] and (here == "" or self._ours(here)):  # a Unix socket has no address
            here = hops.pop()
        return _household(here)

    def _ours(self, hop: str) -> bool:
        try:
            return any(ip_address(hop) in network for network in self.proxies)
        except ValueError:
            return False


class Crowd:
    """Counts the links, and refuses those that are too many."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._links = 0
        self._places: Counter[str] = Counter()
        self._users: Counter[str] = Counter()

    def refuses(self, place: str, user: str | None) -> Close | None:
        """Why one more link is too many; None when it is not."""
        door = self._door
        full = (
            self._links >= door.links
            or self._places[place] >= door.links_per_place
            or (user is not None and self._users[user] >= door.links_per_user)
        )
        return Close.CROWDED if full else None

    def enter(self, client: Client) -> None:
        self._links += 1
        self._places[client.place] += 1
        if client.user is not None:
            self._users[client.user] += 1

    def leave(self, client: Client) -> None:
        self._links -= 1
        _subtract(self._places, client.place)
        if client.user is not None:
            _subtract(self._users, client.user)


def _household(hop: str) -> str:
    try:
        address = ip_address(hop)
    except ValueError:
        return hop
    if not isinstance(address, IPv6Address):
        return hop
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _HOUSEHOLD_BITS), strict=False))


def _subtract(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
