"""Starts two command services, two gateways and a Valkey as processes, with a proxy before each service's Valkey."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
from redis.exceptions import RedisError

from chaos.checker.state_dump import STATE_FILE
from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from chaos.faults.proxy import Proxy
from chaos.faults.wall_clock import WallClock, faketime_library
from turnout.valkey.embedded import server_binary
from turnout_core.runtime.valkey_client import connect

SECRET: Final = "a secret for chaos, long enough"
_START_TIMEOUT_S: Final = 60.0
_REQUEST_TIMEOUT_S: Final = 1.0


class Node:
    """A service that reaches Valkey through its own proxy.

    Attributes:
        url: address of the service.
    """

    def __init__(
        self, name: str, arguments: Sequence[str], proxy: Proxy, folder: Path, further_env: Mapping[str, str]
    ) -> None:
        port = free_port()
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self.proxy = proxy
        self._state = folder / f"{name}.state"
        (folder / "secret").write_text(SECRET)
        env = {
            "TURNOUT_PORT": str(port),
            "TURNOUT_VALKEY": f"redis://127.0.0.1:{proxy.port}",
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
        command, gateway, snapshotter: Python's arguments for these services.

    Attributes:
        valkey_port: port of Valkey itself, without a proxy.
        clients: an HTTP client for each service, by name.
        clocks: wall clocks of Valkey and the command services, by name; empty without libfaketime.
    """

    def __init__(
        self,
        folder: Path,
        command: Sequence[str] = ("-m", "chaos.faults.command_with_state_dump"),
        gateway: Sequence[str] = ("-m", "turnout_gateway"),
        snapshotter: Sequence[str] = ("-m", "turnout_command.snapshots.snapshotter"),
    ) -> None:
        self.folder = folder
        self.snapshotter = snapshotter
        self.valkey_port = free_port()
        library = faketime_library()
        names = ("valkey", "command-1", "command-2") if library is not None else ()
        self.clocks = {name: WallClock(folder / f"{name}.clock", library) for name in names if library is not None}
        self.valkey = Process(
            "valkey", valkey_arguments(folder, self.valkey_port), folder / "valkey.log", self._clock_env("valkey")
        )
        self.commands: list[Node] = []
        self.gateways: list[Node] = []
        self.clients: dict[str, httpx.AsyncClient] = {}
        self._arguments = {"command": command, "gateway": gateway}

    @property
    def nodes(self) -> list[Node]:
        return [*self.commands, *self.gateways]

    @property
    def valkey_url(self) -> str:
        return f"redis://127.0.0.1:{self.valkey_port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            self.valkey.start()
            stack.push_async_callback(self.valkey.kill)
            await self.wait_for_valkey()
            for kind, nodes in (("command", self.commands), ("gateway", self.gateways)):
                for number in (1, 2):
                    proxy = Proxy(self.valkey_port)
                    await stack.enter_async_context(proxy.running())
                    name = f"{kind}-{number}"
                    node = Node(name, self._arguments[kind], proxy, self.folder, self._clock_env(name))
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

    async def wait_for_valkey(self) -> None:
        """Waits until Valkey responds. Raises TimeoutError."""

        async def responds() -> bool:
            with suppress(RedisError, OSError):  # Valkey does not listen yet, or still loads
                await valkey.ping()
                return True
            return False

        async with connect(self.valkey_url) as valkey:
            if not await wait_until(responds, _START_TIMEOUT_S):
                raise TimeoutError(self.valkey.log_tail())

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


def valkey_arguments(folder: Path, port: int) -> list[str]:
    """The command line of a Valkey with the options of ``turnout.valkey.valkey_process``, but on a TCP port."""
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "always",
        "no-appendfsync-on-rewrite": "no",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    return [str(server_binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]
