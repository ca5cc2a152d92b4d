"""Starts two command services, two gateways and their servers as processes."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx

from chaos.checker.state_dump import STATE_FILE
from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from chaos.faults.topologies import CONFIRMATIONS, Servers, Topology, make_servers
from chaos.faults.wall_clock import WallClock, faketime_library

SECRET: Final = "a secret for chaos, long enough"
PROGRAMS: Final[Mapping[str, Sequence[str]]] = {
    "command": ("-m", "chaos.faults.command_with_state_dump"),
    "gateway": ("-m", "turnout_gateway"),
    "snapshotter": ("-m", "turnout_command.snapshots.snapshotter"),
}
"""Python's arguments for each service."""
_KINDS: Final = ("command", "gateway")
_START_TIMEOUT_S: Final = 60.0
_REQUEST_TIMEOUT_S: Final = 1.0


class Node:
    """A service.

    Attributes:
        url: address of the service.
        valkey_url: where it reaches Valkey.
    """

    def __init__(
        self, name: str, arguments: Sequence[str], valkey_url: str, folder: Path, further_env: Mapping[str, str]
    ) -> None:
        port = free_port()
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self.valkey_url = valkey_url
        self._state = folder / f"{name}.state"
        (folder / "secret").write_text(SECRET)
        env = {
            "TURNOUT_PORT": str(port),
            "TURNOUT_VALKEY": valkey_url,
            "TURNOUT_SECRET_FILE": str(folder / "secret"),
            "TURNOUT_LOG_LEVEL": "info",
            STATE_FILE: str(self._state),
            "PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))).rstrip(
                os.pathsep
            ),
            **further_env,
        }
        self.process = Process(name, [sys.executable, *arguments], folder / f"{name}.log", env)

    async def dump_state(self, timeout_s: float) -> tuple[str, str] | None:
        """Dumps the State of a command service. Returns position and digest; None if it has no State."""

        async def is_written() -> bool:
            return self._state.exists()

        self._state.unlink(missing_ok=True)
        self.process.send(signal.SIGUSR1)
        if not await wait_until(is_written, timeout_s):
            return None
        position, _, digest = self._state.read_text().partition(" ")
        return (position, digest) if digest else None


class Cluster:
    """All processes of a run.

    Args:
        programs: arguments of Python for services that are not those of ``PROGRAMS``.
        topology: of the servers.
        confirmations: how many replicas must confirm a command.

    Attributes:
        servers: of the journal.
        clients: an HTTP client for each service, by name.
        clocks: wall clocks of Valkey and the command services, by name; empty without libfaketime.
    """

    def __init__(
        self,
        folder: Path,
        programs: Mapping[str, Sequence[str]] | None = None,
        topology: Topology = "single",
        confirmations: int = CONFIRMATIONS,
    ) -> None:
        self.folder = folder
        library = faketime_library() if topology == "single" else None
        names = ("valkey", "command-1", "command-2") if library is not None else ()
        self.clocks = {name: WallClock(folder / f"{name}.clock", library) for name in names if library is not None}
        services = [f"{kind}-{number}" for kind in _KINDS for number in (1, 2)]
        self.servers: Servers = make_servers(topology, folder, services, self._clock_env("valkey"), confirmations)
        self.commands: list[Node] = []
        self.gateways: list[Node] = []
        self.clients: dict[str, httpx.AsyncClient] = {}
        self._programs = {**PROGRAMS, **(programs or {})}

    @property
    def nodes(self) -> list[Node]:
        return [*self.commands, *self.gateways]

    @property
    def snapshotter(self) -> Sequence[str]:
        """Python's arguments for the snapshotter."""
        return self._programs["snapshotter"]

    @property
    def valkey_url(self) -> str:
        return self.servers.url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.servers.running())
            for kind, nodes in zip(_KINDS, (self.commands, self.gateways), strict=True):
                for number in (1, 2):
                    name = f"{kind}-{number}"
                    env = {**self._clock_env(name), **self.servers.env_for(name)}
                    node = Node(name, self._programs[kind], self.servers.url_for(name), self.folder, env)
                    nodes.append(node)
                    limits = httpx.Limits(max_connections=100, max_keepalive_connections=10)
                    client = httpx.AsyncClient(
                        base_url=node.url, limits=limits, timeout=_REQUEST_TIMEOUT_S, trust_env=False
                    )
                    self.clients[node.name] = await stack.enter_async_context(client)
                    node.process.start()
                    stack.push_async_callback(node.process.kill)
            if not await self.wait_until_ready(_START_TIMEOUT_S):
                raise RuntimeError("\n".join(f"{each.name}: {each.process.log_tail()}" for each in self.nodes))
            yield

    async def wait_until_ready(self, timeout_s: float) -> bool:
        """Waits until one command service leads and every gateway is current. Returns False after ``timeout_s``."""

        async def are_all_ready() -> bool:
            gateways = [await self._is_ready(each.name) for each in self.gateways]
            return await self.leader() is not None and all(gateways)

        return await wait_until(are_all_ready, timeout_s)

    async def leader(self) -> Node | None:
        """The command service whose ``/readyz`` answers 200."""
        for each in self.commands:
            if await self._is_ready(each.name):
                return each
        return None

    async def wait_until_alive(self, node: Node) -> bool:
        """Waits until the service responds. Returns False if its process ends."""

        async def responds() -> bool:
            with suppress(httpx.TransportError):
                await self.clients[node.name].get("/healthz")
                return True
            return not node.process.is_running

        return await wait_until(responds, _START_TIMEOUT_S) and node.process.is_running

    def _clock_env(self, name: str) -> Mapping[str, str]:
        return self.clocks[name].env if name in self.clocks else {}

    async def _is_ready(self, name: str) -> bool:
        with suppress(httpx.TransportError):
            return (await self.clients[name].get("/readyz")).status_code == 200
        return False
