"""A slow WebSocket client skips frames, and a stalled one is aborted."""

import asyncio
import contextlib
import os

import pytest
import websockets
from raw_websocket import RawWebSocket, ServeGateway, masked, receive, send
from view_replica import Replica
from waiting import until


async def test_a_slow_client_skips_to_the_newest_state_without_a_queue(serve: ServeGateway) -> None:
    instance = await serve()
    ada = instance.writer.user()
    event = instance.writer.event(ada)
    await instance.append_and_wait()
    raw = await RawWebSocket.open(instance)
    raw.writer.write(masked(1, b'{"type":"watch","view":"events/%s"}' % event.encode()))
    await raw.receive_frame()
    (client,) = instance.gateway.hub.clients
    raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
    async with asyncio.timeout(30):
        while not client.sink.is_congested:
            instance.writer.edit(event, description=os.urandom(2000).hex())
            await instance.append_and_wait()
            await asyncio.sleep(0)
    waiting = client.sink.unsent()
    for _ in range(50):
        instance.writer.edit(event, description=os.urandom(2000).hex())
        await instance.append_and_wait()
        await asyncio.sleep(0)
    assert client.sink.unsent() == waiting < 10_000
    await until(lambda: instance.gateway.views.position == instance.writer.state.position)
    raw.reader._transport.resume_reading()  # type: ignore[attr-defined]
    replica = Replica()
    async with asyncio.timeout(10):
        while replica.at != str(instance.writer.state.position):
            replica.apply((await raw.receive_frame())[1])
    assert instance.gateway.hub.counters.skips > 0
    raw.abort()


async def test_a_stalled_client_is_aborted_and_others_stay_connected(serve: ServeGateway) -> None:
    instance = await serve(stall_s=0.5, beat_ms=1000)
    ada = instance.writer.user()
    event = instance.writer.event(ada)
    await instance.append_and_wait()
    raw = await RawWebSocket.open(instance)
    raw.writer.write(masked(1, b'{"type":"watch","view":"events/%s"}' % event.encode()))
    await raw.receive_frame()
    raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
    async with websockets.connect(instance.live_url) as other:
        await send(other, type="watch", view="events?when=past")
        async with asyncio.timeout(30):
            while not instance.gateway.hub.counters.aborts:
                instance.writer.edit(event, description=os.urandom(2000).hex())
                await instance.append_and_wait()
                await asyncio.sleep(0.001)
        assert instance.gateway.hub.counters.aborts == {"stalled": 1}
        await until(lambda: len(instance.gateway.hub.clients) == 1)
        await send(other, type="watch", view=f"events/{event}")
        while (await receive(other)).get("view") != f"events/{event}":
            pass
    raw.abort()


@pytest.mark.parametrize("last", [masked(8, b"\x03\xe8"), b"\x81\x02hi"], ids=["close", "violation"])
async def test_no_frame_follows_our_close_frame(serve: ServeGateway, last: bytes) -> None:
    instance = await serve()
    ada = instance.writer.user()
    for _ in range(500):
        instance.writer.event(ada, place="x" * 190)
    await instance.append_and_wait()
    raw = await RawWebSocket.open(instance)
    raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
    windows = [masked(1, b'{"type":"watch","view":"events?limit=%d"}' % limit) for limit in range(402, 500)]
    raw.writer.write(b"".join(windows) + last)  # megabytes of snapshots, then ``last``, in one read
    await until(lambda: any(client.sink.unsent() for client in instance.gateway.hub.clients))
    raw.reader._transport.resume_reading()  # type: ignore[attr-defined]
    heads = []
    with contextlib.suppress(asyncio.IncompleteReadError):
        async with asyncio.timeout(10):
            while True:
                heads.append((await raw.receive_frame())[0])
    assert heads.index(0x88) == len(heads) - 1
    raw.abort()
    await until(lambda: len(instance.gateway.hub.clients) == 0)
