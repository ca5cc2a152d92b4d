"""The servers that are compared: how each is started, fed and watched."""

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
from publisher import BusTarget, FloorTarget, JournalTarget, Made, NatsTarget, SocketIoTarget, Target
from redis.asyncio import Redis

from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

LOG: Final = BUILD / "servers.log"  # what they say about themselves
PEERS: Final = Path(__file__).parent / "peers"
LIST_VIEW: Final = "events?when=upcoming&limit=500"
_START_TIMEOUT_S: Final = 30.0
_STOP_TIMEOUT_S: Final = 15.0
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)
_ADDRESSES: Final = 200  # clients come from as many addresses, as people do


@dataclass(frozen=True)
class Work:
    """The work that a row asks of a server.

    Attributes:
        events: that changes go around; each is a room of its own if ``rooms``, else all clients watch all of them.
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
class Running:
    """
    Attributes:
        pids: the processes whose CPU and memory count as the server's.
        arguments: for the load generator, beyond those that ``Work`` says.
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

    def load_arguments(self, work: Work) -> list[str]:
        ports = [part for port in self.ports for part in ("--port", str(port))]
        numbers = {
            "--clients": work.clients, "--views": work.views, "--stalls": work.stalls,
            "--flight": work.flight, "--spread": _ADDRESSES,
        }  # fmt: skip
        return [*ports, *(part for name, value in numbers.items() for part in (name, str(value))), *self.arguments]


@dataclass(frozen=True)
class Server:
    name: str
    title: str
    start: Callable[[Work, int], AbstractAsyncContextManager[Running]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def process(
    core: int, command: Sequence[str | Path], environment: dict[str, str] | None = None, *, piped: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a program on one core, and stops it: gently, then not. It does not outlive us."""
    pipe = asyncio.subprocess.PIPE if piped else asyncio.subprocess.DEVNULL
    with LOG.open("ab") as log:
        found = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **(environment or {})},
            stdin=pipe,
            stdout=pipe if piped else log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us: we stop it
            preexec_fn=partial(_settle, core),  # two system calls between fork and exec, no lock is taken
        )
    try:
        yield found
    finally:
        if found.returncode is None:
            found.terminate()
            try:
                await asyncio.wait_for(found.wait(), _STOP_TIMEOUT_S)
            except TimeoutError:
                found.kill()
                await found.wait()


def _settle(core: int) -> None:
    os.sched_setaffinity(0, {core})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@asynccontextmanager
async def valkey() -> AsyncIterator[tuple[str, Redis, int]]:
    """An embedded Valkey, as `turnout up` has it, on our own core: its URL, a client and its process id."""
    before = set(machine.tree(os.getpid()))
    with TemporaryDirectory(prefix="bench-") as folder:
        async with embedded_valkey(Path(folder)) as url, connect(url) as client:
            (pid,) = [each for each in machine.tree(os.getpid()) if each not in before]
            yield url, client, pid


@asynccontextmanager
async def writing(work: Work) -> AsyncIterator[tuple[JournalTarget, str, int]]:
    """A writer that appends as the command service does, the URL of its Valkey, and the process id of that."""
    async with AsyncExitStack() as stack:
        url, client, pid = await stack.enter_async_context(valkey())
        journal = ValkeyJournal(writes=connect(url), reads=connect(url), keys=KEYS)
        stack.push_async_callback(journal.close)
        target = await JournalTarget.open(client, journal, work.events)
        stack.push_async_callback(target.close)
        yield target, url, pid


@asynccontextmanager
async def floor(work: Work, core: int) -> AsyncIterator[Running]:
    port = free_port()
    async with writing(work) as (beside, _, _), process(core, [BUILD / "floor", str(port)], piped=True) as found:
        assert found.stdout is not None
        await found.stdout.readline()
        target = FloorTarget(found, beside)
        yield Running([found.pid], [port], target, ["--path", "/?room=%v", "--ready", "ready"])


@asynccontextmanager
async def turnout(work: Work, core: int) -> AsyncIterator[Running]:
    """The gateway as users run it; the journal is written as the command service writes it."""
    async with AsyncExitStack() as stack:
        target, url, valkey_pid = await stack.enter_async_context(writing(work))
        ports, pids = [], []
        for _ in range(work.gateways):
            ports.append(free_port())
            environment = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(ports[-1]), "TURNOUT_LOG_LEVEL": "warning"}
            gateway = process(core, [sys.executable, "-m", "turnout_gateway"], environment)
            pids.append((await stack.enter_async_context(gateway)).pid)
        for port in ports:
            await answering(port, "/readyz")
        yield Running(pids, ports, target, watching("events/e%v" if work.rooms else LIST_VIEW), valkey_pid)


def watching(view: str) -> list[str]:
    """For clients of the live protocol, each with one view."""
    return [
        "--path", "/api/live", "--positions", "--send", f'{{"type":"watch","view":"{view}"%a}}',
        "--ready", '"type":"snapshot"',
    ]  # fmt: skip


class NoTarget:
    """Changes come through the command service."""

    async def send(self, made: Sequence[Made]) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass


@asynccontextmanager
async def services(core: int, *, alone: bool) -> AsyncIterator[tuple[Running, int]]:
    """The whole product and the port of its writes: as one process (`turnout up`), or as two services."""
    async with AsyncExitStack() as stack:
        url, _, valkey_pid = await stack.enter_async_context(valkey())
        writes = free_port()
        reads = writes if alone else free_port()
        started: list[asyncio.subprocess.Process] = []
        for port, module in ((writes, "turnout_command"), (reads, "turnout_gateway")):
            command = [sys.executable, "-m", module]
            if alone and started:
                continue
            if alone:
                folder = stack.enter_context(TemporaryDirectory(prefix="bench-"))
                command = [sys.executable, "-m", "turnout", "up", "--data", folder]
            environment = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(port)}
            started.append(await stack.enter_async_context(process(core, command, environment)))
            await answering(port, "/readyz")
        yield Running([each.pid for each in started], [reads], NoTarget(), watching(LIST_VIEW), valkey_pid), writes


@asynccontextmanager
async def _on_the_bus(
    work: Work, core: int, command: Sequence[str | Path], target: type[BusTarget], arguments: Sequence[str]
) -> AsyncIterator[Running]:
    port = free_port()
    async with AsyncExitStack() as stack:
        url, client, valkey_pid = await stack.enter_async_context(valkey())
        peer = process(core, [*command, str(port)], {"BENCH_VALKEY": url, "NODE_ENV": "production"})
        found = await stack.enter_async_context(peer)
        await answering(port, None)
        yield Running([found.pid], [port], target(client, work.views), arguments, valkey_pid)


def fastapi(work: Work, core: int) -> AbstractAsyncContextManager[Running]:
    command: list[str | Path] = [sys.executable, PEERS / "fastapi_send.py"]
    return _on_the_bus(work, core, command, BusTarget, ["--path", "/?room=%v", "--ready", "ready"])


def ws(work: Work, core: int) -> AbstractAsyncContextManager[Running]:
    command: list[str | Path] = ["node", PEERS / "ws.mjs"]
    return _on_the_bus(work, core, command, BusTarget, ["--path", "/?room=%v", "--ready", "ready"])


def socketio(work: Work, core: int) -> AbstractAsyncContextManager[Running]:
    path = "/socket.io/?EIO=4&transport=websocket&room=%v"
    arguments = ["--path", path, "--send", "40", "--ready", "ready", "--engineio"]
    return _on_the_bus(work, core, ["node", PEERS / "socketio.mjs"], SocketIoTarget, arguments)


@asynccontextmanager
async def nats(work: Work, core: int) -> AsyncIterator[Running]:
    port, inside = free_port(), free_port()
    with TemporaryDirectory(prefix="bench-") as folder:
        settings = Path(folder) / "nats.conf"
        settings.write_text(
            f'listen: "127.0.0.1:{inside}"\nmax_connections: 20000\n'
            f'websocket {{ listen: "127.0.0.1:{port}", no_tls: true, compression: false }}\n'
        )
        command: list[str | Path] = [
            Path(sys.executable).parent / "nats-server",
            "-c",
            settings,
            "-l",
            Path(folder) / "nats.log",
        ]
        async with process(core, command) as found:
            await answering(port, None)
            target = await NatsTarget.open(inside, work.views)
            arguments = [
                "--binary", "--path", "/", "--ready", "PONG",
                "--send", r'CONNECT {"verbose":false,"protocol":1}\r\nSUB bench.%v 1\r\nPING\r\n',
            ]  # fmt: skip
            try:
                yield Running([found.pid], [port], target, arguments)
            finally:
                await target.close()


async def metric(port: int, name: str) -> float:
    """The sum of a gateway's metric over its labels."""
    text = (await asyncio.to_thread(_get, port, "/metrics")).decode()
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return sum(float(value) for left, _, value in lines if left.partition("{")[0] == f"turnout_gateway_{name}")


async def answering(port: int, path: str | None) -> None:
    """Waits until the port accepts, or with a path until that answers 200. Raises TimeoutError."""
    until = time.monotonic() + _START_TIMEOUT_S
    while not await asyncio.to_thread(_answers, port, path):
        if time.monotonic() > until:
            raise TimeoutError(f"nothing answers on port {port}")
        await asyncio.sleep(0.05)


def _answers(port: int, path: str | None) -> bool:
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
ALL_PEERS: Final = (
    Server("fastapi", "FastAPI, await ws.send_text() each", fastapi),
    Server("socketio", "Socket.IO, Redis adapter", socketio),
    Server("ws", "node ws", ws),
    Server("nats", "NATS over WebSocket", nats),
)
