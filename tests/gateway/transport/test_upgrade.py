"""The socket as a stranger finds it: a real server on loopback, a client that is not ours."""

import asyncio
import contextlib
import json
import os
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import websockets
from hypothesis import given, settings
from hypothesis import strategies as st
from replica import Replica, read, snapshot_items
from waiting import until
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from world import Scene

from turnout_core.protocol.messages import Close
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.view_kind import Viewer

Scenes = Callable[..., Awaitable[Scene]]


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    return read(await asyncio.wait_for(socket.recv(), 10))


async def closing_code(socket: ClientConnection) -> int:
    """Reads on until the server has closed."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
    assert socket.close_code is not None
    return socket.close_code


async def test_a_client_receives_what_happens(scenes: Scenes) -> None:
    scene = await scenes()
    event = scene.world.event(scene.world.user("Ada"))
    await scene.tell()
    async with websockets.connect(scene.live_url) as socket:
        assert (await hear(socket))["type"] == "hello"
        await say(socket, type="watch", view=f"events/{event}")
        replica = Replica()
        replica.take(await socket.recv(decode=False))
        scene.world.join(event, scene.world.user("Grace"))
        await scene.tell()
        async with asyncio.timeout(10):
            while b'"looking":1' not in b"".join(replica.sorted()) or replica.at != str(scene.world.state.position):
                replica.take(await socket.recv(decode=False))
        await say(socket, type="unwatch", view=f"events/{event}")
    await until(lambda: len(scene.gateway.hub.clients) == 0)
    address = EventAddress(event)
    await until(lambda: b'"looking":0' in scene.gateway.read(address, address.canonical, Viewer()).payload)
    answer = await scene.get(f"/api/events/{event}")
    assert [item for item in snapshot_items(answer.content) if b"presence" not in item] == [
        item for item in replica.sorted() if b"presence" not in item
    ]


async def test_a_client_that_comes_back_gets_a_patch(scenes: Scenes) -> None:
    scene = await scenes()
    event = scene.world.event(scene.world.user())
    await scene.tell()
    async with websockets.connect(scene.live_url) as socket:
        await hear(socket)
        await say(socket, type="watch", view=f"events/{event}")
        at = (await hear(socket))["at"]
    scene.world.join(event, scene.world.user("Grace"))
    await scene.tell()
    async with websockets.connect(scene.live_url) as socket:
        await hear(socket)
        await say(socket, type="watch", view=f"events/{event}", at=at)
        message = await hear(socket)
    assert (message["type"], message["at"]) == ("patch", str(scene.world.state.position))


async def test_the_link_belongs_to_whom_the_handshake_spoke_for(scenes: Scenes) -> None:
    scene = await scenes()
    ada = scene.world.user("Ada")
    await scene.tell()
    for headers in (
        {"Cookie": f"turnout_session={scene.token(ada)}"},
        {"Authorization": f"Bearer {scene.token(ada)}"},
    ):
        async with websockets.connect(scene.live_url, additional_headers=headers) as socket:
            assert (await hear(socket))["user"] == ada
            await say(socket, type="watch", view="me")
            assert (await hear(socket))["items"][0]["name"] == "Ada"


@pytest.mark.parametrize(
    ("origin", "code"),
    [(None, None), ("same", None), ("https://friend.example", None), ("https://evil.example", Close.FORBIDDEN)],
)
async def test_only_our_own_pages_may_open_a_link(scenes: Scenes, origin: str | None, code: int | None) -> None:
    scene = await scenes(origins=("https://friend.example",))
    async with websockets.connect(scene.live_url, origin=scene.url if origin == "same" else origin) as socket:  # type: ignore[arg-type]
        if code is None:
            assert (await hear(socket))["type"] == "hello"
        else:
            assert await closing_code(socket) == code


async def test_a_crowd_from_one_address_is_sent_away(scenes: Scenes) -> None:
    scene = await scenes(links_per_address=2)
    async with websockets.connect(scene.live_url), websockets.connect(scene.live_url) as second:
        async with websockets.connect(scene.live_url) as third:
            assert await closing_code(third) == Close.CROWDED
        await second.close()
        await until(lambda: len(scene.gateway.hub.clients) == 1)
        async with websockets.connect(scene.live_url) as fourth:
            assert (await hear(fourth))["type"] == "hello"


async def test_the_edge_may_name_the_address(scenes: Scenes) -> None:
    scene = await scenes(links_per_address=1)
    there = {"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}
    elsewhere = {"X-Forwarded-For": "198.51.100.2"}
    async with (
        websockets.connect(scene.live_url, additional_headers=there),
        websockets.connect(scene.live_url, additional_headers=elsewhere) as second,
        websockets.connect(scene.live_url, additional_headers=there) as third,
    ):
        assert (await hear(second))["type"] == "hello"
        assert await closing_code(third) == Close.CROWDED


async def test_another_path_is_served_as_ever(scenes: Scenes) -> None:
    scene = await scenes()
    with pytest.raises(InvalidStatus) as refusal:
        async with websockets.connect(scene.live_url + "/more"):
            pass
    assert refusal.value.response.status_code == 403


async def test_a_bad_handshake_is_refused(scenes: Scenes) -> None:
    scene = await scenes()
    head = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "short",
        "Sec-WebSocket-Version": "13",
    }
    assert (await scene.get("/api/live", **head)).status_code == 400


class Raw:
    """A socket on which anything can be said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, scene: Scene) -> "Raw":
        host, _, port = scene.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /api/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    async def frame(self) -> tuple[int, bytes]:
        """The next frame: its first byte and its payload."""
        head = await self.reader.readexactly(2)
        size = head[1]
        if size == 126:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        return head[0], await self.reader.readexactly(size)

    async def close_code(self) -> int:
        """Reads on to the close frame, and to the end of the connection."""
        async with asyncio.timeout(10):
            while (frame := await self.frame())[0] != 0x88:
                pass
            self.writer.write(masked(8, frame[1]))
            await self.reader.read()
        return int.from_bytes(frame[1][:2], "big")

    def end(self) -> None:
        self.writer.transport.abort()


def masked(opcode: int, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(Opcode(opcode), data, fin=fin).serialize(mask=True)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x02hi", 1002),  # not masked
        (b"\xc1\x80\0\0\0\0", 1002),  # a reserved bit
        (b"\x83\x80\0\0\0\0", 1002),  # a reserved opcode
        (b"\x09\x80\0\0\0\0", 1002),  # a fragmented ping
        (b"\x89\xfe\0\x7e\0\0\0\0" + bytes(126), 1002),  # a ping of more than 125 bytes
        (b"\x80\x80\0\0\0\0", 1002),  # a continuation of nothing
        (masked(1, b"a", fin=False) + masked(1, b"b"), 1002),  # a message within another
        (masked(1, b"\xff"), 1007),
        (masked(8, b"\x03"), 1002),  # half a close code
        (masked(8, b"\x03\xed"), 1002),  # 1005 must not be sent
        (masked(8, b"\x03\xe8\xff"), 1007),
        (masked(8, b"\x03\xe8bye"), 1000),
        (masked(1, bytes(8193)), Close.TOO_LARGE),
        (masked(1, b"x" * 5000, fin=False) + masked(0, b"x" * 5000), Close.TOO_LARGE),
        (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", Close.TOO_LARGE),
        (masked(1, b"x") * 11, Close.BAD_MESSAGE),
        (masked(2, b"x") * 11, Close.BAD_MESSAGE),
        (masked(9, b"") * 201, Close.TOO_FAST),
        (masked(10, b"") * 201, Close.TOO_FAST),
        (masked(1, b"", fin=False) + masked(0, b"", fin=False) * 201, Close.TOO_FAST),
    ],
    ids=[
        "not masked", "reserved bit", "reserved opcode", "fragmented ping", "long ping", "continuation of nothing",
        "message within another", "bad text", "half a close code", "close code 1005", "bad close reason", "close",
        "long message", "long fragments", "endless message", "bad texts", "binary messages", "pings", "pongs",
        "fragments",
    ],
)  # fmt: skip
async def test_a_broken_protocol_is_answered_with_its_close_code(scenes: Scenes, sent: bytes, code: int) -> None:
    scene = await scenes()
    raw = await Raw.open(scene)
    raw.writer.write(sent)
    assert await raw.close_code() == code
    raw.end()
    await until(lambda: len(scene.gateway.hub.clients) == 0)


async def test_a_message_may_come_byte_by_byte_and_in_pieces_with_a_ping_between(scenes: Scenes) -> None:
    scene = await scenes()
    raw = await Raw.open(scene)
    await raw.frame()
    sent = masked(1, b'{"type":"watch",', fin=False) + masked(9, b"there?") + masked(0, b'"view":"events"}')
    for byte in sent:
        raw.writer.write(bytes((byte,)))
        await raw.writer.drain()
    assert await raw.frame() == (0x8A, b"there?")
    head, payload = await raw.frame()
    assert (head, read(payload)["type"]) == (0x81, "snapshot")
    (client,) = scene.gateway.hub.clients
    assert client.sink._reader is None  # type: ignore[attr-defined]
    raw.end()


async def test_a_slow_client_skips_to_the_newest_state_and_costs_no_memory(scenes: Scenes) -> None:
    scene = await scenes(tick_ms=0)
    ada = scene.world.user()
    event = scene.world.event(ada)
    await scene.tell()
    raw = await Raw.open(scene)
    raw.writer.write(masked(1, b'{"type":"watch","view":"events/%s"}' % event.encode()))
    await raw.frame()
    (client,) = scene.gateway.hub.clients
    raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
    async with asyncio.timeout(30):
        while not client.sink.is_congested:
            scene.world.edit(event, description=os.urandom(2000).hex())
            await scene.tell()
            await asyncio.sleep(0)
    waiting = client.sink.unsent()
    for _ in range(50):
        scene.world.edit(event, description=os.urandom(2000).hex())
        await scene.tell()
        await asyncio.sleep(0)
    assert client.sink.unsent() == waiting < 10_000
    await until(lambda: scene.gateway.views.position == scene.world.state.position)
    raw.reader._transport.resume_reading()  # type: ignore[attr-defined]
    replica = Replica()
    async with asyncio.timeout(10):
        while replica.at != str(scene.world.state.position):
            replica.take((await raw.frame())[1])
    assert scene.gateway.hub.counters.skipped > 0
    raw.end()


async def test_a_client_that_takes_nothing_is_cut_off_and_nobody_else_notices(scenes: Scenes) -> None:
    scene = await scenes(stall_s=0.5, beat_ms=1000, tick_ms=0)
    ada = scene.world.user()
    event = scene.world.event(ada)
    await scene.tell()
    raw = await Raw.open(scene)
    raw.writer.write(masked(1, b'{"type":"watch","view":"events/%s"}' % event.encode()))
    await raw.frame()
    raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
    async with websockets.connect(scene.live_url) as other:
        await say(other, type="watch", view="events?when=past")
        async with asyncio.timeout(30):
            while not scene.gateway.hub.counters.aborted:
                scene.world.edit(event, description=os.urandom(2000).hex())
                await scene.tell()
                await asyncio.sleep(0.001)
        assert scene.gateway.hub.counters.aborted == {"stalled": 1}
        await until(lambda: len(scene.gateway.hub.clients) == 1)
        await say(other, type="watch", view=f"events/{event}")
        while (await hear(other)).get("view") != f"events/{event}":
            pass
    raw.end()


@pytest.mark.parametrize("last", [masked(8, b"\x03\xe8"), b"\x81\x02hi"], ids=["close", "violation"])
async def test_no_frame_follows_our_close_frame_whatever_drains(scenes: Scenes, last: bytes) -> None:
    scene = await scenes(tick_ms=0)
    ada = scene.world.user()
    for _ in range(500):
        scene.world.event(ada, place="x" * 190)
    await scene.tell()
    raw = await Raw.open(scene)
    raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
    windows = [masked(1, b'{"type":"watch","view":"events?limit=%d"}' % limit) for limit in range(402, 500)]
    raw.writer.write(b"".join(windows) + last)  # megabytes of snapshots, and the end, in one read
    await until(lambda: any(client.sink.unsent() for client in scene.gateway.hub.clients))
    raw.reader._transport.resume_reading()  # type: ignore[attr-defined]
    heads = []
    with contextlib.suppress(asyncio.IncompleteReadError):
        async with asyncio.timeout(10):
            while True:
                heads.append((await raw.frame())[0])
    assert heads.index(0x88) == len(heads) - 1
    raw.end()
    await until(lambda: len(scene.gateway.hub.clients) == 0)


FRAMES = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda opcode, data, fin: masked(opcode, data, fin=fin or opcode > 7),
            st.sampled_from((0, 1, 2, 8, 9, 10)),
            st.binary(max_size=60) | st.just(b'{"type":"watch","view":"events"}'),
            st.booleans(),
        ),
    ),
    max_size=8,
)


async def test_no_bytes_do_any_harm(scenes: Scenes) -> None:
    scene = await scenes()
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    bystander = await websockets.connect(scene.live_url)
    await hear(bystander)

    async def attack(sent: list[bytes]) -> None:
        raw = await Raw.open(scene)
        # It hangs up on who breaks the protocol, read or not; uvloop refuses to write to what is closed.
        with contextlib.suppress(ConnectionError, RuntimeError):
            for part in sent:
                raw.writer.write(part)
                await asyncio.sleep(0)
            raw.writer.write_eof()
            async with asyncio.timeout(10):
                await raw.reader.read()
        raw.end()

    examples: list[list[bytes]] = []

    @settings(max_examples=150)
    @given(FRAMES)
    def draw(sent: list[bytes]) -> None:
        examples.append(sent)

    draw()
    for sent in examples:
        await attack(sent)
    await until(lambda: len(scene.gateway.hub.clients) == 1)
    assert failures == []
    await say(bystander, type="watch", view="events")
    assert (await hear(bystander))["type"] == "snapshot"
    await bystander.close()


async def test_a_drain_says_goodbye_and_ends_in_time(scenes: Scenes) -> None:
    scene = await scenes(drain_s=1)
    sockets = [await websockets.connect(scene.live_url) for _ in range(20)]
    stuck = await Raw.open(scene)
    stuck.reader._transport.pause_reading()  # type: ignore[attr-defined]
    scene.server.should_exit = True
    for socket in sockets:
        await hear(socket)
        goodbye = await hear(socket)
        assert (goodbye["type"], goodbye["retry_ms"]) == ("bye", [100, 1000])
    assert {await closing_code(socket) for socket in sockets} == {Close.DRAINING}
    await until(lambda: len(scene.gateway.hub.clients) == 0, timeout_s=5)
    assert scene.gateway.hub.counters.aborted == {"draining": 1}
    stuck.end()


async def test_while_it_drains_it_is_not_ready_and_takes_no_more_links(scenes: Scenes) -> None:
    scene = await scenes(drain_s=3)
    stuck = await Raw.open(scene)
    scene.server.should_exit = True
    await until(lambda: not scene.gateway.ready())
    assert (await scene.get("/readyz")).status_code == 503
    assert (await scene.get("/api/events")).status_code == 200
    with pytest.raises(InvalidStatus) as refusal:
        async with websockets.connect(scene.live_url):
            pass
    assert refusal.value.response.status_code == 503
    stuck.end()
