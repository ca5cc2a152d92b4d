"""A client of the command service: a guest with some events, who edits their titles at a steady rate."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from publisher import time_mark

_CONNECTIONS: Final = 4


class CommandClient:
    """One guest on a few connections. It speaks a minimal HTTP/1.1 with keep-alive."""

    def __init__(self, connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
        self._connections = connections
        self._token = ""
        self._events: list[str] = []

    async def prepare(self, events: int) -> None:
        self._token = (await self._send(0, "POST", "/api/session", {"name": "Ada"}))["token"]
        for number in range(events):
            fields = {"title": f"Event {number}", "starts": f"2099-01-01T{number % 24:02}:00", "zone": "Etc/UTC"}
            self._events.append((await self._send(0, "POST", "/api/events", fields))["id"])

    async def edit_titles(self, rate: float, seconds: float) -> list[float]:
        """Edits ``rate`` titles a second. Returns the response time of each edit, in ms."""
        start = time.monotonic()
        durations_ms = await asyncio.gather(
            *(
                self._edit_on_connection(connection, rate / len(self._connections), start, seconds)
                for connection in range(len(self._connections))
            )
        )
        return [each for connection_ms in durations_ms for each in connection_ms]

    async def _edit_on_connection(self, connection: int, rate: float, start: float, seconds: float) -> list[float]:
        durations_ms = []
        for number in range(round(rate * seconds)):
            due = start + (number + connection / len(self._connections)) / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            event = self._events[(number * len(self._connections) + connection) % len(self._events)]
            sent_at_s = time.monotonic()
            await self._send(connection, "PATCH", f"/api/events/{event}", {"title": time_mark()})
            durations_ms.append((time.monotonic() - sent_at_s) * 1000)
        return durations_ms

    async def _send(self, connection: int, method: str, path: str, fields: dict[str, str]) -> dict[str, Any]:
        reader, writer = self._connections[connection]
        body = json.dumps(fields).encode()
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        authorization = f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        writer.write(f"{head}{authorization}\r\n".encode() + body)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        response = await reader.readexactly(int(headers["content-length"]))
        if status.split()[1][0] != "2":
            raise RuntimeError(f"{method} {path}: {status} {response.decode()[:300]}")
        content: dict[str, Any] = json.loads(response)
        return content


@asynccontextmanager
async def open_command_client(port: int, events: int) -> AsyncIterator[CommandClient]:
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(_CONNECTIONS)]
    try:
        client = CommandClient(connections)
        await client.prepare(events)
        yield client
    finally:
        for _, writer in connections:
            writer.close()
