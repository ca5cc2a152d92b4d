"""Groups of real Valkey servers on loopback: a primary with replicas and Sentinels, and a Cluster."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from redis.exceptions import RedisError

from chaos.clients.waiting import wait_until
from chaos.faults.network import Network
from chaos.faults.process import free_port
from chaos.faults.valkey_server import DURABLE, Server, are_in_step
from turnout_core.runtime.valkey_client import connect

START_TIMEOUT_S: Final = 60.0
DOWN_AFTER_MS: Final = 1000
SERVICE: Final = "turnout"
_SLOTS: Final = 16384
_JOURNAL_KEY: Final = "{turnout}"


class SentinelGroup:
    """A primary with replicas, watched by Sentinels.

    Args:
        network: through which the servers, the Sentinels and the clients reach each other; None for directly.
    """

    def __init__(self, folder: Path, *, replicas: int = 2, sentinels: int = 3, network: Network | None = None) -> None:
        self.network = network
        self.servers = [
            Server(f"valkey-{number}", folder, DURABLE, network=network) for number in range(1, replicas + 2)
        ]
        first = self.servers[0]
        for each in self.servers:
            each.announce_as_replica()
        for each in self.servers[1:]:
            each.configure({"replicaof": f"{first.address} {first.announced_port}"})
        options = {
            "sentinel monitor": f"{SERVICE} {first.address} {first.announced_port} {sentinels // 2 + 1}",
            f"sentinel down-after-milliseconds {SERVICE}": str(DOWN_AFTER_MS),
            f"sentinel failover-timeout {SERVICE}": "5000",
        }
        self.sentinels = [
            Server(f"sentinel-{number}", folder, options, "--sentinel", network=network)
            for number in range(1, sentinels + 1)
        ]
        for each in self.sentinels:
            each.configure({"sentinel announce-ip": each.address, "sentinel announce-port": str(each.announced_port)})
        self.url = f"redis+sentinel://{','.join(each.announced for each in self.sentinels)}/{SERVICE}"

    @property
    def members(self) -> list[Server]:
        return [*self.servers, *self.sentinels]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SentinelGroup"]:
        async with self.network.running() if self.network else nullcontext(), _running(self.members):
            if not self.network:  # with one, faults need the real times
                for each in self.sentinels:
                    await _ask(each, "SENTINEL", "DEBUG", "info-period", 200)  # by default they ask every 10 s
            await _wait(self._is_complete, "the Sentinels do not see all servers")
            await _wait(self.is_settled, "the servers are not in step")
            await _wait_for_replicas(self.servers[0], len(self.servers) - 1)
            yield self

    async def primary(self) -> Server:
        """The server that leads. Raises TimeoutError if none does for long."""
        return await _wait_for_primary(self.servers)

    async def replicas(self) -> list[Server]:
        primary = await self.primary()
        return [each for each in self.servers if each is not primary]

    async def fail_over(self) -> None:
        """Asks a Sentinel for a failover, as an operator does. It may refuse, such as during another one."""
        for each in self.sentinels:
            with suppress(RedisError, OSError):
                await _ask(each, "SENTINEL", "FAILOVER", SERVICE)
                return

    async def is_settled(self) -> bool:
        """True if one server leads, the others have what it has, and every Sentinel that answers knows it."""
        primaries = [each for each in self.servers if await each.is_primary()]
        if len(primaries) != 1:
            return False
        [primary] = primaries
        others = [each for each in self.servers if each is not primary]
        return await are_in_step(primary, others) and all([await _knows(each, primary) for each in self.sentinels])

    async def _is_complete(self) -> bool:
        for each in self.sentinels:
            state = (await each.info("sentinel")).get("master0", {})
            if state.get("slaves") != len(self.servers) - 1 or state.get("sentinels") != len(self.sentinels):
                return False
        return all([await each.is_following() for each in self.servers[1:]])


class ClusterGroup:
    """A Cluster of primaries with replicas.

    Args:
        shards: number of primaries.
        replicas: number for each primary.
        network: through which the servers and the clients reach each other; None for directly.
    """

    def __init__(self, folder: Path, *, shards: int = 3, replicas: int = 1, network: Network | None = None) -> None:
        options = {
            **DURABLE,
            "cluster-enabled": "yes",
            "cluster-node-timeout": str(DOWN_AFTER_MS),
            "cluster-replica-validity-factor": "0",
            "cluster-allow-replica-migration": "no",
        }
        self.network = network
        self.servers = [
            Server(f"valkey-{number}", folder, options, network=network)
            for number in range(1, shards * (replicas + 1) + 1)
        ]
        self._bus_ports: dict[Server, int] = {}
        for each in self.servers:
            bus = free_port(each.address)
            self._bus_ports[each] = each.announce(network, bus)
            each.announce_as_replica()
            each.configure(
                {
                    "cluster-port": str(bus),
                    "cluster-announce-ip": each.address,
                    "cluster-announce-port": str(each.announced_port),
                    "cluster-announce-bus-port": str(self._bus_ports[each]),
                }
            )
        self._shards = shards
        self.url = f"redis+cluster://{','.join(each.announced for each in self.servers)}"

    @property
    def members(self) -> list[Server]:
        return self.servers

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ClusterGroup"]:
        async with self.network.running() if self.network else nullcontext(), _running(self.servers):
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
        """The servers of the journal's slot, the owner first, as the first one that answers knows them."""
        for each in self.servers:
            if found := await self.shard_seen_by(each):
                return found
        raise TimeoutError("no node of the Cluster answers")

    async def other_primaries(self) -> list[Server]:
        """The primaries that have not the slot of the journal."""
        shard = await self.shard()
        return [each for each in self.servers if each not in shard and await each.is_primary()]

    async def fail_over(self) -> None:
        """Makes a replica of the journal's slot its primary, as an operator does."""
        [replica, *_] = await self.replicas()
        await _ask(replica, "CLUSTER", "FAILOVER")

    async def move_slot(self) -> None:
        """Moves the journal's slot to another shard, atomically, as an operator does (Valkey >= 9)."""
        owner, [receiver, *_] = await self.primary(), await self.other_primaries()
        target = (await _ask(receiver, "CLUSTER", "MYID")).decode()
        slot = await _ask(owner, "CLUSTER", "KEYSLOT", _JOURNAL_KEY)
        await _ask(owner, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", target)

        async def has_moved() -> bool:
            return await self.primary() is receiver

        await _wait(has_moved, "the slot has not moved")

    async def is_settled(self) -> bool:
        """True if all nodes agree, and all replicas of the journal have what its primary has."""
        views = [await self.shard_seen_by(each) for each in self.servers]
        if not views[0] or any(set(view) != set(views[0]) or view[0] is not views[0][0] for view in views):
            return False
        followers = [each for each in self.servers if not await each.is_primary()]
        is_whole = len(followers) == len(self.servers) - self._shards
        return (
            is_whole
            and all([await self._is_ok(each) for each in self.servers])
            and all([await each.is_following() for each in followers])
            and await are_in_step(views[0][0], views[0][1:])
        )

    async def shard_seen_by(self, server: Server) -> list[Server]:
        """The servers of the journal's slot, the owner first; empty if ``server`` does not answer."""
        with suppress(RedisError, OSError):
            slot = await _ask(server, "CLUSTER", "KEYSLOT", _JOURNAL_KEY)
            announced = {each.announced: each for each in self.servers}
            for first, last, *nodes in await _ask(server, "CLUSTER", "SLOTS"):
                if first <= slot <= last:
                    return [announced[f"{node[0].decode()}:{node[1]}"] for node in nodes]
        return []

    async def _form(self) -> None:
        primaries, replicas = self.servers[: self._shards], self.servers[self._shards :]
        bounds = [_SLOTS * number // self._shards for number in range(self._shards + 1)]
        for index, each in enumerate(primaries):
            await _ask(each, "CLUSTER", "ADDSLOTSRANGE", bounds[index], bounds[index + 1] - 1)
            await _ask(each, "CLUSTER", "SET-CONFIG-EPOCH", index + 1)
        for each in self.servers[1:]:
            await _ask(primaries[0], "CLUSTER", "MEET", each.address, each.announced_port, self._bus_ports[each])

        async def know_each_other() -> bool:
            return all([await self._known_nodes(each) == len(self.servers) for each in self.servers])

        await _wait(know_each_other, "the nodes do not know each other")
        for index, each in enumerate(replicas):
            name = (await _ask(primaries[index % self._shards], "CLUSTER", "MYID")).decode()
            await _ask(each, "CLUSTER", "REPLICATE", name)
        await _wait(self.is_settled, "the Cluster is not complete")

    async def _known_nodes(self, server: Server) -> int:
        return int((await self._cluster_info(server)).get("cluster_known_nodes", 0))

    async def _is_ok(self, server: Server) -> bool:
        return (await self._cluster_info(server)).get("cluster_state") == "ok"

    async def _cluster_info(self, server: Server) -> dict[str, str]:
        raw: Any = b""
        with suppress(RedisError, OSError):
            raw = await _ask(server, "CLUSTER", "INFO")
        if isinstance(raw, dict):
            return raw
        text = raw.decode() if isinstance(raw, bytes) else str(raw)
        return dict(line.split(":", 1) for line in text.split("\r\n") if ":" in line)


Group = SentinelGroup | ClusterGroup


async def _knows(sentinel: Server, primary: Server) -> bool:
    """True if the Sentinel has ``primary`` as such and sees all its replicas, or does not answer."""
    with suppress(RedisError, OSError):
        masters: Any = await _ask(sentinel, "SENTINEL MASTERS")
        replicas: Any = await _ask(sentinel, "SENTINEL SLAVES", SERVICE)
        state = masters[SERVICE]
        is_it = (state["ip"], state["port"]) == (primary.address, primary.announced_port)
        return is_it and not any(each["is_sdown"] or each["is_disconnected"] for each in (state, *replicas))
    return True


async def _ask(server: Server, *command: str | int) -> Any:
    """Sends a command to ``server`` itself. Raises RedisError, OSError."""
    async with connect(server.url, answer_timeout_s=1) as valkey:
        client: Any = valkey  # redis-py leaves this method untyped
        return await client.execute_command(*command)


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
            await valkey.set(f"{_JOURNAL_KEY}:trial", 1, px=1)
            client: Any = valkey
            _, confirmed = await client.execute_command("WAITAOF", 1, replicas, 100)
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
