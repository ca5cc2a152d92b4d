"""The load of the write path: joins and unattends alternate on 64 connections, each of another guest."""

import asyncio
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import httpx
import psutil

CONNECTIONS: Final = 64
DRAFT: Final = {"title": "Bench", "starts": "2099-01-01T19:00", "zone": "Etc/UTC"}


class Client(asyncio.Protocol):
    """One connection of one guest, who joins and unattends alternately."""

    def __init__(self, event: str, token: str) -> None:
        head = f"Host: bench\r\nAuthorization: Bearer {token}\r\n"
        body = '{"party":1}'
        self._requests = [
            f"POST /api/events/{event}/attendees HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode(),
            f"DELETE /api/events/{event}/attendees/me HTTP/1.1\r\n{head}\r\n".encode(),
        ]
        self.durations_ms: list[float] = []
        self.refused = 0
        self._next_request = 0
        self._unparsed = b""
        self._sent_at_s = 0.0
        self._response: asyncio.Future[None] | None = None
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    async def send_request(self) -> None:
        self._sent_at_s = time.perf_counter()
        self._response = asyncio.get_running_loop().create_future()
        self.transport.write(self._requests[self._next_request])
        await self._response

    def has_joined(self) -> bool:
        return self._next_request == 1

    def data_received(self, data: bytes) -> None:
        self._unparsed += data
        head, found, rest = self._unparsed.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not found or len(rest) < int(length or 0):
            return
        self.durations_ms.append((time.perf_counter() - self._sent_at_s) * 1000)
        if head[9:10] == b"2":
            self._next_request = 1 - self._next_request
        else:
            self.refused += 1
        self._unparsed = b""
        if self._response is not None and not self._response.done():
            self._response.set_result(None)


async def run_load(
    port: int, guests: list[tuple[str, str]], seconds: float, rate: float | None = None
) -> tuple[float, list[float]]:
    """Sends requests as fast as possible, or ``rate`` a second. Returns responses a second and their times in ms."""
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(lambda g=guest: Client(*g), "127.0.0.1", port))[1] for guest in guests]
    start = time.perf_counter()
    end = start + seconds

    async def run_client(client: Client, number: int) -> None:
        due = start + number / rate if rate else start
        while (now := time.perf_counter()) < end:
            if rate:
                await asyncio.sleep(max(0.0, due - now))
                due += len(clients) / rate
            await client.send_request()
        if client.has_joined():
            await client.send_request()  # so that the next round starts with the same state

    await asyncio.gather(*(run_client(client, number) for number, client in enumerate(clients)))
    passed = time.perf_counter() - start
    durations_ms = [each for client in clients for each in client.durations_ms]
    refused = sum(client.refused for client in clients)
    for client in clients:
        client.transport.abort()
    if refused:
        raise RuntimeError(f"{refused} of {len(durations_ms)} were refused")
    return len(durations_ms) / passed, durations_ms


async def sign_up(port: int) -> list[tuple[str, str]]:
    """Signs up a guest for each connection. Returns event and token of each; they share ten events."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # each sign-up is another guest's
        tokens = [
            (await client.post("/api/session", json={"name": f"Guest {each}"})).json()["token"]
            for each in range(CONNECTIONS)
        ]
        events = [
            (await client.post("/api/events", json=DRAFT, headers={"Authorization": f"Bearer {token}"})).json()["id"]
            for token in tokens[:10]
        ]
    return [(events[each % len(events)], token) for each, token in enumerate(tokens)]


def cpu_s(pid: int) -> float:
    """CPU time of a process in seconds, which varies less than wall time on a shared machine."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
