"""Groups of real Valkey servers on loopback: a primary with replicas and Sentinels, and a Cluster.

Each server syncs every write to disk, and has a folder of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from redis.exceptions import RedisError

from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from turnout.valkey.embedded import server_binary
from turnout_core.runtime.valkey_client import connect

START_TIMEOUT_S: Final = 60.0
DOWN_AFTER_MS: Final = 1000
SERVICE: Final = "turnout"
_SLOTS: Final = 16384
_DURABLE: Final[Mapping[str, str]] = {
    "bind": "127.0.0.1",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "maxmemory-policy": "noeviction",
    "save": "",
    "repl-diskless-sync-delay": "0",
}


class Server:
    """A server that can be killed, paused and started again.

    Attributes:
        port: the same after each start.
        process: for faults.
    """

    def __init__(self, name: str, folder: Path, options: Mapping[str, str], *further: str) -> None:
        self.name = name
        self.folder = folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        config = {"port": str(self.port), "dir": str(self.folder), **options}
        self._file = self.folder / "valkey.conf"
        self._file.write_text("".join(f"{key} {value or chr(34) * 2}\n" for key, value in config.items()))
        self.process = Process(name, [str(server_binary()), str(self._file), *further], self.folder / "log")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def info(self, section: str) -> dict[str, Any]:
        """The section of INFO; empty while the server does not answer."""
        with suppress(RedisError, OSError):
            async with connect(self.url, answer_timeout_s=1) as valkey:
                found: dict[str, Any] = await valkey.info(section)
                return found
        return {}

    async def is_answering(self) -> bool:
        return bool(await self.info("server"))

    async def is_primary(self) -> bool:
        return (await self.info("replication")).get("role") == "master"

    async def is_following(self) -> bool:
        return (await self.info("replication")).get("master_link_status") == "up"


class SentinelGroup:
    """A primary with replicas, watched by Sentinels."""

    def __init__(self, folder: Path, *, replicas: int = 2, sentinels: int = 3) -> None:
        self.servers = [Server(f"valkey-{number}", folder, _DURABLE) for number in range(1, replicas + 2)]
        first = self.servers[0].port
        for each in self.servers[1:]:
            with each.folder.joinpath("valkey.conf").open("a") as file:
                file.write(f"replicaof 127.0.0.1 {first}\n")
        watch = f"{SERVICE} 127.0.0.1 {first} {sentinels // 2 + 1}"
        options = {
            "bind": "127.0.0.1",
            "sentinel monitor": watch,
            f"sentinel down-after-milliseconds {SERVICE}": str(DOWN_AFTER_MS),
            f"sentinel failover-timeout {SERVICE}": "5000",
        }
        self.sentinels = [
            Server(f"sentinel-{number}", folder, options, "--sentinel") for number in range(1, sentinels + 1)
        ]
        self.url = f"redis+sentinel://{','.join(f'127.0.0.1:{each.port}' for each in self.sentinels)}/{SERVICE}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SentinelGroup"]:
        async with _running([*self.servers, *self.sentinels]):
            for each in self.sentinels:
                async with connect(each.url) as sentinel:  # by default they look for replicas every 10 s only
                    await sentinel.execute_command("SENTINEL", "DEBUG", "info-period", "200")
            await _wait(self._is_complete, "the Sentinels do not see all servers")
            await _wait_for_replicas(self.servers[0], len(self.servers) - 1)
            yield self

    async def primary(self) -> Server:
        """The server that leads. Raises TimeoutError if none does for long."""
        return await _wait_for_primary(self.servers)

    async def replicas(self) -> list[Server]:
        primary = await self.primary()
        return [each for each in self.servers if each is not primary]

    async def fail_over(self) -> None:
        """Asks the Sentinels for a failover, as an operator does."""
        async with connect(self.sentinels[0].url) as sentinel:
            await sentinel.execute_command("SENTINEL", "FAILOVER", SERVICE)

    async def _is_complete(self) -> bool:
        for each in self.sentinels:
            with suppress(RedisError, OSError):
                async with connect(each.url, answer_timeout_s=1) as sentinel:
                    info = await sentinel.info("sentinel")
                    state = info.get("master0", {})
                    if state.get("slaves") == len(self.servers) - 1 and state.get("sentinels") == len(self.sentinels):
                        continue
            return False
        return all([await each.is_following() for each in self.servers[1:]])


class ClusterGroup:
    """A Cluster of primaries with a replica each."""

    def __init__(self, folder: Path, *, shards: int = 3, replicas: int = 1) -> None:
        options = {
            **_DURABLE,
            "cluster-enabled": "yes",
            "cluster-node-timeout": str(DOWN_AFTER_MS),
            "cluster-replica-validity-factor": "0",
        }
        self.servers = [
            Server(f"valkey-{number}", folder, {**options, "cluster-port": str(free_port())})
            for number in range(1, shards * (replicas + 1) + 1)
        ]
        self._shards = shards
        self.url = f"redis+cluster://{','.join(f'127.0.0.1:{each.port}' for each in self.servers)}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ClusterGroup"]:
        async with _running(self.servers):
            await self._form()
            await _wait_for_replicas(await self.primary(), len(await self.shard()) - 1)
            yield self

    async def primary(self) -> Server:
        """The server that has the slot of the journal. Raises TimeoutError if none does for long."""
        return await _wait_for_primary(await self.shard())

    async def replicas(self) -> list[Server]:
        """The replicas of the journal's slot."""
        primary = await self.primary()
        return [each for each in await self.shard() if each is not primary]

    async def shard(self) -> list[Server]:
        """The servers of the journal's slot, as the first one that answers knows them."""
        for each in self.servers:
            with suppress(RedisError, OSError):
                async with connect(each.url, answer_timeout_s=1) as valkey:
                    slot = await valkey.execute_command("CLUSTER", "KEYSLOT", "{turnout}")
                    for first, last, *nodes in await valkey.execute_command("CLUSTER", "SLOTS"):
                        if first <= slot <= last:
                            ports = {int(node[1]) for node in nodes}
                            return [server for server in self.servers if server.port in ports]
        raise TimeoutError("no node of the Cluster answers")

    async def fail_over(self) -> None:
        """Makes a replica of the journal's slot its primary, as an operator does."""
        [replica, *_] = await self.replicas()
        async with connect(replica.url) as valkey:
            await valkey.execute_command("CLUSTER", "FAILOVER")

    async def move_slot(self) -> None:
        """Moves the journal's slot to another shard, atomically, as an operator does (Valkey >= 9)."""
        owner = await self.primary()
        others = [each for each in self.servers[: self._shards] if each is not owner]
        async with connect(others[0].url) as valkey:
            target = (await valkey.execute_command("CLUSTER", "MYID")).decode()
        async with connect(owner.url) as valkey:
            slot = str(await valkey.execute_command("CLUSTER", "KEYSLOT", "{turnout}"))
            await valkey.execute_command("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", target)

        async def has_moved() -> bool:
            return await self.primary() is others[0]

        await _wait(has_moved, "the slot has not moved")

    async def _form(self) -> None:
        primaries, replicas = self.servers[: self._shards], self.servers[self._shards :]
        bounds = [_SLOTS * number // self._shards for number in range(self._shards + 1)]
        for index, each in enumerate(primaries):
            async with connect(each.url) as valkey:
                await valkey.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[index], bounds[index + 1] - 1)
                await valkey.execute_command("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
        async with connect(primaries[0].url) as valkey:
            for each in self.servers[1:]:
                await valkey.execute_command("CLUSTER", "MEET", "127.0.0.1", each.port, await self._bus_port(each))

        async def know_each_other() -> bool:
            return all([await self._known_nodes(each) == len(self.servers) for each in self.servers])

        await _wait(know_each_other, "the nodes do not know each other")
        for index, each in enumerate(replicas):
            async with connect(primaries[index % self._shards].url) as valkey:
                name = (await valkey.execute_command("CLUSTER", "MYID")).decode()
            async with connect(each.url) as valkey:
                await valkey.execute_command("CLUSTER", "REPLICATE", name)

        async def is_complete() -> bool:
            states = [await self._is_ok(each) for each in self.servers]
            is_following = [await each.is_following() for each in replicas]
            return all(states) and all(is_following) and len(await self.shard()) == len(self.servers) // self._shards

        await _wait(is_complete, "the Cluster is not complete")

    async def _bus_port(self, server: Server) -> int:
        async with connect(server.url) as valkey:
            return int((await valkey.config_get("cluster-port"))["cluster-port"])

    async def _known_nodes(self, server: Server) -> int:
        return int((await self._cluster_info(server)).get("cluster_known_nodes", 0))

    async def _is_ok(self, server: Server) -> bool:
        return (await self._cluster_info(server)).get("cluster_state") == "ok"

    async def _cluster_info(self, server: Server) -> dict[str, str]:
        async with connect(server.url) as valkey:
            raw = await valkey.execute_command("CLUSTER", "INFO")
            text = raw.decode() if isinstance(raw, bytes) else raw
        if isinstance(text, dict):
            return text
        return dict(line.split(":", 1) for line in text.split("\r\n") if ":" in line)


Group = SentinelGroup | ClusterGroup


@asynccontextmanager
async def _running(servers: list[Server]) -> AsyncIterator[None]:
    for each in servers:
        each.process.start()
    try:
        for each in servers:
            await _wait(each.is_answering, f"{each.name} does not answer: {each.process.log_tail()}")
        yield
    finally:
        await asyncio.gather(*(each.process.kill() for each in servers))


async def _wait_for_replicas(primary: Server, replicas: int) -> None:
    """Waits until all replicas sync to disk. After a full synchronisation they first write their file anew."""

    async def is_confirmed() -> bool:
        async with connect(primary.url) as valkey:
            await valkey.set("{turnout}:trial", 1, px=1)
            _, confirmed = await valkey.execute_command("WAITAOF", 1, replicas, 100)
            return bool(confirmed >= replicas)

    await _wait(is_confirmed, "the replicas do not sync to disk")


async def _wait_for_primary(servers: list[Server]) -> Server:
    found: list[Server] = []

    async def leads() -> bool:
        found[:] = [each for each in servers if each.process.is_running and await each.is_primary()]
        return len(found) > 0

    await _wait(leads, "no primary")
    return found[-1]


async def _wait(condition: Callable[[], Awaitable[bool]], failure: str) -> None:
    if not await wait_until(condition, START_TIMEOUT_S):
        raise TimeoutError(failure)
