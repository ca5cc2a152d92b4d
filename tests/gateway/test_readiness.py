"""A gateway without a journal is not ready, and converges when the journal is back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import websockets
from history import History
from newer_data import REFUSAL, newer_record
from running_gateway import RunningGateway
from view_replica import Replica, snapshot_items
from waiting import until

from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.journal.follower import HEARTBEAT_TIMEOUT_S
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS
from turnout_core.protocol.messages import Close

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@asynccontextmanager
async def heartbeats(instance: RunningGateway) -> AsyncIterator[None]:
    """Sends heartbeats of the writer within the context."""

    async def beat() -> None:
        while True:
            await instance.beat()
            await asyncio.sleep(0.05)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


class WatchingClient:
    """A client that watches one view and applies all its messages."""

    def __init__(self, instance: RunningGateway, view: str) -> None:
        self.instance = instance
        self.view = view
        self.replica = Replica()
        self.kinds: list[str] = []

    async def run(self) -> None:
        async with websockets.connect(self.instance.live_url) as socket:
            await socket.recv()
            await socket.send(f'{{"type":"watch","view":"{self.view}"}}')
            async for message in socket:
                assert isinstance(message, str)
                if '"type":"beat"' not in message[:20]:
                    self.replica.apply(message.encode())
                    self.kinds.append(message[9:14])

    def has_reached(self, position: Position) -> bool:
        return self.replica.at == str(position)


async def test_a_broken_subscription_recovers_from_the_stream(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    client = WatchingClient(instance, f"events/{event}")
    task = asyncio.create_task(client.run())
    await until(lambda: client.has_reached(instance.writer.state.position))
    instance.journal.loses_publications = True
    for _ in range(5):
        instance.writer.join(event, instance.writer.user())
    await instance.append()
    instance.journal.loses_publications = False
    instance.journal.break_subscriptions()
    await until(lambda: client.has_reached(instance.writer.state.position))
    answer = (await instance.get(f"/api/events/{event}")).content
    await until(lambda: client.replica.sorted_items()[1:] == snapshot_items(answer)[1:])  # without presence
    assert "snaps" not in client.kinds[1:]
    task.cancel()


async def test_the_next_heartbeat_reveals_a_missed_publication(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    client = WatchingClient(instance, f"events/{event}")
    task = asyncio.create_task(client.run())
    await until(lambda: client.has_reached(instance.writer.state.position))
    instance.journal.loses_publications = True
    instance.writer.join(event, instance.writer.user())
    await instance.append()
    instance.journal.loses_publications = False
    await instance.beat()
    await until(lambda: client.has_reached(instance.writer.state.position))
    task.cancel()


async def test_a_gateway_is_not_ready_without_heartbeats(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    await instance.beat()
    before = asyncio.get_running_loop().time()
    await until(lambda: not instance.gateway.is_ready())
    assert asyncio.get_running_loop().time() - before <= HEARTBEAT_TIMEOUT_S + 0.5
    instance.journal.loses_publications = True
    instance.writer.join(event, instance.writer.user())
    await instance.append()
    assert await instance.gateway.follower.wait_for(
        instance.writer.state.position, 10
    )  # it reads the missed commits from the stream
    assert (await instance.get("/readyz")).status_code == 503
    instance.journal.loses_publications = False
    async with heartbeats(instance):
        await until(instance.gateway.is_ready)
    ready = await instance.get("/readyz")
    assert (ready.status_code, ready.json()["zone_data"]) == (200, ZONE_DATA_VERSION)


async def test_a_gateway_waits_for_an_unreachable_journal(serve: ServeGateway) -> None:
    instance = await serve()
    instance.journal.is_unreachable = True
    instance.journal.break_subscriptions()
    await until(lambda: instance.gateway.follower.trouble == "unreachable for a test")
    answer = await instance.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["detail"] == "unreachable for a test"
    assert (await instance.get("/api/events")).status_code == 200  # the replica is valid as of its position
    instance.journal.is_unreachable = False
    await until(instance.gateway.is_ready)


async def test_another_history_reaches_clients_as_a_snapshot(serve: ServeGateway) -> None:
    instance = await serve()
    instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    client = WatchingClient(instance, "events")
    task = asyncio.create_task(client.run())
    await until(lambda: client.has_reached(instance.writer.state.position))
    restored = History(Head(Position("restored", 0), GENESIS))
    restored.add(SignedUp("ada", "Ada"))
    instance.journal.is_replaced_by_operator = True
    instance.journal._head = restored.head
    instance.journal._records = {1: restored.records[0]}
    instance.journal.break_subscriptions()
    await until(lambda: client.has_reached(Position("restored", 1)))
    assert client.kinds == ["snaps", "snaps"]
    assert len(client.replica.items) == 1
    task.cancel()


async def test_an_outdated_gateway_serves_nothing_and_sends_its_clients_away(serve: ServeGateway) -> None:
    instance = await serve()
    instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    before = instance.writer.history.head
    record, head = newer_record(before)
    async with websockets.connect(instance.live_url) as socket:
        await instance.journal.append(1, before, [record], head)
        await until(lambda: instance.gateway.follower.is_outdated)
        for path in ("/readyz", "/api/events", "/api/events/unknown/attendees"):
            answer = await instance.get(path)
            assert (answer.status_code, REFUSAL in answer.json()["detail"]) == (503, True)
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(instance.live_url)
        assert [json.loads(await socket.recv())["type"] for _ in range(2)] == ["hello", "bye"]
        await socket.wait_closed()
        assert socket.close_code == Close.DRAINING
    instance.journal._head, instance.journal.format = before, 1  # an operator imports an older backup
    del instance.journal._records[head.position.seq]
    async with heartbeats(instance):
        await until(instance.gateway.is_ready)
        assert (await instance.get("/api/events")).status_code == 200
