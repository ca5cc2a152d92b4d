"""A gateway that does not hear knows it, says so, and shows nothing wrong when it hears again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import websockets
from history import History
from replica import Replica, snapshot_items
from waiting import until
from world import Scene

from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.journal.follower import HEARTBEAT_TIMEOUT_S
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS

Scenes = Callable[..., Awaitable[Scene]]


@asynccontextmanager
async def beating(scene: Scene) -> AsyncIterator[None]:
    """The writer is there, and beats."""

    async def beat() -> None:
        while True:
            await scene.beat()
            await asyncio.sleep(0.05)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


class Watching:
    """A client of one view that takes whatever comes."""

    def __init__(self, scene: Scene, view: str) -> None:
        self.scene = scene
        self.view = view
        self.replica = Replica()
        self.kinds: list[str] = []

    async def run(self) -> None:
        async with websockets.connect(self.scene.live_url) as socket:
            await socket.recv()
            await socket.send(f'{{"type":"watch","view":"{self.view}"}}')
            async for message in socket:
                assert isinstance(message, str)
                if '"type":"beat"' not in message[:20]:
                    self.replica.take(message.encode())
                    self.kinds.append(message[9:14])

    def at(self, position: Position) -> bool:
        return self.replica.at == str(position)


async def test_a_lost_link_is_healed_from_the_stream(scenes: Scenes) -> None:
    scene = await scenes()
    event = scene.world.event(scene.world.user())
    await scene.tell()
    client = Watching(scene, f"events/{event}")
    task = asyncio.create_task(client.run())
    await until(lambda: client.at(scene.world.state.position))
    scene.journal.mute = True
    for _ in range(5):
        scene.world.join(event, scene.world.user())
    await scene.append()
    scene.journal.mute = False
    scene.journal.cut()
    await until(lambda: client.at(scene.world.state.position))
    answer = (await scene.get(f"/api/events/{event}")).content
    await until(lambda: client.replica.sorted()[1:] == snapshot_items(answer)[1:])  # but for presence
    assert "snaps" not in client.kinds[1:]
    task.cancel()


async def test_a_missed_publication_is_found_by_the_next_beat(scenes: Scenes) -> None:
    scene = await scenes()
    event = scene.world.event(scene.world.user())
    await scene.tell()
    client = Watching(scene, f"events/{event}")
    task = asyncio.create_task(client.run())
    await until(lambda: client.at(scene.world.state.position))
    scene.journal.mute = True
    scene.world.join(event, scene.world.user())
    await scene.append()
    scene.journal.mute = False
    await scene.beat()
    await until(lambda: client.at(scene.world.state.position))
    task.cancel()


async def test_silence_turns_it_red_within_three_seconds_and_only_a_beat_turns_it_green(scenes: Scenes) -> None:
    scene = await scenes()
    event = scene.world.event(scene.world.user())
    await scene.tell()
    await scene.beat()
    before = asyncio.get_running_loop().time()
    await until(lambda: not scene.gateway.ready())
    assert asyncio.get_running_loop().time() - before <= HEARTBEAT_TIMEOUT_S + 0.5
    scene.journal.mute = True
    scene.world.join(event, scene.world.user())
    await scene.append()
    assert await scene.gateway.follower.wait_for(scene.world.state.position, 10)  # it heals from the stream meanwhile
    assert (await scene.get("/readyz")).status_code == 503
    scene.journal.mute = False
    async with beating(scene):
        await until(scene.gateway.ready)
    assert (await scene.get("/readyz")).status_code == 200


async def test_a_journal_that_can_not_be_reached_is_waited_for(scenes: Scenes) -> None:
    scene = await scenes()
    scene.journal.broken = True
    scene.journal.cut()
    await until(lambda: scene.gateway.follower.trouble == "broken on purpose")
    answer = await scene.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["detail"] == "broken on purpose"
    assert (await scene.get("/api/events")).status_code == 200  # what it has is still true as of its position
    scene.journal.broken = False
    await until(scene.gateway.ready)


async def test_another_history_reaches_every_client_as_a_snapshot(scenes: Scenes) -> None:
    scene = await scenes()
    scene.world.event(scene.world.user())
    await scene.tell()
    client = Watching(scene, "events")
    task = asyncio.create_task(client.run())
    await until(lambda: client.at(scene.world.state.position))
    restored = History(Head(Position("restored", 0), GENESIS))
    restored.add(SignedUp("ada", "Ada"))
    scene.journal.on_purpose = True
    scene.journal._head = restored.head
    scene.journal._records = {1: restored.records[0]}
    scene.journal.cut()
    await until(lambda: client.at(Position("restored", 1)))
    assert client.kinds == ["snaps", "snaps"]
    assert len(client.replica.items) == 1
    task.cancel()
