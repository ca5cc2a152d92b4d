"""Where a connection comes from, and how many of one place, one user and all of them are let in."""

from ipaddress import IPv4Network, ip_network

import pytest

from turnout_core.domain.state import User
from turnout_core.protocol.messages import Close
from turnout_gateway.live.admission import Crowd, Door
from turnout_gateway.live.audience import Client
from turnout_gateway.live.client_protocol import Allowance, Session
from turnout_gateway.live.ports import NO_WAY

EDGE = "10.0.0.2"
DOOR = Door(proxies=(IPv4Network("10.0.0.0/8"), ip_network("fd00::/8"), IPv4Network("203.0.113.7/32")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "place"),
    [
        ("198.51.100.1", None, "198.51.100.1"),
        ("198.51.100.1", "192.0.2.1", "198.51.100.1"),  # a stranger may claim anything
        (EDGE, None, EDGE),
        (EDGE, "", EDGE),
        (EDGE, "198.51.100.1", "198.51.100.1"),
        (EDGE, "192.0.2.1, 198.51.100.1", "198.51.100.1"),  # what a client sends itself is further to the left
        (EDGE, "192.0.2.1, 198.51.100.1, 203.0.113.7", "198.51.100.1"),  # a proxy of ours in front of the edge
        (EDGE, "198.51.100.1, nonsense", "nonsense"),
        (EDGE, "10.0.0.9", "10.0.0.9"),
        ("", "198.51.100.1", "198.51.100.1"),  # a Unix socket
        ("fd00::2", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::ffff", None, "2001:db8::/64"),
        ("::ffff:198.51.100.1", None, "198.51.100.1"),
    ],
)
def test_a_place_is_the_nearest_hop_that_is_not_ours(peer: str, forwarded: str | None, place: str) -> None:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert DOOR.place(peer, headers) == place


def test_a_proxy_on_the_same_machine_is_believed_unless_told_otherwise() -> None:
    forwarded = {"x-forwarded-for": "198.51.100.1"}
    assert Door().place("127.0.0.1", forwarded) == "198.51.100.1"
    assert Door(proxies=()).place("127.0.0.1", forwarded) == "127.0.0.1"


@pytest.mark.parametrize(
    "door",
    [Door(links=2), Door(links_per_place=2), Door(links_per_user=2)],
    ids=["in all", "of a place", "of a user"],
)
def test_a_link_too_many_is_refused_until_one_has_gone(door: Door) -> None:
    crowd, user = Crowd(door), User("u", "Ada")
    clients = [Client(NOWHERE, Session(Allowance(), 0), user, "here") for _ in range(2)]
    for client in clients:
        assert crowd.refuses("here", "u") is None
        crowd.enter(client)
    assert crowd.refuses("here", "u") is Close.CROWDED
    crowd.leave(clients[0])
    assert crowd.refuses("here", "u") is None


def test_one_place_and_one_user_leave_room_for_others() -> None:
    crowd = Crowd(Door(links_per_place=1, links_per_user=1))
    crowd.enter(Client(NOWHERE, Session(Allowance(), 0), User("u", "Ada"), "here"))
    assert crowd.refuses("there", "v") is None
    assert crowd.refuses("there", None) is None
    assert crowd.refuses("here", None) is Close.CROWDED
    assert crowd.refuses("there", "u") is Close.CROWDED


class _Nowhere:
    """A sink for clients that are only counted."""

    full = False

    way = NO_WAY

    def write(self, frame: object, taken: int = 0) -> None: ...
    def waiting(self) -> int:
        return 0

    def close(self, code: Close) -> None: ...
    def abort(self) -> None: ...


NOWHERE = _Nowhere()
