"""A small world for tests: a writer that makes true commits, and a gateway that follows it."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
from history import BEGINNING, DETAILS, EPOCH, History
from waiting import until

from fakes.memory_bus import MemoryBus
from fakes.memory_journal import MemoryJournal
from turnout_core.domain.apply import Affected, apply
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    Promoted,
    SignedOut,
    SignedUp,
)
from turnout_core.domain.state import State
from turnout_core.journal.port import Head
from turnout_core.journal.record import peek
from turnout_core.runtime.server import Server
from turnout_core.web.identity import Identity
from turnout_gateway.app import create_app, running
from turnout_gateway.gateway import Gateway
from turnout_gateway.runtime.presence_bus import PresenceBus
from turnout_gateway.settings import Settings
from turnout_gateway.transport.server import gateway_server

START_MS = 1_795_000_000_000
HOUR_MS = 3_600_000


class World:
    """A writer: keeps the State and the history that leads to it. Knows no rules; a test must make sense by itself."""

    def __init__(self) -> None:
        self.history = History()
        self.state = State(BEGINNING.position, BEGINNING.hash)
        self.now_ms = START_MS
        self.commits: list[tuple[Commit, Affected]] = []
        self._ids = itertools.count(1)

    def commit(self, *changes: AnyChange) -> None:
        record = self.history.add(*changes, at=self.now_ms)
        commit, digest = peek(record)
        self.commits.append((commit, apply(self.state, commit, digest)))

    def user(self, name: str = "") -> str:
        user = f"user{next(self._ids)}"
        self.commit(SignedUp(user, name or user))
        return user

    def event(self, organizer: str, starts_in_h: int = 1, **details: Any) -> str:
        event = f"event{next(self._ids)}"
        starts_at = START_MS + starts_in_h * HOUR_MS
        said = msgspec.structs.replace(DETAILS, starts_at=starts_at, ends_at=starts_at + HOUR_MS, **details)
        self.commit(EventCreated(event, organizer, said))
        return event

    def edit(self, event: str, **details: Any) -> None:
        self.commit(EventEdited(event, msgspec.structs.replace(self.state.events[event].details, **details)))

    def join(self, event: str, user: str, party: int = 1, *, waits: bool = False) -> None:
        self.commit(Joined(event, user, party, "waitlisted" if waits else "going"))

    def leave(self, event: str, user: str) -> None:
        self.commit(Left(event, user))

    def promote(self, event: str, user: str) -> None:
        self.commit(Promoted(event, user))

    def cancel(self, event: str) -> None:
        self.commit(EventCancelled(event))

    def end(self, event: str) -> None:
        self.commit(EventEnded(event))

    def reopen(self, event: str) -> None:
        self.commit(EventReopened(event))

    def delete(self, event: str) -> None:
        self.commit(EventDeleted(event))

    def sign_out(self, user: str) -> None:
        self.commit(SignedOut(user))


def replay(records: Sequence[bytes], state: State) -> list[tuple[Commit, Affected]]:
    """Applies what ``state`` has not seen of ``records``, the history from its beginning."""
    made = []
    for record in records[state.position.seq :]:
        commit, digest = peek(record)
        made.append((commit, apply(state, commit, digest)))
    return made


class Scene:
    """A gateway that serves on a port of its own, and the world that it follows.

    Attributes:
        now_ms: what time it is there.
    """

    def __init__(self, settings: Settings, journal: MemoryJournal, bus: PresenceBus, world: World) -> None:
        self.world = world
        self.journal = journal
        self.now_ms = START_MS
        self.identity = Identity("a secret for tests")
        self.gateway = Gateway(
            settings, journal, bus, self._identity, name=f"gateway{id(self)}", now_ms=lambda: self.now_ms
        )
        self.server: Server
        self.url = ""
        self._told: Head = BEGINNING

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        settings: Settings,
        journal: MemoryJournal | None = None,
        bus: PresenceBus | None = None,
        world: World | None = None,
    ) -> AsyncIterator["Scene"]:
        if journal is None:
            journal = MemoryJournal()
            await journal.create(EPOCH)
        scene = cls(settings, journal, bus or MemoryBus(), world or World())
        scene.server = gateway_server(create_app(scene.gateway), scene.gateway, settings)
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
            scene.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            serving = asyncio.create_task(scene.server.serve_within(running(scene.gateway), listener))
            await until(lambda: scene.server.started and (journal.broken or scene.gateway.ready()))
            try:
                yield scene
            finally:
                scene.server.should_exit = True
                await serving

    @property
    def live_url(self) -> str:
        return self.url.replace("http", "ws") + "/api/live"

    async def append(self) -> None:
        """Appends to the journal what the world has committed since the last time."""
        head = await self.journal.head()
        assert head is not None
        await self.journal.append(1, head, self.world.history.records[head.position.seq :], self.world.history.head)

    async def tell(self) -> None:
        """Appends it, and returns when the gateway has heard."""
        await self.append()
        assert await self.gateway.follower.wait_for(self.world.history.head.position, 10)

    async def beat(self) -> None:
        """The writer's heartbeat."""
        await self.journal.beat(1)

    def token(self, user: str) -> str:
        return self.identity.token(self.world.state.users[user])

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url) as client:
            return await client.get(path, headers=headers)

    async def _identity(self) -> Identity:
        return self.identity
