"""Asks the command service: a guest with some events, whose titles it edits at a steady pace."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from publisher import mark

_CONNECTIONS: Final = 4


class Asker:
    """One person in a few browser tabs: HTTP/1.1 with keep-alive, as little of it as will do."""

    def __init__(self, links: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
        self._links = links
        self._token = ""
        self._events: list[str] = []

    async def prepare(self, events: int) -> None:
        self._token = (await self._ask(0, "POST", "/api/session", {"name": "Ada"}))["token"]
        for each in range(events):
            wanted = {"title": f"Event {each}", "starts": f"2099-01-01T{each % 24:02}:00", "zone": "Etc/UTC"}
            self._events.append((await self._ask(0, "POST", "/api/events", wanted))["id"])

    async def run(self, rate: float, seconds: float) -> list[float]:
        """Edits ``rate`` titles a second. Gives how long each answer took, in ms."""
        start = time.monotonic()
        together = await asyncio.gather(
            *(self._edit(link, rate / len(self._links), start, seconds) for link in range(len(self._links)))
        )
        return [took for each in together for took in each]

    async def _edit(self, link: int, rate: float, start: float, seconds: float) -> list[float]:
        took = []
        for each in range(round(rate * seconds)):
            due = start + (each + link / len(self._links)) / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            event = self._events[(each * len(self._links) + link) % len(self._events)]
            asked = time.monotonic()
            await self._ask(link, "PATCH", f"/api/events/{event}", {"title": mark()})
            took.append((time.monotonic() - asked) * 1000)
        return took

    async def _ask(self, link: int, method: str, path: str, wanted: dict[str, str]) -> dict[str, Any]:
        reader, writer = self._links[link]
        body = json.dumps(wanted).encode()
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        signed = f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        writer.write(f"{head}{signed}\r\n".encode() + body)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        answer = await reader.readexactly(int(headers["content-length"]))
        if status.split()[1][0] != "2":
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()[:300]}")
        found: dict[str, Any] = json.loads(answer)
        return found


@asynccontextmanager
async def ask_at_pace(port: int, events: int) -> AsyncIterator[Asker]:
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(_CONNECTIONS)]
    try:
        asker = Asker(links)
        await asker.prepare(events)
        yield asker
    finally:
        for _, writer in links:
            writer.close()
