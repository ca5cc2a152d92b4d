"""Measures how soon withdrawn access ends on open links: ``python bench/withdrawal.py [links]``.

Starts `turnout up` and connects links (1,000 by default), of which each watches an event and its people. Then a command
withdraws access for all of them. It prints the time from the answer of the command to the last ``fail``, and that of a
join from the request to the last patch, at a public and at a private event. The clients share the machine.
"""

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop

GOAL_S: Final = 1.0
_JOINS: Final = 30
_TIMEOUT_S: Final = 60.0
_DRAFT: Final = {"title": "Bench", "starts": "2099-01-01T19:00", "zone": "Etc/UTC"}
_MASK: Final = b"\0\0\0\0"  # RFC 6455 section 5.3 requires a mask; this one changes no byte
_FAIL, _PATCH, _SNAPSHOT = b'"type":"fail"', b'"type":"patch"', b'"type":"snapshot"'


class Expectation:
    """The number of messages of one type that all links together still have to receive."""

    def __init__(self) -> None:
        self._kind = b""
        self._missing = 0
        self._done = asyncio.Event()
        self.at_s = 0.0

    def set(self, kind: bytes, number: int) -> None:
        self._kind, self._missing = kind, number
        self._done.clear()

    def count(self, data: bytes) -> None:
        """Counts the messages in ``data``, which begins where an earlier piece ended: a type is hardly ever split."""
        self._missing -= data.count(self._kind)
        if self._missing <= 0 and not self._done.is_set():
            self.at_s = time.perf_counter()
            self._done.set()

    async def wait(self) -> float:
        """Waits for the last message; returns the time at which it came."""
        async with asyncio.timeout(_TIMEOUT_S):
            await self._done.wait()
        return self.at_s


class Link(asyncio.Protocol):
    """A WebSocket that watches views."""

    def __init__(self, token: str, views: list[str], expectation: Expectation) -> None:
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self._head = (
            "GET /api/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"{bearer}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()
        self._watches = [f'{{"type":"watch","view":"{view}"}}'.encode() for view in views]
        self._expectation = expectation
        self._is_open = False
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        if not self._is_open:
            self._is_open = True
            self._transport.write(b"".join(bytes((0x81, 0x80 | len(each))) + _MASK + each for each in self._watches))
        self._expectation.count(data)

    def close(self) -> None:
        self._transport.close()


class Instance:
    """A running instance, with an organizer."""

    def __init__(self, client: httpx.AsyncClient, port: int, links: int) -> None:
        self._client = client
        self._port = port
        self._links = links
        self.token = ""

    async def sign_up(self) -> None:
        answer = await self._call("POST", "/api/session", name="Olga")
        self.token = answer["token"]
        self._client.headers["Authorization"] = f"Bearer {self.token}"

    async def withdraw(self, call: tuple[str, str], body: dict[str, Any], *, views: int, **how: Any) -> float:
        """Watches, withdraws by one command, and returns the seconds from its answer to the last of the fails."""
        event = await self._create(**how.get("draft", {}))
        async with self._watching(event, how.get("token", ""), how.get("more", ())) as expectation:
            expectation.set(_FAIL, views * self._links)
            method, path = call
            await self._call(method, path.format(event=event), **body)
            answered_s = time.perf_counter()
            return max(0.0, await expectation.wait() - answered_s)

    async def join(self, visibility: str) -> float:
        """The median seconds from the request of a join or a leave to the last patch on all links."""
        event = await self._create(visibility=visibility)
        durations_s = []
        async with self._watching(event, self.token, ()) as expectation:
            for number in range(_JOINS):
                expectation.set(_PATCH, 2 * self._links)
                started_s = time.perf_counter()
                if number % 2:
                    await self._call("DELETE", f"/api/events/{event}/attendees/me")
                else:
                    await self._call("POST", f"/api/events/{event}/attendees", party=1)
                durations_s.append(await expectation.wait() - started_s)
        return statistics.median(durations_s)

    async def _create(self, **draft: str) -> str:
        event: str = (await self._call("POST", "/api/events", **_DRAFT, **draft))["id"]
        return event

    @asynccontextmanager
    async def _watching(self, event: str, token: str, more: tuple[str, ...]) -> AsyncIterator[Expectation]:
        views = [f"events/{event}", f"events/{event}/people", *more]
        expectation = Expectation()
        expectation.set(_SNAPSHOT, len(views) * self._links)
        loop = asyncio.get_running_loop()
        links: list[Link] = []
        for _ in range(self._links):
            _, link = await loop.create_connection(lambda: Link(token, views, expectation), "127.0.0.1", self._port)
            links.append(link)
        await expectation.wait()
        try:
            yield expectation
        finally:
            for link in links:
                link.close()
            await self._all_are_gone()

    async def _all_are_gone(self) -> None:
        while "\nturnout_gateway_clients 0.0" not in (await self._client.get("/metrics")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)

    async def _call(self, method: str, path: str, **body: Any) -> Any:
        answer = await self._client.request(method, path, json=body or None)
        answer.raise_for_status()
        return answer.json() if answer.content else None


async def measure(port: int, links: int) -> bool:
    """Prints the figures; False if a withdrawal took longer than the goal."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=_TIMEOUT_S) as client:
        instance = Instance(client, port, links)
        await instance.sign_up()
        edit = ("PATCH", "/api/events/{event}")
        own = {"token": instance.token, "more": ("me",), "draft": {"visibility": "private"}}
        durations_s = {
            "an event turns private": await instance.withdraw(edit, {"visibility": "private"}, views=2),
            "a guest list closes": await instance.withdraw(edit, {"guest_list": "hosts"}, views=1),
        }
        public_s, private_s = await instance.join("public"), await instance.join("private")
        durations_s["the session ends"] = await instance.withdraw(("DELETE", "/api/session"), {}, views=3, **own)
    for what, duration_s in durations_s.items():
        print(f"{what}: the last fail on {links:,} links {duration_s * 1000:.0f} ms after the answer")
    print(f"a join with {links:,} links at a public event: the last patch after {public_s * 1000:.1f} ms")
    print(f"a join with {links:,} links at a private event: the last patch after {private_s * 1000:.1f} ms")
    return max(durations_s.values()) <= GOAL_S


def main() -> None:
    links = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        probe.close()
        command = [sys.executable, "-m", "turnout", "up", "--port", str(port), "--data", str(Path(folder) / "data")]
        with (
            Path(folder, "log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log, env=os.environ) as it,
        ):
            try:
                while not _is_ready(port):
                    time.sleep(0.05)  # /readyz can only be polled
                is_in_time = uvloop.run(measure(port, links))
            finally:
                it.send_signal(signal.SIGTERM)
    sys.exit(0 if is_in_time else 1)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    main()
