"""A gateway that serves on a port, and the writer that it follows."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fake_writer import START_MS, FakeWriter
from history import BEGINNING, EPOCH
from waiting import until

from fakes.memory_bus import MemoryBus
from fakes.memory_journal import MemoryJournal
from turnout_core.journal.port import Head
from turnout_core.web.identity import Identity
from turnout_core.web.server import Server
from turnout_gateway.app import create_app, running
from turnout_gateway.gateway import Gateway
from turnout_gateway.runtime.presence_bus import PresenceBus
from turnout_gateway.settings import Settings
from turnout_gateway.transport.server import gateway_server


class RunningGateway:
    """A gateway that serves on a port of its own, and the journal and writer that it follows.

    Attributes:
        now_ms: the gateway's clock, Unix time in ms.
    """

    def __init__(self, settings: Settings, journal: MemoryJournal, bus: PresenceBus, writer: FakeWriter) -> None:
        self.writer = writer
        self.journal = journal
        self.now_ms = START_MS
        self.identity = Identity("a secret for tests")
        self.gateway = Gateway(
            settings, journal, bus, self._identity, name=f"gateway{id(self)}", now_ms=lambda: self.now_ms
        )
        self.server: Server
        self.url = ""
        self._appended: Head = BEGINNING

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        settings: Settings,
        journal: MemoryJournal | None = None,
        bus: PresenceBus | None = None,
        writer: FakeWriter | None = None,
    ) -> AsyncIterator["RunningGateway"]:
        if journal is None:
            journal = MemoryJournal()
            await journal.create(EPOCH)
        instance = cls(settings, journal, bus or MemoryBus(), writer or FakeWriter())
        instance.server = gateway_server(create_app(instance.gateway, settings), instance.gateway, settings)
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
            instance.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            serving = asyncio.create_task(instance.server.serve_within(running(instance.gateway), listener))
            await until(lambda: instance.server.started and (journal.is_unreachable or instance.gateway.is_ready()))
            try:
                yield instance
            finally:
                instance.server.should_exit = True
                await serving

    @property
    def live_url(self) -> str:
        return self.url.replace("http", "ws") + "/api/live"

    async def append(self) -> None:
        """Appends the writer's new commits to the journal."""
        head = await self.journal.head()
        assert head is not None
        await self.journal.append(1, head, self.writer.history.records[head.position.seq :], self.writer.history.head)

    async def append_and_wait(self) -> None:
        """Appends the writer's new commits, and waits until the gateway has applied them."""
        await self.append()
        assert await self.gateway.follower.wait_for(self.writer.history.head.position, 10)

    async def beat(self) -> None:
        """Sends one heartbeat of the writer."""
        await self.journal.publish_heartbeat(1)

    def token(self, user: str) -> str:
        """A token for the first session of the user, or one as earlier versions issued it."""
        found = self.writer.state.users[user]
        return self.identity.token(user, found.sessions[0].id if found.sessions else found.session)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url) as client:
            return await client.get(path, headers=headers)

    async def _identity(self) -> Identity:
        return self.identity
