"""The command service for tests: the real app on a real Valkey."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from waiting import until

from turnout_command.app import CommandService, create_app
from turnout_command.settings import Settings
from turnout_core.domain.position import Position

DRAFT: dict[str, Any] = {"title": "Board games", "starts": "2099-11-27T19:30", "zone": "Europe/Vienna", "capacity": 2}


class Guest:
    """A signed-in client, which sends its token as a header."""

    def __init__(self, client: httpx.AsyncClient, answer: dict[str, Any]) -> None:
        self.id: str = answer["user"]["id"]
        self.token: str = answer["token"]
        self._client = client

    async def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return await self._client.request(method, path, json=json, headers=headers, **options)

    def on(self, service: "RunningService") -> "Guest":
        """The same guest as a client of another service."""
        return Guest(service.client, {"user": {"id": self.id}, "token": self.token})


class RunningService:
    """A running command service, and a client. ``position`` is that of its last commit."""

    def __init__(self, client: httpx.AsyncClient, command: CommandService) -> None:
        self.client = client
        self.command = command

    async def guest(self, name: str = "Ada") -> Guest:
        response = await self.client.post("/api/session", json={"name": name})
        self.client.cookies.clear()
        return Guest(self.client, response.json())

    @property
    def position(self) -> Position | None:
        return self.command.writer.position()


@asynccontextmanager
async def serving(url: str, *, leads: bool = True, **settings: Any) -> AsyncIterator[RunningService]:
    """A running service; unless it ``leads`` at once, it may be a standby."""
    command = CommandService(Settings(valkey=url, **settings))
    transport = httpx.ASGITransport(create_app(command))
    async with command.running() as writer, httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        await until(lambda: writer.status().ready or not leads)
        yield RunningService(client, command)
