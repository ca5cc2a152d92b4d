"""A gateway without a journal is not ready, and converges when the journal is back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import websockets
from history import History
from running_gateway import RunningGateway
from view_replica import Replica, snapshot_items
from waiting import until

from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.journal.follower import HEARTBEAT_TIMEOUT_S
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@asynccontextmanager
async def beating(served: RunningGateway) -> AsyncIterator[None]:
    """The writer is there, and beats."""

    async def beat() -> None:
        while True:
            await served.beat()
            await asyncio.sleep(0.05)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


class Watching:
    """A client of one view that takes whatever comes."""

    def __init__(self, served: RunningGateway, view: str) -> None:
        self.served = served
        self.view = view
        self.replica = Replica()
        self.kinds: list[str] = []

    async def run(self) -> None:
        async with websockets.connect(self.served.live_url) as socket:
            await socket.recv()
            await socket.send(f'{{"type":"watch","view":"{self.view}"}}')
            async for message in socket:
                assert isinstance(message, str)
                if '"type":"beat"' not in message[:20]:
                    self.replica.take(message.encode())
                    self.kinds.append(message[9:14])

    def at(self, position: Position) -> bool:
        return self.replica.at == str(position)


async def test_a_lost_link_is_healed_from_the_stream(serve: ServeGateway) -> None:
    served = await serve()
    event = served.writer.event(served.writer.user())
    await served.append_and_wait()
    client = Watching(served, f"events/{event}")
    task = asyncio.create_task(client.run())
    await until(lambda: client.at(served.writer.state.position))
    served.journal.loses_messages = True
    for _ in range(5):
        served.writer.join(event, served.writer.user())
    await served.append()
    served.journal.loses_messages = False
    served.journal.cut()
    await until(lambda: client.at(served.writer.state.position))
    answer = (await served.get(f"/api/events/{event}")).content
    await until(lambda: client.replica.sorted()[1:] == snapshot_items(answer)[1:])  # but for presence
    assert "snaps" not in client.kinds[1:]
    task.cancel()


async def test_a_missed_publication_is_found_by_the_next_beat(serve: ServeGateway) -> None:
    served = await serve()
    event = served.writer.event(served.writer.user())
    await served.append_and_wait()
    client = Watching(served, f"events/{event}")
    task = asyncio.create_task(client.run())
    await until(lambda: client.at(served.writer.state.position))
    served.journal.loses_messages = True
    served.writer.join(event, served.writer.user())
    await served.append()
    served.journal.loses_messages = False
    await served.beat()
    await until(lambda: client.at(served.writer.state.position))
    task.cancel()


async def test_silence_turns_it_red_within_three_seconds_and_only_a_beat_turns_it_green(serve: ServeGateway) -> None:
    served = await serve()
    event = served.writer.event(served.writer.user())
    await served.append_and_wait()
    await served.beat()
    before = asyncio.get_running_loop().time()
    await until(lambda: not served.gateway.ready())
    assert asyncio.get_running_loop().time() - before <= HEARTBEAT_TIMEOUT_S + 0.5
    served.journal.loses_messages = True
    served.writer.join(event, served.writer.user())
    await served.append()
    assert await served.gateway.follower.wait_for(
        served.writer.state.position, 10
    )  # it heals from the stream meanwhile
    assert (await served.get("/readyz")).status_code == 503
    served.journal.loses_messages = False
    async with beating(served):
        await until(served.gateway.ready)
    assert (await served.get("/readyz")).status_code == 200


async def test_a_journal_that_can_not_be_reached_is_waited_for(serve: ServeGateway) -> None:
    served = await serve()
    served.journal.is_unreachable = True
    served.journal.cut()
    await until(lambda: served.gateway.follower.trouble == "unreachable on purpose")
    answer = await served.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["detail"] == "unreachable on purpose"
    assert (await served.get("/api/events")).status_code == 200  # what it has is still true as of its position
    served.journal.is_unreachable = False
    await until(served.gateway.ready)


async def test_another_history_reaches_every_client_as_a_snapshot(serve: ServeGateway) -> None:
    served = await serve()
    served.writer.event(served.writer.user())
    await served.append_and_wait()
    client = Watching(served, "events")
    task = asyncio.create_task(client.run())
    await until(lambda: client.at(served.writer.state.position))
    restored = History(Head(Position("restored", 0), GENESIS))
    restored.add(SignedUp("ada", "Ada"))
    served.journal.was_replaced = True
    served.journal._head = restored.head
    served.journal._records = {1: restored.records[0]}
    served.journal.cut()
    await until(lambda: client.at(Position("restored", 1)))
    assert client.kinds == ["snaps", "snaps"]
    assert len(client.replica.items) == 1
    task.cancel()
