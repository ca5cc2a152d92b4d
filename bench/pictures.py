"""Measures the pictures of events: ``python bench/pictures.py [--seconds 5]``, or ``make bench-pictures``.

Cold: the time of one picture in the process that draws, for titles of several scripts and lengths; the median and the
slowest. From the cache: ``turnout up`` has one core to itself, and 16 connections ask for the same picture.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from typing import Any, Final

import httpx
import uvloop
from command_load import cpu_s, percentile
from command_servers import CORES, running_server
from servers import free_port

from turnout_gateway.pictures.facts import CardFacts
from turnout_gateway.pictures.worker import Painter

CONNECTIONS: Final = 16
DRAFT: Final = {
    "title": "Board games & cheese at Ada's new place", "starts": "2099-01-01T19:00", "zone": "Europe/London",
    "place": "The Old Library, 12 Mill Lane", "capacity": 24,
}  # fmt: skip
TITLES: Final = (
    "Board games", DRAFT["title"], "An evening of long titles, " * 4,
    "Настольные игры", "ערב משחקים", "ボードゲームの夜", "🎲🎉",
)  # fmt: skip


def draw(repeats: int) -> dict[str, float]:
    """Milliseconds and CPU milliseconds of a picture, when the fonts have been read."""
    painter = Painter()
    facts = CardFacts(
        title="", starts="2099-01-01T19:00", ends="2099-01-01T21:00", zone="Europe/London", place=str(DRAFT["place"]),
        capacity=24, going=17, waiting=0, tense="now",
    )  # fmt: skip
    took_ms, cpu_ms = [], []
    for number in range(len(TITLES) * (repeats + 1)):
        started_s, started_cpu_s = time.perf_counter(), time.process_time()
        painter.paint(CardFacts(**{**_fields(facts), "title": TITLES[number % len(TITLES)], "going": number % 25}))
        if number >= len(TITLES):
            took_ms.append((time.perf_counter() - started_s) * 1000)
            cpu_ms.append((time.process_time() - started_cpu_s) * 1000)
    return {
        "cold_ms": round(statistics.median(took_ms), 1),
        "cold_max_ms": round(max(took_ms), 1),
        "cold_cpu_ms": round(statistics.median(cpu_ms), 1),
    }


def _fields(facts: CardFacts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in facts.__struct_fields__}


class Reader(asyncio.Protocol):
    """One connection that asks for a picture again and again."""

    def __init__(self, event: str) -> None:
        self._request = f"GET /events/{event}/card.png HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
        self._missing = 0
        self._response: asyncio.Future[None] | None = None
        self.durations_ms: list[float] = []
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    async def read(self) -> None:
        started_s = time.perf_counter()
        self._response = asyncio.get_running_loop().create_future()
        self.transport.write(self._request)
        await self._response
        self.durations_ms.append((time.perf_counter() - started_s) * 1000)

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            head, _, _ = data.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self._missing = len(head) + 4 + length
        self._missing -= len(data)
        if not self._missing and self._response is not None:
            self._response.set_result(None)


async def serve_from_cache(seconds: float) -> dict[str, float]:
    """Responses a second, and the CPU time of each, while everything is in the cache."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command = ("-m", "turnout", "up", "--port", str(port), "--data", data)
        async with (
            running_server(*command, port=port, path="/readyz") as server,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            token = (await client.post("/api/session", json={"name": "Ada"})).json()["token"]
            bearer = {"Authorization": f"Bearer {token}"}
            event = (await client.post("/api/events", json=DRAFT, headers=bearer)).json()["id"]
            size = len((await client.get(f"/events/{event}/card.png")).content)
            loop = asyncio.get_running_loop()
            readers = [
                (await loop.create_connection(lambda: Reader(event), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)
            ]
            before_s, start_s = cpu_s(server.pid), time.perf_counter()

            async def ask(reader: Reader) -> None:
                while time.perf_counter() - start_s < seconds:
                    await reader.read()

            await asyncio.gather(*map(ask, readers))
            passed_s = time.perf_counter() - start_s
            durations_ms = [each for reader in readers for each in reader.durations_ms]
            used_s = cpu_s(server.pid) - before_s
            for reader in readers:
                reader.transport.abort()
    return {
        "cached_per_s": round(len(durations_ms) / passed_s),
        "cached_cpu_us": round(used_s / len(durations_ms) * 1e6),
        "cached_p99_ms": round(percentile(durations_ms, 0.99), 1),
        "bytes": size,
    }


async def main(seconds: float) -> None:
    cold = draw(5)
    os.sched_setaffinity(0, {CORES.load})
    print(json.dumps(cold | await serve_from_cache(seconds)))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=5)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(arguments.parse_args().seconds))
