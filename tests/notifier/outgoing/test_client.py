"""Posts reach the public server that they are for, and nothing that answers there leads them elsewhere."""

import asyncio
import ssl
from typing import Any

import httpcore2
import pytest
import trustme
from http_receiver import Answer, answering, dripping_headers, flooding, hanging_up, receiving, resolving, stalling

from turnout_notifier.outgoing.client import BODY_MAX_BYTES, NotSent, OutgoingHttp, Response
from turnout_notifier.outgoing.public_network import AddressRefused, PublicNetwork

NOW_S = 1_800_000_000.0
PRIVATE = "the host has a private address"


class SocketsToHere(httpcore2.AnyIOBackend):
    """Notes the address of each connection, which goes to this machine: a test has no public server."""

    def __init__(self) -> None:
        self.connected: list[str] = []

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        self.connected.append(host)
        return await super().connect_tcp("127.0.0.1", port)


async def post(http: OutgoingHttp, address: str) -> Response:
    try:
        return await http.post(address, {"x-test": "1"}, b"{}")
    finally:
        await http.aclose()


async def refusal(http: OutgoingHttp, address: str) -> tuple[str, bool]:
    with pytest.raises(NotSent) as raised:
        await post(http, address)
    return str(raised.value), raised.value.is_permanent


async def test_a_post_arrives_with_its_headers_and_the_host_of_its_address() -> None:
    async with receiving() as receiver:
        http = OutgoingHttp(allows_private=True, resolve=resolving("127.0.0.1"))
        assert await post(http, f"http://hooks.example:{receiver.port}/a%20b?c=d#e") == Response(204, None)
    (got,) = receiver.requests
    assert (got.target, got.body) == ("/a%20b?c=d", b"{}")
    assert (got.headers["host"], got.headers["x-test"]) == (f"hooks.example:{receiver.port}", "1")


async def test_tls_names_and_checks_the_host_of_the_address_and_not_the_number_that_is_connected_to() -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("hooks.example").configure_cert(server)
    authority.configure_trust(client)
    async with receiving(server) as receiver:
        http = OutgoingHttp(allows_private=True, resolve=resolving("127.0.0.1"), tls=client)
        assert (await post(http, f"https://hooks.example:{receiver.port}/")).status == 204
        other = OutgoingHttp(allows_private=True, resolve=resolving("127.0.0.1"), tls=client)
        assert await refusal(other, f"https://other.example:{receiver.port}/") == (
            "the connection failed (ConnectError)",
            False,
        )
    assert [each.server_name for each in receiver.requests] == ["hooks.example"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
async def test_no_way_to_write_this_machine_reaches_it(host: str) -> None:
    async with receiving() as receiver:
        assert await refusal(OutgoingHttp(), f"https://{host}:{receiver.port}/") == (PRIVATE, True)
    assert receiver.connections == 0


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "10.0.0.8", "192.168.1.1", "fd00:ec2::254", "fe80::1", "224.0.0.1"]
)
async def test_names_of_private_addresses_are_refused(address: str) -> None:
    assert await refusal(OutgoingHttp(resolve=resolving(address)), "https://hooks.example/") == (PRIVATE, True)


async def test_a_name_that_changes_after_the_check_is_asked_once_and_refused_when_it_turns_private() -> None:
    """DNS rebinding: the first answer is public, and the next one is this machine."""
    asked: list[str] = []
    answers = iter([["203.0.114.1", "127.0.0.1"], ["127.0.0.1"]])

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    async with receiving() as receiver:
        sockets = SocketsToHere()
        network = PublicNetwork(allows_private=False, resolve=resolve, sockets=sockets)
        stream = await network.connect_tcp("hooks.example", receiver.port)
        await stream.aclose()
        assert (asked, sockets.connected) == (["hooks.example"], ["203.0.114.1"])
        with pytest.raises(AddressRefused):
            await network.connect_tcp("hooks.example", receiver.port)
        assert sockets.connected == ["203.0.114.1"]


async def test_the_next_address_of_a_host_is_tried_if_one_does_not_answer() -> None:
    async with receiving() as receiver:

        async def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.2", "127.0.0.1"]

        assert (
            await post(OutgoingHttp(allows_private=True, resolve=resolve), f"http://two.example:{receiver.port}/")
        ).status == 204


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    async with receiving() as receiver, receiving() as secret:
        receiver.answers = [answering(status, location=f"http://127.0.0.1:{secret.port}/")]
        http = OutgoingHttp(allows_private=True)
        assert (await post(http, f"http://127.0.0.1:{receiver.port}/")).status == status
    assert secret.connections == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (stalling, "no response within 0.2 s"),
        (hanging_up, "the connection failed ("),
        (dripping_headers, "the connection failed (RemoteProtocolError)"),
    ],
)
async def test_servers_that_stall_hang_up_or_never_end_their_head_are_given_up(answer: Answer, reason: str) -> None:
    async with receiving() as receiver:
        receiver.answers = [answer]
        timeout_s = 0.2 if answer is stalling else 30
        http = OutgoingHttp(allows_private=True, timeout_s=timeout_s)
        text, is_permanent = await refusal(http, f"http://127.0.0.1:{receiver.port}/")
    assert (text.startswith(reason), is_permanent) == (True, False)


async def test_a_body_without_end_is_cut_and_its_status_counts() -> None:
    async with receiving() as receiver:
        receiver.answers = [flooding]
        async with asyncio.timeout(30):
            response = await post(OutgoingHttp(allows_private=True, timeout_s=30), f"http://127.0.0.1:{receiver.port}/")
    assert response.status == 200
    assert BODY_MAX_BYTES < 100_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("99999999999999", 86_400.0),
        ("soon", None),
        ("-5", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_a_date(value: str, seconds: float | None) -> None:
    async with receiving() as receiver:
        receiver.answers = [answering(429, retry_after=value)]
        http = OutgoingHttp(allows_private=True, now=lambda: NOW_S)
        assert await post(http, f"http://127.0.0.1:{receiver.port}/") == Response(429, seconds)


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https://",
        "https://a:b@hooks.example/",
        "nothing",
        "https://[::1/",
    ],
)
async def test_addresses_that_are_not_https_are_refused(address: str) -> None:
    assert (await refusal(OutgoingHttp(resolve=resolving("1.1.1.1")), address))[1]


async def test_a_name_without_addresses_may_have_some_later() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    text, is_permanent = await refusal(OutgoingHttp(resolve=resolve), "https://hooks.example/")
    assert (text, is_permanent) == ("the connection failed (ConnectError)", False)
