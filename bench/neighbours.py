"""Floods a command service from one address, and measures the people next door: ``python bench/neighbours.py``.

The flood is 10,000 sign-ups in 10 seconds from one address. People of 20 other addresses join and leave an event
meanwhile, and in a quiet phase before, as often. Phases alternate; the median of the rounds counts. The service has a
core to itself; its Valkey (``appendfsync always``) and the load share the other one. ``X-Forwarded-For``
names the addresses, as a proxy on the same machine would.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import uvloop
from command_load import DRAFT, cpu_s, percentile
from command_servers import CORES, running_server
from servers import free_port

from turnout.valkey.embedded import embedded_valkey

ATTACKER: Final = "198.51.100.66"
FLOOD_CONNECTIONS: Final = 50
ADDRESSES: Final = 20
PEOPLE_PER_ADDRESS: Final = 10
JOINS_PER_S: Final = (
    100.0  # of all people; each joins or leaves every two seconds, which is no more than the limits allow
)


class Connection(asyncio.Protocol):
    """A connection with keep-alive, on which one request waits for its response."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: Any = None
        self._unparsed = b""
        self._response: asyncio.Future[tuple[int, bytes]] | None = None

    async def open(self) -> None:
        """Connects, if the service has closed the connection meanwhile, as it does with idle ones."""
        if self._transport is None or self._transport.is_closing():
            await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    async def send(self, method: str, path: str, address: str, token: str = "", body: Any = None) -> tuple[int, bytes]:
        """Sends a request of ``address`` on the open connection. Returns status and body of the response."""
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: {address}\r\n"
        head += f"Authorization: Bearer {token}\r\n" if token else ""
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self._response = asyncio.get_running_loop().create_future()
        self._transport.write(head.encode() + content)
        return await self._response

    def connection_lost(self, error: Exception | None) -> None:
        if self._response is not None and not self._response.done():
            self._response.set_exception(error or ConnectionResetError("the service closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._unparsed += data
        head, found, rest = self._unparsed.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if found and len(rest) >= length and self._response is not None:
            self._unparsed = b""
            self._response.set_result((int(head[9:12]), rest))


class Person:
    """A guest who joins an event and leaves it in turns."""

    def __init__(self, connection: Connection, address: str) -> None:
        self._connection = connection
        self._address = address
        self._token = ""
        self._event = ""
        self._has_joined = False

    async def sign_up(self) -> None:
        await self._connection.open()
        self._token = (await self._ask("POST", "/api/session", 201, {"name": "Ada"}))["token"]

    async def create(self) -> str:
        """Creates an event. Returns its id."""
        await self._connection.open()
        return str((await self._ask("POST", "/api/events", 201, DRAFT))["id"])

    def go_to(self, event: str) -> None:
        self._event = event

    async def join_or_leave(self) -> float:
        """Returns the time until the response, in ms."""
        await self._connection.open()
        began = time.perf_counter()
        if self._has_joined:
            await self._ask("DELETE", f"/api/events/{self._event}/attendees/me", 204)
        else:
            await self._ask("POST", f"/api/events/{self._event}/attendees", 201, {"party": 1})
        self._has_joined = not self._has_joined
        return (time.perf_counter() - began) * 1_000

    async def _ask(self, method: str, path: str, expected: int, body: Any = None) -> dict[str, Any]:
        status, answer = await self._connection.send(method, path, self._address, self._token, body)
        if status != expected:
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()}")
        found: dict[str, Any] = json.loads(answer) if answer else {}
        return found


async def live(people: list[Person], seconds: float) -> list[float]:
    """People join and leave at an even pace. Returns the time of each response, in ms."""
    start = time.perf_counter()

    async def act(number: int) -> float:
        await asyncio.sleep(max(0.0, start + number / JOINS_PER_S - time.perf_counter()))
        return await people[number % len(people)].join_or_leave()

    return list(await asyncio.gather(*(act(number) for number in range(round(seconds * JOINS_PER_S)))))


async def flood(port: int, requests: int, seconds: float) -> Counter[int]:
    """Signs up from one address at an even pace. Returns the number of responses by status."""
    start, statuses = time.perf_counter(), Counter[int]()

    async def run(first: int) -> None:
        connection = Connection(port)
        for number in range(first, requests, FLOOD_CONNECTIONS):
            await asyncio.sleep(max(0.0, start + number * seconds / requests - time.perf_counter()))
            await connection.open()
            status, _ = await connection.send("POST", "/api/session", ATTACKER, body={"name": "Flood"})
            statuses[status] += 1

    await asyncio.gather(*(run(first) for first in range(FLOOD_CONNECTIONS)))
    return statuses


async def settle(port: int) -> list[Person]:
    """Signs people up at their addresses. Those of one address go to one event."""
    people = []
    for number in range(ADDRESSES * PEOPLE_PER_ADDRESS):
        person = Person(Connection(port), f"203.0.113.{number % ADDRESSES}")
        await person.sign_up()
        people.append(person)
    for number in range(ADDRESSES):
        event = await people[number].create()
        for person in people[number::ADDRESSES]:
            person.go_to(event)
    return people


async def main(seconds: float, rounds: int, requests: int) -> None:
    os.sched_setaffinity(0, {CORES.load})
    port, statuses = free_port(), Counter[int]()
    p50_ms: dict[str, list[float]] = {"quiet": [], "flood": []}
    p99_ms: dict[str, list[float]] = {"quiet": [], "flood": []}
    used_s: dict[str, list[float]] = {"quiet": [], "flood": []}
    with tempfile.TemporaryDirectory() as data:
        async with (
            embedded_valkey(Path(data)) as url,
            running_server(
                "-m", "turnout_command", port=port, path="/readyz", TURNOUT_VALKEY=url, TURNOUT_PORT=str(port)
            ) as server,
        ):
            people = await settle(port)
            await live(people, seconds / 2)
            for _ in range(rounds):
                for phase in ("quiet", "flood"):
                    before_s = cpu_s(server.pid)
                    flooding = asyncio.create_task(flood(port, requests if phase == "flood" else 0, seconds))
                    times_ms = await live(people, seconds)
                    statuses += await flooding
                    used_s[phase].append(cpu_s(server.pid) - before_s)
                    p50_ms[phase].append(round(percentile(times_ms, 0.5), 2))
                    p99_ms[phase].append(round(percentile(times_ms, 0.99), 2))
    middle = {phase: statistics.median(each) for phase, each in p99_ms.items()}
    ratio = round(middle["flood"] / middle["quiet"], 3)
    cpu_us = round((statistics.median(used_s["flood"]) - statistics.median(used_s["quiet"])) / requests * 1e6)
    result = {"p50_ms": p50_ms, "p99_ms": p99_ms, "p99_ratio": ratio, "cpu_us_per_flood_request": cpu_us}
    print(json.dumps({**result, "flood_by_status": statuses}))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--requests", type=int, default=10_000)
    options = arguments.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(options.seconds, options.rounds, options.requests))
