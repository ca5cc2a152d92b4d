"""Server-sent events and ASGI WebSockets send the messages of the live protocol through a queue."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import httpx
import pytest
import websockets
from running_gateway import RunningGateway
from view_replica import Replica
from waiting import until
from websockets.frames import Frame, Opcode

from turnout_core.web.server import ServerConfig
from turnout_gateway.transport.queue_sink import QueueSink
from turnout_gateway.transport.uvicorn_protocols import HttpProtocol
from turnout_gateway.transport.websocket import WebSocketConnection

ServeGateway = Callable[..., Awaitable[RunningGateway]]


class EventStream:
    """Reads an event stream (HTML standard, section 9.2.6)."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        """The fields of the next block; a comment is under ``""``."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        raise EOFError

    async def message(self) -> tuple[dict[str, Any], str | None]:
        """The next message and its id."""
        while "data" not in (fields := await self.next()):
            pass
        return json.loads(fields["data"]), fields.get("id")


@asynccontextmanager
async def open_stream(instance: RunningGateway, query: str, **headers: str) -> AsyncIterator[EventStream]:
    async with (
        httpx.AsyncClient(base_url=instance.url) as client,
        client.stream("GET", f"/api/live?{query}", headers={"Accept": "text/event-stream"} | headers) as response,
    ):
        yield EventStream(response)


async def test_a_stream_sends_the_messages_of_a_websocket(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    async with open_stream(instance, f"view=events/{event}") as events:
        assert events.response.headers["Content-Type"].startswith("text/event-stream")
        assert await events.next() == {"retry": "2000"}
        assert (await events.message())[0]["type"] == "hello"
        message, at = await events.message()
        assert (message["type"], message["at"], at) == ("snapshot", "test-2", "test-2")
        instance.writer.join(event, instance.writer.user())
        await instance.append_and_wait()
        while (found := await events.message())[1] != "test-4":
            assert found[0]["view"] == f"events/{event}"  # somebody looks, or a part of the changes came first
        assert found[0]["type"] == "patch"
    await until(lambda: len(instance.gateway.hub.clients) == 0)


async def test_a_stream_resumes_each_view_from_its_own_position(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    query = f"view=events/{event}&view=events"
    async with open_stream(instance, query) as events:
        await events.message()
        ids = [(await events.message())[1] for _ in range(2)]
    assert ids == ["test-2,-", "test-2,test-2"]
    instance.writer.join(event, instance.writer.user())
    await instance.append_and_wait()
    for last_id, kinds in (
        (ids[0], {f"events/{event}": "patch", "events?when=upcoming": "snapshot"}),
        (ids[1], {f"events/{event}": "patch", "events?when=upcoming": "patch"}),
        ("test-2,nonsense", {f"events/{event}": "patch", "events?when=upcoming": "snapshot"}),
        ("nonsense", {f"events/{event}": "snapshot", "events?when=upcoming": "snapshot"}),
    ):
        async with open_stream(instance, query, **{"Last-Event-ID": last_id or ""}) as events:
            await events.message()
            answers = [(await events.message())[0] for _ in range(2)]
        assert {answer["view"]: answer["type"] for answer in answers} == kinds


async def test_an_invalid_view_fails_and_the_others_are_watched(serve: ServeGateway) -> None:
    instance = await serve()
    async with open_stream(instance, "view=events/nope&view=me&view=x&view=events") as events:
        await events.message()
        answers = [(await events.message())[0] for _ in range(4)]
    assert [answer.get("code", answer["type"]) for answer in answers] == [
        "event-not-found", "signed-out", "invalid", "snapshot",
    ]  # fmt: skip


async def test_an_idle_stream_gets_heartbeats(serve: ServeGateway) -> None:
    instance = await serve(beat_ms=200)
    async with open_stream(instance, "view=events") as events:
        while "" not in (fields := await events.next()):
            pass
        assert fields == {"": "beat"}


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/api/live?view=events", "application/json", 406),
        ("/api/live", "text/event-stream", 422),
        ("/api/live?" + "&".join(["view=events"] * 21), "text/event-stream", 422),
        ("/api/live?view=" + "x" * 2049, "text/event-stream", 422),
    ],
)
async def test_a_bad_request_gets_no_stream(serve: ServeGateway, path: str, accept: str, status: int) -> None:
    instance = await serve()
    assert (await instance.get(path, Accept=accept)).status_code == status


async def test_a_page_of_another_origin_gets_no_stream(serve: ServeGateway) -> None:
    instance = await serve()
    assert (await instance.get("/api/live?view=events", Origin="https://evil.example")).status_code == 403


async def test_a_stream_ends_when_the_gateway_stops(serve: ServeGateway) -> None:
    instance = await serve(drain_s=1)
    async with open_stream(instance, "view=events") as events:
        await events.message()
        await events.message()
        instance.server.should_exit = True
        assert (await events.message())[0]["type"] == "bye"
        with pytest.raises(EOFError):
            await events.message()


async def test_a_slow_stream_skips_to_the_newest_state(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    async with open_stream(instance, f"view=events/{event}") as events:
        (client,) = [*instance.gateway.hub.clients]
        await until(lambda: not client.sink.is_congested)
        for number in range(400):
            instance.writer.edit(event, description=str(number) * 1300)
            await instance.append_and_wait()
            await asyncio.sleep(0)
            assert client.sink.unsent() <= 1
        replica = Replica()
        while replica.at != str(instance.writer.state.position):
            message, _ = await events.message()
            if message["type"] in ("snapshot", "patch"):
                replica.apply(json.dumps(message).encode())
    assert "399" * 2 in replica.sorted_items()[-1].decode()


def _stream_requests(event: str) -> tuple[bytes, bytes]:
    """The request that opens an event stream, and no further bytes."""
    return f"GET /api/live?view=events/{event} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode(), b""


def _socket_requests(event: str) -> tuple[bytes, bytes]:
    """The request that opens a WebSocket, and its watch message."""
    watch = json.dumps({"type": "watch", "view": f"events/{event}"}).encode()
    return (
        b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ), Frame(Opcode.TEXT, watch).serialize(mask=True)


class WithoutUpgrade(HttpProtocol):
    """Leaves the live path to the app, as another server does."""

    def hand_over(self) -> None:
        super(HttpProtocol, self).hand_over()


@pytest.mark.parametrize("requests", [_stream_requests, _socket_requests])
async def test_a_stalled_client_is_aborted_and_its_task_ends(
    serve: ServeGateway, requests: Callable[[str], tuple[bytes, bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    instance = await serve(stall_s=0.2, beat_ms=500, links_per_address=1)
    config = instance.server.config
    config.http_protocol_class = cast(
        Any, partial(WithoutUpgrade, cast(Any, None), cast(ServerConfig, config).connections)
    )
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    host, _, port = instance.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    opening, watch = requests(event)
    writer.write(opening)
    await reader.readuntil(b"\r\n\r\n")
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(watch)
    (client,) = instance.gateway.hub.clients
    assert isinstance(client.sink, QueueSink)
    async with asyncio.timeout(30):
        while not instance.gateway.hub.counters.aborts:
            instance.writer.edit(event, description=os.urandom(2000).hex())
            await instance.append_and_wait()
            await asyncio.sleep(0.001)
    serving = instance.server.server_state
    await until(lambda: not len(instance.gateway.hub.clients) and not serving.tasks and not serving.connections)
    assert not instance.gateway.admission._limits.are_reached(client.remote_address, None)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []
    writer.transport.abort()


async def test_a_percent_encoded_path_opens_the_live_link(serve: ServeGateway) -> None:
    instance = await serve()
    async with websockets.connect(instance.live_url.replace("live", "%6cive")):
        (client,) = instance.gateway.hub.clients
        assert isinstance(client.sink, WebSocketConnection)
