"""The servers of a run: one Valkey, a primary with replicas and Sentinels, or a Cluster."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from signal import SIGCONT
from typing import Final, Literal

from redis.exceptions import RedisError

from chaos.clients.waiting import wait_until
from chaos.faults.network import Network
from chaos.faults.process import Process, free_port
from chaos.faults.proxy import Proxy
from chaos.faults.valkey_group import ClusterGroup, Group, SentinelGroup
from chaos.faults.valkey_server import DURABLE
from turnout.valkey.embedded import server_binary
from turnout_core.runtime.valkey_client import connect

Topology = Literal["single", "sentinel", "cluster"]

REPLICAS: Final = 2
CONFIRMATIONS: Final = 1
"""How many replicas must confirm, so that one may be away."""
READER: Final = "gateway-2"  # reads from replicas
_START_TIMEOUT_S: Final = 60.0
_SETTLE_TIMEOUT_S: Final = 60.0  # Sentinels make a former primary a replica 8 s after it is back


class SingleServer:
    """One Valkey, with a proxy before each service.

    Attributes:
        process: for faults.
        proxies: by the name of the service.
        url: without a proxy.
    """

    def __init__(self, folder: Path, services: Sequence[str], env: Mapping[str, str]) -> None:
        self.folder = folder
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}"
        self.process = Process("valkey", valkey_arguments(folder, port), folder / "valkey.log", env)
        self.proxies = {each: Proxy(port) for each in services}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            self.process.start()
            stack.push_async_callback(self.process.kill)
            await self.wait_until_answering()
            for each in self.proxies.values():
                await stack.enter_async_context(each.running())
            yield

    def url_for(self, service: str) -> str:
        """Where ``service`` reaches Valkey, while this runs."""
        return f"redis://127.0.0.1:{self.proxies[service].port}"

    def env_for(self, service: str) -> Mapping[str, str]:  # noqa: ARG002 - as for ReplicatedServers
        """Further settings of ``service``."""
        return {}

    async def wait_until_answering(self) -> None:
        """Waits until Valkey responds. Raises TimeoutError."""

        async def responds() -> bool:
            with suppress(RedisError, OSError):  # Valkey does not listen yet, or still loads
                await valkey.ping()
                return True
            return False

        async with connect(self.url) as valkey:
            if not await wait_until(responds, _START_TIMEOUT_S):
                raise TimeoutError(self.process.log_tail())

    async def heal(self) -> None:
        """Opens every proxy, and continues or starts Valkey."""
        for each in self.proxies.values():
            each.set("open")
        self.process.send(SIGCONT)
        if not self.process.is_running:
            self.process.start()


class ReplicatedServers:
    """A primary with replicas and Sentinels, or a Cluster. The services find the primary themselves.

    Args:
        confirmations: how many replicas must confirm a command.

    Attributes:
        network: between the servers.
        can_lose_primary: True if enough replicas are left without the primary.
    """

    def __init__(self, group: Group, network: Network, *, confirmations: int) -> None:
        self.group = group
        self.network = network
        self.url = group.url
        self.can_lose_primary = confirmations < REPLICAS
        self._confirmations = confirmations

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self.group.running():
            yield

    def url_for(self, service: str) -> str:  # noqa: ARG002 - as for SingleServer
        """Where ``service`` finds the servers."""
        return self.url

    def env_for(self, service: str) -> Mapping[str, str]:
        """Further settings of ``service``."""
        if service.startswith("command"):
            return {"TURNOUT_REPLICAS": str(self._confirmations)}
        return {"TURNOUT_READ_FROM": "replica"} if service == READER else {}

    async def settle(self) -> bool:
        """Waits until one server leads, and the others have what it has. Returns False after a minute."""
        return await wait_until(self.group.is_settled, _SETTLE_TIMEOUT_S)

    async def heal(self) -> None:
        """Opens every link, continues or starts every server, and waits until all are in step."""
        self.network.heal()
        for each in self.group.members:
            each.process.send(SIGCONT)
            if not each.process.is_running:
                each.process.start()
        await self.settle()


Servers = SingleServer | ReplicatedServers


def make_servers(
    topology: Topology, folder: Path, services: Sequence[str], env: Mapping[str, str], confirmations: int
) -> Servers:
    """The servers of a run. Only a single one gets ``env``, such as a wrong clock.

    ``confirmations`` is the number of replicas that must confirm a command.
    """
    if topology == "single":
        return SingleServer(folder, services, env)
    network, kind = Network(), SentinelGroup if topology == "sentinel" else ClusterGroup
    group = kind(folder, replicas=REPLICAS, network=network)
    return ReplicatedServers(group, network, confirmations=confirmations)


def valkey_arguments(folder: Path, port: int) -> list[str]:
    """The command line of a Valkey with the options of ``turnout.valkey.valkey_process``, but on a TCP port."""
    options = {"port": str(port), "bind": "127.0.0.1", "dir": str(folder), "daemonize": "no", **DURABLE}
    return [str(server_binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]
