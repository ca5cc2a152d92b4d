"""Measures the start of the command service and of a gateway from a large snapshot.

python bench/startup.py [events] [attendances]
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx

from turnout.valkey.embedded import embedded_valkey
from turnout_core.domain.changes import Details
from turnout_core.domain.position import Position
from turnout_core.domain.state import Attendance, Event, State, User
from turnout_core.domain.zones import load_zone
from turnout_core.journal.keys import Keys
from turnout_core.journal.record import GENESIS
from turnout_core.journal.snapshot import dump
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

EPOCH = "bench"
GOAL_S = 10.0
TIMEOUT_S = 300.0


def make_state(events: int, attendances: int) -> State:
    """Builds a state with ``events`` events and evenly distributed ``attendances``."""
    state = State(Position(EPOCH, events + attendances), GENESIS)
    people = max(1, min(100_000, attendances))
    state.users = {f"user{number:08}": User(f"user{number:08}", f"Person {number}") for number in range(people)}
    details = Details("Board games", *_times("2090-11-27T19:30", "2090-11-27T21:30"), "x" * 200, tags=("a",))
    for number in range(events):
        state.events[f"event{number:07}"] = Event(f"event{number:07}", "user00000000", details, number)
    for number in range(attendances):
        event = state.events[f"event{number % events:07}"]
        user = f"user{(number * 7919 + number // people) % people:08}"
        event.attendances[user] = Attendance(user, 1, "going", number + 1, number)
    for event in state.events.values():
        event.going = len(event.attendances)
    return state


def _times(starts: str, ends: str) -> tuple[str, str, str, int, int]:
    """The fields of an event's time. A command service that finds another instant for a time edits the event."""
    zone = "Europe/Vienna"
    first, last = (
        int(datetime.fromisoformat(each).replace(tzinfo=load_zone(zone)).timestamp()) for each in (starts, ends)
    )
    return starts, ends, zone, first * 1000, last * 1000


async def store_snapshot(url: str, state: State) -> int:
    async def chunks() -> AsyncIterator[bytes]:
        for chunk in dump(state):
            yield chunk
            sizes.append(len(chunk))

    sizes: list[int] = []
    async with connect(url) as writes, connect(url) as reads:
        await writes.hset(KEYS.head, mapping={"epoch": EPOCH, "seq": state.position.seq, "hash": state.hash})
        await ValkeyJournal(writes, reads, KEYS).save_snapshot(state.position, chunks())
    return sum(sizes)


async def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(TIMEOUT_S), httpx.AsyncClient(trust_env=False) as client:
        while process.poll() is None:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.02)
    raise RuntimeError(f"the service stopped with {process.returncode}")


def start(service: str, url: str, port: int) -> subprocess.Popen[bytes]:
    env = {**os.environ, "TURNOUT_VALKEY": url, "TURNOUT_PORT": str(port), "TURNOUT_LOG_LEVEL": "warning"}
    return subprocess.Popen([sys.executable, "-m", service], env=env, stderr=subprocess.DEVNULL)


async def measure_start(service: str, url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    before, port = time.perf_counter(), free_port()
    processes.append(start(service, url, port))
    await wait_until_ready(port, processes[-1])
    print(f"{service:<16} ready after {time.perf_counter() - before:.1f} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def main() -> None:
    events, attendances = (int(each) for each in (*sys.argv[1:3], 100_000, 1_000_000)[:2])
    state = make_state(events, attendances)
    total = sum(len(event.attendances) for event in state.events.values())
    with tempfile.TemporaryDirectory(prefix="turnout-startup-") as folder:
        async with embedded_valkey(Path(folder)) as url:
            size = await store_snapshot(url, state)
            del state
            print(f"{events:,} events, {total:,} attendances, a snapshot of {size / 1e6:.0f} MB; goal {GOAL_S:.0f} s")
            processes: list[subprocess.Popen[bytes]] = []
            try:
                await measure_start(
                    "turnout_command", url, processes
                )  # keeps running, since a gateway needs heartbeats to be ready
                await measure_start("turnout_gateway", url, processes)
            finally:
                for process in processes:
                    process.terminate()
                    process.wait()


if __name__ == "__main__":
    asyncio.run(main())
