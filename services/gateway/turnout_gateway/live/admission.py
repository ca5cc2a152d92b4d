"""Admission of live connections: the origin of the page, the address of the peer, and the number of connections."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, NamedTuple

from turnout_core.domain.rejections import Unavailable
from turnout_core.protocol.messages import Close
from turnout_core.web.addresses import group_ipv6
from turnout_core.web.connection_budget import ConnectionBudget
from turnout_core.web.origin import is_allowed, setting
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub
from turnout_gateway.live.ports import Sink
from turnout_gateway.views.view_kind import Viewer

LIVE_PATH: Final = "/api/live"


class Peer(NamedTuple):
    """The other end of a connection.

    Attributes:
        remote_address: nearest hop that is not our own proxy; an IPv6 /64 counts as one address.
        headers: of the request, names in lower case.
        scheme: of the request, as the nearest trusted proxy received it.
    """

    viewer: Viewer
    remote_address: str
    headers: Mapping[str, str]
    scheme: str = "http"


class NotAdmitted(Exception):
    """The connection is refused.

    Attributes:
        code: the reason.
        remedy: what the operator can set; it may be empty.
    """

    def __init__(self, code: Close, remedy: str = "") -> None:
        super().__init__(code.name)
        self.code = code
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class AdmissionPolicy:
    """The configuration of admission.

    Attributes:
        origins: further origins (``https://example.org``) whose pages may open a connection; "*" for any.
        trusted_proxies: networks of our own proxies, whose ``X-Forwarded-For`` is trusted.
        connections: maximum in all; ``connections_per_address`` and ``connections_per_user`` limit one of these.
    """

    origins: Sequence[str] = ()
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()
    connections: int = 50_000
    connections_per_address: int = 1_000
    connections_per_user: int = 1_000

    def within(self, budget: ConnectionBudget) -> "AdmissionPolicy":
        """The policy that holds in a process with this budget."""
        return replace(
            self,
            connections=min(self.connections, budget.links),
            connections_per_address=min(self.connections_per_address, budget.per_address),
        )

    def allows_origin(self, headers: Mapping[str, str], scheme: str = "http") -> bool:
        """True if the connecting page is allowed. Only browsers must send an Origin (RFC 6455 section 4.1)."""
        origin = headers.get("origin")
        return origin is None or is_allowed(origin, scheme, headers.get("host", ""), self.origins)

    def scheme(self, peer: str, headers: Mapping[str, str]) -> str:
        """The scheme by which the client reached the nearest trusted proxy; ``http`` without one."""
        forwarded = headers.get("x-forwarded-proto", "").strip()
        return forwarded if forwarded in ("https", "wss") and (peer == "" or self._trusts(peer)) else "http"

    def remote_address(self, peer: str, headers: Mapping[str, str]) -> str:
        """The nearest hop that is not our own proxy.

        Each proxy appends the address of its peer, so an entry can be trusted only if the hop to its right is trusted.
        """
        nearest = peer
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
        while hops and hops[-1] and (nearest == "" or self._trusts(nearest)):  # a Unix socket has no address
            nearest = hops.pop()
        return group_ipv6(nearest)

    def _trusts(self, hop: str) -> bool:
        try:
            return any(ip_address(hop) in network for network in self.trusted_proxies)
        except ValueError:
            return False


class ConnectionLimits:
    """Counts connections in all, per address and per user."""

    def __init__(self, policy: AdmissionPolicy) -> None:
        self._policy = policy
        self._connections = 0
        self._addresses: Counter[str] = Counter()
        self._users: Counter[str] = Counter()

    def are_reached(self, remote_address: str, user: str | None) -> bool:
        """True if one more connection would exceed a limit."""
        policy = self._policy
        return (
            self._connections >= policy.connections
            or self._addresses[remote_address] >= policy.connections_per_address
            or (user is not None and self._users[user] >= policy.connections_per_user)
        )

    def add(self, client: Client) -> None:
        self._connections += 1
        self._addresses[client.remote_address] += 1
        if client.user is not None:
            self._users[client.user] += 1

    def remove(self, client: Client) -> None:
        self._connections -= 1
        _subtract(self._addresses, client.remote_address)
        if client.user is not None:
            _subtract(self._users, client.user)


class Admission:
    """Admits connections of all transports.

    Args:
        is_draining: returns True if this gateway is stopping.
    """

    def __init__(self, policy: AdmissionPolicy, hub: Hub, is_draining: Callable[[], bool]) -> None:
        self._policy = policy
        self._hub = hub
        self._is_draining = is_draining
        self._limits = ConnectionLimits(policy)

    def check(self, peer: Peer) -> None:
        """Raises NotAdmitted if a connection of ``peer`` must be refused."""
        if not self._policy.allows_origin(peer.headers, peer.scheme):
            code = Close.FORBIDDEN
        elif self._is_draining():
            code = Close.DRAINING
        elif self._limits.are_reached(peer.remote_address, peer.viewer.user):
            code = Close.CROWDED
        else:
            return
        self._hub.counters.closes[code.name.lower()] += 1
        raise NotAdmitted(code, setting(peer.headers["origin"]) if code is Close.FORBIDDEN else "")

    def admit(self, peer: Peer, sink: Sink) -> Client:
        """Connects a checked peer to the hub. Raises NotAdmitted if the replica is not loaded."""
        try:
            client = self._hub.connect(sink, peer.viewer, peer.remote_address)
        except Unavailable:
            raise NotAdmitted(Close.BEHIND) from None
        self._limits.add(client)
        return client

    def remove(self, client: Client) -> None:
        """Disconnects a client whose connection has ended."""
        self._limits.remove(client)
        self._hub.disconnect(client)


def _subtract(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
