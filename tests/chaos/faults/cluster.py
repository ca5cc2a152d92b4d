"""Two command services, two gateways and a Valkey, every one a process, every link to Valkey a proxy."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
from redis.exceptions import RedisError

from chaos.checker.state_dump import STATE_FILE
from chaos.clients.waiting import becomes_true
from chaos.faults.process import Process, free_port
from chaos.faults.proxy import Proxy
from turnout.valkey.embedded import server_binary
from turnout_core.runtime.valkey_client import connect

SECRET: Final = "a secret for chaos, long enough"
_START_S: Final = 60.0
_ASK_S: Final = 1.0


class Node:
    """A service behind a proxy of its own.

    Attributes:
        url: where it serves.
    """

    def __init__(self, name: str, arguments: Sequence[str], proxy: Proxy, folder: Path) -> None:
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
        }
        self.process = Process(name, [sys.executable, *arguments], folder / f"{name}.log", env)

    async def held(self, timeout_s: float) -> tuple[str, str] | None:
        """Position and digest of the State in a command service's memory; None where it tells none."""

        async def told() -> bool:
            return self._state.exists()

        self._state.unlink(missing_ok=True)
        self.process.send(signal.SIGUSR1)
        if not await becomes_true(told, timeout_s):
            return None
        position, _, digest = self._state.read_text().partition(" ")
        return (position, digest) if digest else None


class Cluster:
    """
    Args:
        command, gateway, snapshotter: what Python is told to run as these.

    Attributes:
        valkey_port: of Valkey itself, past every proxy.
        clients: for each service, by name.
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
        self.valkey = Process("valkey", valkey_arguments(folder, self.valkey_port), folder / "valkey.log")
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
            await self.answering()
            for kind, nodes in (("command", self.commands), ("gateway", self.gateways)):
                for number in (1, 2):
                    proxy = Proxy(self.valkey_port)
                    await stack.enter_async_context(proxy.running())
                    node = Node(f"{kind}-{number}", self._arguments[kind], proxy, self.folder)
                    nodes.append(node)
                    limits = httpx.Limits(max_connections=100, max_keepalive_connections=10)
                    client = httpx.AsyncClient(base_url=node.url, limits=limits, timeout=_ASK_S, trust_env=False)
                    self.clients[node.name] = await stack.enter_async_context(client)
                    node.process.start()
                    stack.push_async_callback(node.process.kill)
            if not await self.ready(_START_S):
                raise RuntimeError("\n".join(f"{each.name}: {each.process.last_words()}" for each in self.nodes))
            yield

    async def answering(self) -> None:
        """Waits until Valkey does. Raises TimeoutError."""

        async def answers() -> bool:
            with suppress(RedisError, OSError):  # not there yet, or loading
                await valkey.ping()
                return True
            return False

        async with connect(self.valkey_url) as valkey:
            if not await becomes_true(answers, _START_S):
                raise TimeoutError(self.valkey.last_words())

    async def ready(self, timeout_s: float) -> bool:
        """Waits until one command service leads and every gateway is up to date; False when that does not come."""

        async def all_fit() -> bool:
            gateways = [await self._fit(each.name) for each in self.gateways]
            return await self.leader() is not None and all(gateways)

        return await becomes_true(all_fit, timeout_s)

    async def leader(self) -> Node | None:
        """The command service that says that it may write."""
        for each in self.commands:
            if await self._fit(each.name):
                return each
        return None

    async def alive(self, node: Node) -> bool:
        """Waits until the service answers at all."""

        async def answers() -> bool:
            with suppress(httpx.TransportError):
                await self.clients[node.name].get("/healthz")
                return True
            return not node.process.running

        return await becomes_true(answers, _START_S) and node.process.running

    async def _fit(self, name: str) -> bool:
        with suppress(httpx.TransportError):
            return (await self.clients[name].get("/readyz")).status_code == 200
        return False


def valkey_arguments(folder: Path, port: int) -> list[str]:
    """A durable Valkey with its files in ``folder``, as ``turnout.valkey.embedded`` starts it, but on a TCP port."""
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
