"""Durable commands beside a bare FastAPI route: ``python bench/commands.py [--seconds 5] [--rounds 3] [--takeover]``.

Joins and unattends alternate on 64 connections. The service under test has one core to itself; its Valkey
(``appendfsync always``) and the load share the other one. Rounds alternate between the two, and the middle one counts.
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
    """One connection of one guest, who joins and unattends in turn."""

    def __init__(self, event: str, token: str) -> None:
        head = f"Host: bench\r\nAuthorization: Bearer {token}\r\n"
        body = '{"party":1}'
        self._asks = [
            f"POST /api/events/{event}/attendees HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode(),
            f"DELETE /api/events/{event}/attendees/me HTTP/1.1\r\n{head}\r\n".encode(),
        ]
        self.took_ms: list[float] = []
        self.refused = 0
        self._turn = 0
        self._left = b""
        self._asked_s = 0.0
        self._answered: asyncio.Future[None] | None = None
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    async def ask(self) -> None:
        self._asked_s = time.perf_counter()
        self._answered = asyncio.get_running_loop().create_future()
        self.transport.write(self._asks[self._turn])
        await self._answered

    def joined(self) -> bool:
        return self._turn == 1

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, found, rest = self._left.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not found or len(rest) < int(length or 0):
            return
        self.took_ms.append((time.perf_counter() - self._asked_s) * 1000)
        if head[9:10] == b"2":
            self._turn = 1 - self._turn
        else:
            self.refused += 1
        self._left = b""
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)


async def load(
    port: int, guests: list[tuple[str, str]], seconds: float, rate: float | None = None
) -> tuple[float, list[float]]:
    """Answers a second, and how long each took in ms; as fast as possible, or at ``rate`` a second."""
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(lambda g=guest: Client(*g), "127.0.0.1", port))[1] for guest in guests]
    start = time.perf_counter()
    end = start + seconds

    async def drive(client: Client, number: int) -> None:
        due = start + number / rate if rate else start
        while (now := time.perf_counter()) < end:
            if rate:
                await asyncio.sleep(max(0.0, due - now))
                due += len(clients) / rate
            await client.ask()
        if client.joined():
            await client.ask()  # so that the next round starts as this one did

    await asyncio.gather(*(drive(client, number) for number, client in enumerate(clients)))
    passed = time.perf_counter() - start
    took = [each for client in clients for each in client.took_ms]
    refused = sum(client.refused for client in clients)
    for client in clients:
        client.transport.abort()
    if refused:
        raise RuntimeError(f"{refused} of {len(took)} were refused")
    return len(took) / passed, took


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@asynccontextmanager
async def process(*command: str, port: int, path: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a server on its core until the end of the block."""
    running = await asyncio.create_subprocess_exec(
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
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


async def sign_up(port: int) -> list[tuple[str, str]]:
    """Events and tokens for as many guests as there are connections: ten events, so that they meet."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        tokens = [
            (await client.post("/api/session", json={"name": f"Guest {each}"})).json()["token"]
            for each in range(CONNECTIONS)
        ]
        client.cookies.clear()
        events = [
            (await client.post("/api/events", json=DRAFT, headers={"Authorization": f"Bearer {token}"})).json()["id"]
            for token in tokens[:10]
        ]
    return [(events[each % len(events)], token) for each, token in enumerate(tokens)]


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used: on a machine that others use too, steadier than the clock."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def takeover(url: str) -> float:
    """Seconds from kill -9 of the writer to the first command that the standby acknowledged."""
    ports = free_port(), free_port()
    starts = [
        process("-m", "turnout_command", port=port, path="/healthz", TURNOUT_VALKEY=url, TURNOUT_PORT=str(port))
        for port in ports
    ]
    async with starts[0] as leader, starts[1], httpx.AsyncClient() as client:
        while (await client.get(f"http://127.0.0.1:{ports[0]}/readyz")).status_code != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        leader.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        while True:
            answer = await client.post(f"http://127.0.0.1:{ports[1]}/api/session", json={"name": "Ada"})
            if answer.status_code == 201:
                return time.monotonic() - killed
            await asyncio.sleep(0.005)


async def main(seconds: float, rounds: int, takeovers: int) -> None:
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory() as data:
        async with embedded_valkey(Path(data)) as url:
            result: dict[str, Any] = {"connections": CONNECTIONS, "seconds": seconds, "rounds": rounds}
            bare, ours = free_port(), free_port()
            async with (
                process("bench/bare.py", str(bare), port=bare, path="/openapi.json") as plain,
                process(
                    "-m", "turnout_command", port=ours, path="/readyz", TURNOUT_VALKEY=url, TURNOUT_PORT=str(ours)
                ) as durable,
            ):
                guests = await sign_up(ours)
                rates: dict[str, list[float]] = {"bare": [], "durable": []}
                cpu_us: dict[str, list[float]] = {"bare": [], "durable": []}
                for _ in range(rounds):
                    for name, port, server in (("bare", bare, plain), ("durable", ours, durable)):
                        before = cpu_s(server.pid)
                        rate, took = await load(port, guests, seconds)
                        rates[name].append(rate)
                        cpu_us[name].append((cpu_s(server.pid) - before) / len(took) * 1e6)
                result |= {f"{name}_per_s": [round(rate) for rate in each] for name, each in rates.items()}
                result |= {f"{name}_cpu_us": [round(each) for each in used] for name, used in cpu_us.items()}
                middle = {name: statistics.median(each) for name, each in rates.items()}
                result["ratio"] = round(middle["durable"] / middle["bare"], 3)
                _, took = await load(ours, guests, seconds, rate=middle["durable"] / 2)
                result["p50_ms_at_half"] = round(percentile(took, 0.5), 2)
                result["p99_ms_at_half"] = round(percentile(took, 0.99), 2)
            result["takeover_s"] = [round(await takeover(url), 2) for _ in range(takeovers)]
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--takeovers", type=int, default=3)
    options = arguments.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(options.seconds, options.rounds, options.takeovers))
