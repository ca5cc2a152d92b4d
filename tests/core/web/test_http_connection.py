"""Bounds of an HTTP connection, on real sockets."""

import asyncio
import time
from contextlib import suppress
from ipaddress import ip_network

import pytest
from served_app import Serve
from waiting import until

from turnout_core.web.addresses import group_ipv6
from turnout_core.web.http_limits import HttpConnections, HttpLimits, Refusal
from turnout_core.web.security_headers import API_HEAD

REQUEST = b"GET /%d HTTP/1.1\r\nHost: here\r\n\r\n"


async def test_few_pipelined_requests_wait_and_all_are_answered(serve: Serve) -> None:
    served = await serve()
    reader, writer = await served.open()
    count = 5_000
    writer.write(b"".join(REQUEST % number for number in range(count)))
    await until(lambda: bool(served.app.started))
    (protocol,) = served.protocols()
    await until(lambda: protocol.flow.is_held)
    assert len(protocol.pipeline) < 64  # those of one slice, and four more
    assert len(served.app.started) == 1
    served.app.gate.set()
    text = b""
    async with asyncio.timeout(30):
        while f"/{count - 1} 0".encode() not in text:
            text += await reader.read(65536)
    paths = [line.split()[0] for line in text.split(b"\n") if line.startswith(b"/")]
    assert paths == [f"/{number}".encode() for number in range(count)]


async def test_a_client_that_leaves_frees_what_waited(serve: Serve) -> None:
    served = await serve()
    reader, writer = await served.open()
    writer.write(b"".join(REQUEST % number for number in range(1_000)))
    await until(lambda: bool(served.app.started))
    (protocol,) = served.protocols()
    writer.transport.abort()
    served.app.gate.set()
    await until(lambda: not served.protocols())
    assert not protocol.pipeline
    assert not protocol._unparsed
    assert len(served.app.started) < 64
    reader.feed_eof()


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + b"a" * 20_000,
        b"GET /" + b"a" * 20_000,
        b"GET / HTTP/1.1\r\nHost: here\r\n" + b"X-Short: a\r\n" * 2_000,
    ],
    ids=["a value", "an address", "many headers"],
)
async def test_a_long_head_is_431(serve: Serve, head: bytes) -> None:
    served = await serve()
    reader, writer = await served.open()
    writer.write(head)
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert API_HEAD.encode() in answer
    assert b"at most 16,384 bytes" in answer


async def test_a_flood_of_headers_costs_no_time_that_grows(serve: Serve) -> None:
    served = await serve()
    _, writer = await served.open()
    began = time.process_time()
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + b"a" * 30_000_000)
    await until(lambda: not served.protocols())
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        (b"GET / HTTP/1.1\r\nHo", b"head"),
        (b"\r\n", b"head"),
        (b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf", b"body"),
    ],
    ids=["half a head", "an empty line", "half a body"],
)
async def test_half_a_request_is_408_in_time(serve: Serve, sent: bytes, part: bytes) -> None:
    served = await serve(head_s=0.2, body_s=0.2)
    reader, writer = await served.open()
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"The " + part + b" of the request took too long" in answer


async def test_a_drip_does_not_extend_the_time(serve: Serve) -> None:
    served = await serve(head_s=0.5)
    reader, writer = await served.open()

    async def drip() -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(b"G")
                await writer.drain()
                await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    await asyncio.wait_for(reader.read(), 10)
    writer.transport.abort()
    await dripping


async def test_a_silent_connection_is_closed(serve: Serve) -> None:
    served = await serve(idle_s=0.2)
    reader, _ = await served.open()
    assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_response_that_is_not_read_ends(serve: Serve) -> None:
    served = await serve(stall_s=0.3)
    served.app.response = b"x" * 20_000_000
    served.app.gate.set()
    reader, writer = await served.open()
    reader._transport.pause_reading()
    writer.write(REQUEST % 1)
    await until(lambda: bool(served.app.started))
    await until(lambda: not served.protocols())


async def test_a_slow_reader_is_served_to_the_end(serve: Serve) -> None:
    served = await serve(stall_s=1.0)
    served.app.response = b"x" * 8_000_000
    served.app.gate.set()
    reader, writer = await served.open()
    writer.write(REQUEST % 1)
    await reader.readuntil(b"\r\n\r\n")
    read = 0
    while read < 8_000_000:
        read += len(await reader.read(200_000))
        await asyncio.sleep(0.05)
    assert read == 8_000_000


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
    ids=["none", "two", "two in HTTP/1.0"],
)
async def test_a_request_names_one_host(serve: Serve, head: bytes) -> None:
    served = await serve()
    reader, writer = await served.open()
    writer.write(head)
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    assert served.app.started == []


async def test_http_1_0_needs_no_host(serve: Serve) -> None:
    served = await serve()
    served.app.gate.set()
    reader, writer = await served.open()
    writer.write(b"GET /old HTTP/1.0\r\n\r\n")
    assert b"/old 0" in await reader.read()


async def test_one_address_has_a_number_of_connections(serve: Serve) -> None:
    served = await serve(connections_per_address=2)
    served.app.gate.set()
    opened = [await served.open() for _ in range(2)]
    await until(lambda: len(served.protocols()) == 2)
    reader, writer = await served.open()
    assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
    writer.transport.abort()
    opened.pop()[1].transport.abort()
    await until(lambda: len(served.protocols()) == 1)
    reader, writer = await served.open()
    writer.write(REQUEST % 1)
    assert (await reader.readuntil(b"/1 0\n")).startswith(b"HTTP/1.1 200 ")


def test_a_trusted_proxy_has_no_such_number() -> None:
    limits = HttpLimits(connections_per_address=1, trusted_proxies=[ip_network("10.0.0.0/8")])
    connections = HttpConnections(limits)
    assert [connections.add("10.0.0.1") for _ in range(3)] == [None, None, None]
    assert [connections.add("192.0.2.1") for _ in range(2)] == [None, Refusal.ADDRESS]
    connections.remove("192.0.2.1")
    assert connections.add("192.0.2.1") is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_ipv6_network_is_one_address(address: str, expected: str) -> None:
    assert group_ipv6(address) == expected
