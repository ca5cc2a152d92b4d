"""The WebSocket handshake, admission and drain of a server on loopback, tested with a library client."""

import asyncio
import logging
from ipaddress import ip_network
from itertools import product
from typing import Any

import pytest
import websockets
from raw_websocket import RawWebSocket, ServeGateway, receive, receive_close_code, send
from view_replica import Replica, snapshot_items
from waiting import until
from websockets.exceptions import InvalidStatus

from turnout_core.protocol.messages import Close
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.view_kind import Viewer


async def test_a_client_receives_changes(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user("Ada"))
    await instance.append_and_wait()
    async with websockets.connect(instance.live_url) as socket:
        assert (await receive(socket))["type"] == "hello"
        await send(socket, type="watch", view=f"events/{event}")
        replica = Replica()
        replica.apply(await socket.recv(decode=False))
        instance.writer.join(event, instance.writer.user("Grace"))
        await instance.append_and_wait()
        async with asyncio.timeout(10):
            while b'"looking":1' not in b"".join(replica.sorted_items()) or replica.at != str(
                instance.writer.state.position
            ):
                replica.apply(await socket.recv(decode=False))
        await send(socket, type="unwatch", view=f"events/{event}")
    await until(lambda: len(instance.gateway.hub.clients) == 0)
    address = EventAddress(event)
    await until(lambda: b'"looking":0' in instance.gateway.read(address, address.canonical, Viewer()).payload)
    answer = await instance.get(f"/api/events/{event}")
    assert [item for item in snapshot_items(answer.content) if b"presence" not in item] == [
        item for item in replica.sorted_items() if b"presence" not in item
    ]


async def test_a_reconnecting_client_gets_a_patch(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    async with websockets.connect(instance.live_url) as socket:
        await receive(socket)
        await send(socket, type="watch", view=f"events/{event}")
        at = (await receive(socket))["at"]
    instance.writer.join(event, instance.writer.user("Grace"))
    await instance.append_and_wait()
    async with websockets.connect(instance.live_url) as socket:
        await receive(socket)
        await send(socket, type="watch", view=f"events/{event}", at=at)
        message = await receive(socket)
    assert (message["type"], message["at"]) == ("patch", str(instance.writer.state.position))


async def test_a_connection_belongs_to_the_user_of_its_handshake(serve: ServeGateway) -> None:
    instance = await serve()
    ada = instance.writer.user("Ada")
    await instance.append_and_wait()
    for headers in (
        {"Cookie": f"{instance.identity.cookie_name('http')}={instance.token(ada)}"},
        {"Authorization": f"Bearer {instance.token(ada)}"},
    ):
        async with websockets.connect(instance.live_url, additional_headers=headers) as socket:
            assert (await receive(socket))["user"] == ada
            await send(socket, type="watch", view="me")
            assert (await receive(socket))["items"][0]["name"] == "Ada"


@pytest.mark.parametrize(
    ("origin", "code"),
    [(None, None), ("same", None), ("https://friend.example", None), ("https://evil.example", Close.FORBIDDEN)],
)
async def test_only_allowed_origins_may_connect(serve: ServeGateway, origin: str | None, code: int | None) -> None:
    instance = await serve(origins=("https://friend.example",))
    async with websockets.connect(instance.live_url, origin=instance.url if origin == "same" else origin) as socket:  # type: ignore[arg-type]
        if code is None:
            assert (await receive(socket))["type"] == "hello"
        else:
            assert await receive_close_code(socket) == code
            assert socket.close_reason == "forbidden: set TURNOUT_ORIGINS=https://evil.example"


@pytest.mark.parametrize(("trusted", "code"), [("127.0.0.0/8", None), ("10.0.0.0/8", Close.FORBIDDEN)])
async def test_only_a_trusted_proxy_names_the_scheme(serve: ServeGateway, trusted: str, code: int | None) -> None:
    instance = await serve(trusted_proxies=(ip_network(trusted),))
    origin: Any = instance.url.replace("http:", "https:")
    forwarded = {"X-Forwarded-Proto": "https"}
    async with websockets.connect(instance.live_url, origin=origin, additional_headers=forwarded) as socket:
        if code is None:
            assert (await receive(socket))["type"] == "hello"
        else:
            assert await receive_close_code(socket) == code


async def test_too_many_connections_from_one_address_are_closed(serve: ServeGateway) -> None:
    instance = await serve(links_per_address=2)
    async with websockets.connect(instance.live_url), websockets.connect(instance.live_url) as second:
        async with websockets.connect(instance.live_url) as third:
            assert await receive_close_code(third) == Close.CROWDED
        await second.close()
        await until(lambda: len(instance.gateway.hub.clients) == 1)
        async with websockets.connect(instance.live_url) as fourth:
            assert (await receive(fourth))["type"] == "hello"


async def test_a_trusted_proxy_names_the_remote_address(serve: ServeGateway) -> None:
    instance = await serve(links_per_address=1)
    there = {"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}
    elsewhere = {"X-Forwarded-For": "198.51.100.2"}
    async with (
        websockets.connect(instance.live_url, additional_headers=there),
        websockets.connect(instance.live_url, additional_headers=elsewhere) as second,
        websockets.connect(instance.live_url, additional_headers=there) as third,
    ):
        assert (await receive(second))["type"] == "hello"
        assert await receive_close_code(third) == Close.CROWDED


async def test_uvicorn_serves_other_websocket_paths(serve: ServeGateway) -> None:
    instance = await serve()
    with pytest.raises(InvalidStatus) as refusal:
        async with websockets.connect(instance.live_url + "/more"):
            pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize(
    ("version", "wrong", "status"),
    [
        ("1.1", {"Sec-WebSocket-Key": "short"}, 400),
        ("1.1", {"Sec-WebSocket-Version": "12"}, 400),
        ("1.1", {"Content-Length": "2"}, 400),
        ("1.1", {"Content-Length": "0"}, 101),
        ("1.1", {"Transfer-Encoding": "chunked"}, 400),
        ("1.0", {}, 505),
        ("1.1", {}, 101),
    ],
)
async def test_a_bad_handshake_is_refused(
    serve: ServeGateway, version: str, wrong: dict[str, str], status: int
) -> None:
    instance = await serve()
    head = {
        "Host": "x",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **wrong,
    }
    body = {"Content-Length": b"{}", "Transfer-Encoding": b"2\r\n{}\r\n0\r\n\r\n"}.get(next(iter(wrong), ""), b"")
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    host, _, port = instance.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /api/live HTTP/{version}\r\n{lines}\r\n".encode() + (b"" if status == 101 else body))
    response = await reader.readuntil(b"\r\n\r\n")
    assert response.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"x-content-type-options: nosniff" in response.lower()
    if status != 101:
        assert await reader.read()  # the reason, and the end
    assert len(instance.gateway.hub.clients) == (status == 101)
    writer.transport.abort()


async def test_no_byte_in_a_handshake_breaks_the_gateway(serve: ServeGateway, caplog: pytest.LogCaptureFixture) -> None:
    instance = await serve()
    host, _, port = instance.url.removeprefix("http://").partition(":")
    for name, before in product((b"Sec-WebSocket-Key", b"Connection", b"Origin", b"X-Any"), (b"", b"x")):
        for byte in range(256):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(
                b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + name + b": " + before + bytes([byte]) + b"\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )  # fmt: skip
            assert (await reader.readline()).startswith(b"HTTP/1.1 4"), (name, byte)
            writer.transport.abort()
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_drain_sends_bye_and_ends_in_time(serve: ServeGateway) -> None:
    instance = await serve(drain_s=1)
    sockets = [await websockets.connect(instance.live_url) for _ in range(20)]
    stalled = await RawWebSocket.open(instance)
    stalled.reader._transport.pause_reading()  # type: ignore[attr-defined]
    instance.server.should_exit = True
    for socket in sockets:
        await receive(socket)
        bye = await receive(socket)
        assert (bye["type"], bye["retry_ms"]) == ("bye", [100, 1000])
    assert {await receive_close_code(socket) for socket in sockets} == {Close.DRAINING}
    await until(lambda: len(instance.gateway.hub.clients) == 0, timeout_s=5)
    assert instance.gateway.hub.counters.aborts == {"draining": 1}
    stalled.abort()


async def test_a_draining_gateway_is_not_ready_and_refuses_connections(serve: ServeGateway) -> None:
    instance = await serve(drain_s=3)
    stalled = await RawWebSocket.open(instance)
    instance.server.should_exit = True
    await until(lambda: not instance.gateway.is_ready())
    assert (await instance.get("/readyz")).status_code == 503
    assert (await instance.get("/api/events")).status_code == 200
    with pytest.raises(InvalidStatus) as refusal:
        async with websockets.connect(instance.live_url):
            pass
    assert refusal.value.response.status_code == 503
    stalled.abort()
