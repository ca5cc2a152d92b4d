"""Admission finds the address of a connection, and limits connections by address, by user and in total."""

from ipaddress import IPv4Network, ip_network

import pytest

from turnout_core.protocol.messages import Close
from turnout_core.runtime.settings import LOOPBACK
from turnout_gateway.live.admission import AdmissionPolicy, ConnectionLimits
from turnout_gateway.live.audience import Client
from turnout_gateway.live.client_protocol import ClientProtocol
from turnout_gateway.live.ports import NO_SOCKET
from turnout_gateway.views.view_kind import Viewer

EDGE = "10.0.0.2"
POLICY = AdmissionPolicy(
    trusted_proxies=(IPv4Network("10.0.0.0/8"), ip_network("fd00::/8"), IPv4Network("203.0.113.7/32"))
)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.1", None, "198.51.100.1"),
        ("198.51.100.1", "192.0.2.1", "198.51.100.1"),  # only trusted proxies may set the header
        (EDGE, None, EDGE),
        (EDGE, "", EDGE),
        (EDGE, "198.51.100.1", "198.51.100.1"),
        (EDGE, "192.0.2.1, 198.51.100.1", "198.51.100.1"),  # entries of the client are further to the left
        (EDGE, "192.0.2.1, 198.51.100.1, 203.0.113.7", "198.51.100.1"),  # a proxy of ours in front of the edge
        (EDGE, "198.51.100.1, nonsense", "nonsense"),
        (EDGE, "10.0.0.9", "10.0.0.9"),
        ("", "198.51.100.1", "198.51.100.1"),  # a Unix socket
        ("fd00::2", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::ffff", None, "2001:db8::/64"),
        ("::ffff:198.51.100.1", None, "198.51.100.1"),
    ],
)
def test_the_remote_address_is_the_nearest_hop_that_is_not_ours(peer: str, forwarded: str | None, address: str) -> None:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert POLICY.remote_address(peer, headers) == address


def test_a_proxy_on_loopback_is_trusted_only_if_configured() -> None:
    forwarded = {"x-forwarded-for": "198.51.100.1"}
    assert AdmissionPolicy(trusted_proxies=LOOPBACK).remote_address("127.0.0.1", forwarded) == "198.51.100.1"
    assert AdmissionPolicy().remote_address("127.0.0.1", forwarded) == "127.0.0.1"


@pytest.mark.parametrize(
    "policy",
    [
        AdmissionPolicy(connections=2),
        AdmissionPolicy(connections_per_address=2),
        AdmissionPolicy(connections_per_user=2),
    ],
    ids=["in all", "of one address", "of one user"],
)
def test_a_limit_is_reached_until_a_connection_ends(policy: AdmissionPolicy) -> None:
    limits, viewer = ConnectionLimits(policy), Viewer("u")
    clients = [Client(NULL_SINK, ClientProtocol(), viewer, "here") for _ in range(2)]
    for client in clients:
        assert not limits.are_reached("here", "u")
        limits.add(client)
    assert limits.are_reached("here", "u")
    limits.remove(clients[0])
    assert not limits.are_reached("here", "u")


def test_limits_of_one_address_and_user_do_not_affect_others() -> None:
    limits = ConnectionLimits(AdmissionPolicy(connections_per_address=1, connections_per_user=1))
    limits.add(Client(NULL_SINK, ClientProtocol(), Viewer("u"), "here"))
    assert not limits.are_reached("there", "v")
    assert not limits.are_reached("there", None)
    assert limits.are_reached("here", None)
    assert limits.are_reached("there", "u")


class _NullSink:
    """Satisfies ``Sink``, for clients that are only counted."""

    is_congested = False
    socket = NO_SOCKET

    def write(self, frame: object, sent: int = 0) -> None: ...
    def unsent(self) -> int:
        return 0

    def close(self, code: Close) -> None: ...
    def abort(self) -> None: ...


NULL_SINK = _NullSink()
