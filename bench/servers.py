"""The compared servers: their start, their input, and the arguments for their clients."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import machine
from loadgen import BUILD
from publisher import FloorTarget, JournalTarget, Target, TimedChange
from redis.asyncio import Redis

from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

LOG: Final = BUILD / "servers.log"  # output of the servers
LIST_VIEW: Final = "events?when=upcoming&limit=500"
_START_TIMEOUT_S: Final = 30.0
_STOP_TIMEOUT_S: Final = 15.0
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)
_ADDRESSES: Final = 200  # the clients connect from this many addresses


@dataclass(frozen=True)
class Workload:
    """The workload of a row.

    Attributes:
        events: number of changed events; with ``rooms`` each is a view of its own, else all clients watch all events.
        stalls: number of clients that can stop reading.
        flight: maximum number of connections that are being opened.
    """

    clients: int
    events: int = 500
    rooms: bool = False
    gateways: int = 1
    stalls: int = 0
    flight: int = 256

    @property
    def views(self) -> int:
        return self.events if self.rooms else 1


@dataclass(frozen=True)
class RunningServer:
    """A running server.

    Attributes:
        pids: the processes whose CPU time and memory are measured.
        arguments: further arguments for the load generator, beside those of ``Workload``.
    """

    pids: Sequence[int]
    ports: Sequence[int]
    target: Target
    arguments: Sequence[str]
    valkey_pid: int | None = None

    def cpu_s(self) -> float:
        return sum(map(machine.cpu_s, self.pids))

    def resident_bytes(self) -> int:
        return sum(map(machine.resident_bytes, self.pids))

    def load_arguments(self, workload: Workload) -> list[str]:
        ports = [part for port in self.ports for part in ("--port", str(port))]
        numbers = {
            "--clients": workload.clients, "--views": workload.views, "--stalls": workload.stalls,
            "--flight": workload.flight, "--spread": _ADDRESSES,
        }  # fmt: skip
        return [*ports, *(part for name, value in numbers.items() for part in (name, str(value))), *self.arguments]


@dataclass(frozen=True)
class Server:
    """A server to compare.

    Attributes:
        program: a file that is missing where the peer is not installed.
    """

    name: str
    title: str
    start: Callable[[Workload, int], AbstractAsyncContextManager[RunningServer]]
    program: Path = Path(sys.executable)


# One organizer creates all events.
UNLIMITED: Final = {"TURNOUT_EVENTS_PER_PERSON": "0"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running_process(
    core: int, command: Sequence[str | Path], environment: dict[str, str] | None = None, *, piped: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a program on one core. Stops it by SIGTERM, then by SIGKILL. It ends with this process."""
    pipe = asyncio.subprocess.PIPE if piped else asyncio.subprocess.DEVNULL
    with LOG.open("ab") as log:
        server_process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **UNLIMITED, **(environment or {})},
            stdin=pipe,
            stdout=pipe if piped else log,
            stderr=log,
            start_new_session=True,  # Ctrl-C must reach this process only, which then stops the program
            preexec_fn=partial(_pin_to_core, core),  # two system calls between fork and exec, no lock is taken
        )
    try:
        yield server_process
    finally:
        if server_process.returncode is None:
            server_process.terminate()
            try:
                await asyncio.wait_for(server_process.wait(), _STOP_TIMEOUT_S)
            except TimeoutError:
                server_process.kill()
                await server_process.wait()


def _pin_to_core(core: int) -> None:
    os.sched_setaffinity(0, {core})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@asynccontextmanager
async def valkey() -> AsyncIterator[tuple[str, Redis, int]]:
    """Runs an embedded Valkey on the load's core. Yields its URL, a client and its process id."""
    before = set(machine.tree(os.getpid()))
    with TemporaryDirectory(prefix="bench-") as folder:
        async with embedded_valkey(Path(folder)) as url, connect(url) as client:
            (pid,) = [each for each in machine.tree(os.getpid()) if each not in before]
            yield url, client, pid


@asynccontextmanager
async def running_writer(workload: Workload) -> AsyncIterator[tuple[JournalTarget, str, int]]:
    """Runs a Valkey. Yields a target that appends to its journal, its URL and its process id."""
    async with AsyncExitStack() as stack:
        url, client, pid = await stack.enter_async_context(valkey())
        journal = ValkeyJournal(writes=connect(url), reads=connect(url), keys=KEYS)
        stack.push_async_callback(journal.close)
        target = await JournalTarget.open(client, journal, workload.events)
        stack.push_async_callback(target.close)
        yield target, url, pid


@asynccontextmanager
async def floor(workload: Workload, core: int) -> AsyncIterator[RunningServer]:
    port = free_port()
    async with (
        running_writer(workload) as (journal_target, _, _),
        running_process(core, [BUILD / "floor", str(port)], piped=True) as server_process,
    ):
        assert server_process.stdout is not None
        await server_process.stdout.readline()
        target = FloorTarget(server_process, journal_target)
        yield RunningServer([server_process.pid], [port], target, ["--path", "/?room=%v", "--ready", "ready"])


@asynccontextmanager
async def turnout(workload: Workload, core: int) -> AsyncIterator[RunningServer]:
    """Runs gateways as users do. The journal is written as the command service writes it."""
    async with AsyncExitStack() as stack:
        target, url, valkey_pid = await stack.enter_async_context(running_writer(workload))
        ports, pids = [], []
        for _ in range(workload.gateways):
            ports.append(free_port())
            environment = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(ports[-1]), "TURNOUT_LOG_LEVEL": "warning"}
            gateway = running_process(core, [sys.executable, "-m", "turnout_gateway"], environment)
            pids.append((await stack.enter_async_context(gateway)).pid)
        for port in ports:
            await wait_until_ready(port, "/readyz")
        yield RunningServer(
            pids, ports, target, live_arguments("events/e%v" if workload.rooms else LIST_VIEW), valkey_pid
        )


def live_arguments(view: str) -> list[str]:
    """The load generator's arguments for clients of the live protocol, each with one view."""
    return [
        "--path", "/api/live", "--positions", "--send", f'{{"type":"watch","view":"{view}"%a}}',
        "--ready", '"type":"snapshot"',
    ]  # fmt: skip


class NoTarget:
    """A target without input, for changes through the command service."""

    async def send(self, changes: Sequence[TimedChange]) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass


@asynccontextmanager
async def services(core: int, *, single_process: bool) -> AsyncIterator[tuple[RunningServer, int]]:
    """Runs the whole product as one process (`turnout up`) or as two services. Also yields the port for writes."""
    async with AsyncExitStack() as stack:
        url, _, valkey_pid = await stack.enter_async_context(valkey())
        writes = free_port()
        reads = writes if single_process else free_port()
        started: list[asyncio.subprocess.Process] = []
        for port, module in ((writes, "turnout_command"), (reads, "turnout_gateway")):
            command = [sys.executable, "-m", module]
            if single_process and started:
                continue
            if single_process:
                folder = stack.enter_context(TemporaryDirectory(prefix="bench-"))
                command = [sys.executable, "-m", "turnout", "up", "--data", folder]
            environment = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(port)}
            started.append(await stack.enter_async_context(running_process(core, command, environment)))
            await wait_until_ready(port, "/readyz")
        yield (
            RunningServer([each.pid for each in started], [reads], NoTarget(), live_arguments(LIST_VIEW), valkey_pid),
            writes,
        )


async def metric(port: int, name: str) -> float:
    """Reads a gateway's metric, summed over its labels."""
    text = (await asyncio.to_thread(_get, port, "/metrics")).decode()
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return sum(float(value) for left, _, value in lines if left.partition("{")[0] == f"turnout_gateway_{name}")


async def wait_until_ready(port: int, path: str | None) -> None:
    """Waits until the port accepts connections, or until ``path`` answers 200. Raises TimeoutError."""
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while not await asyncio.to_thread(_is_ready, port, path):
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"no response on port {port} within {_START_TIMEOUT_S:.0f} s")
        await asyncio.sleep(0.05)


def _is_ready(port: int, path: str | None) -> bool:
    try:
        if path is None:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        _get(port, path)
    except OSError:
        return False
    return True


def _get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        body: bytes = answer.read()
        return body


FLOOR: Final = Server("floor", "C loop of send(): the floor", floor)
TURNOUT: Final = Server("turnout", "Turnout's gateway", turnout)
