"""Compares durable commands with a bare FastAPI route: ``python bench/commands.py [--seconds 5] [--rounds 3]``.

Joins and unattends alternate on 64 connections. The service under test has one core to itself; its Valkey
(``appendfsync always``) and the load share the other one. Rounds alternate between the two; the median counts.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import uvloop

from turnout.valkey.embedded import embedded_valkey

CONNECTIONS: Final = 64
SERVER_CORE, LOAD_CORE = 0, 1
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


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@asynccontextmanager
async def running_server(
    *command: str, port: int, path: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a server on its core for the duration of the block."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=os.environ | environment,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    if (await client.get(f"http://127.0.0.1:{port}{path}")).status_code < 500:
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        yield server
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


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


async def measure_takeover(url: str) -> float:
    """Measures the seconds from ``kill -9`` of the leader to the first command that the standby acknowledges."""
    ports = free_port(), free_port()
    starts = [
        running_server("-m", "turnout_command", port=port, path="/healthz", TURNOUT_VALKEY=url, TURNOUT_PORT=str(port))
        for port in ports
    ]
    async with starts[0] as leader, starts[1], httpx.AsyncClient() as client:
        while (await client.get(f"http://127.0.0.1:{ports[0]}/readyz")).status_code != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        leader.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        while True:
            response = await client.post(f"http://127.0.0.1:{ports[1]}/api/session", json={"name": "Ada"})
            if response.status_code == 201:
                return time.monotonic() - killed
            await asyncio.sleep(0.005)


async def main(seconds: float, rounds: int, takeovers: int) -> None:
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory() as data:
        async with embedded_valkey(Path(data)) as url:
            result: dict[str, Any] = {"connections": CONNECTIONS, "seconds": seconds, "rounds": rounds}
            bare_port, durable_port = free_port(), free_port()
            async with (
                running_server("bench/bare.py", str(bare_port), port=bare_port, path="/openapi.json") as bare_server,
                running_server(
                    "-m",
                    "turnout_command",
                    port=durable_port,
                    path="/readyz",
                    TURNOUT_VALKEY=url,
                    TURNOUT_PORT=str(durable_port),
                ) as durable_server,
            ):
                guests = await sign_up(durable_port)
                rates: dict[str, list[float]] = {"bare": [], "durable": []}
                cpu_us: dict[str, list[float]] = {"bare": [], "durable": []}
                for _ in range(rounds):
                    for name, port, server in (
                        ("bare", bare_port, bare_server),
                        ("durable", durable_port, durable_server),
                    ):
                        before = cpu_s(server.pid)
                        rate, durations_ms = await run_load(port, guests, seconds)
                        rates[name].append(rate)
                        cpu_us[name].append((cpu_s(server.pid) - before) / len(durations_ms) * 1e6)
                result |= {f"{name}_per_s": [round(rate) for rate in each] for name, each in rates.items()}
                result |= {f"{name}_cpu_us": [round(each) for each in used] for name, used in cpu_us.items()}
                middle = {name: statistics.median(each) for name, each in rates.items()}
                result["ratio"] = round(middle["durable"] / middle["bare"], 3)
                _, durations_ms = await run_load(durable_port, guests, seconds, rate=middle["durable"] / 2)
                result["p50_ms_at_half"] = round(percentile(durations_ms, 0.5), 2)
                result["p99_ms_at_half"] = round(percentile(durations_ms, 0.99), 2)
            result["takeover_s"] = [round(await measure_takeover(url), 2) for _ in range(takeovers)]
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--takeovers", type=int, default=3)
    options = arguments.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(options.seconds, options.rounds, options.takeovers))
