"""Faults of a primary, its replicas and what elects them: Sentinels, or the other nodes of a Cluster."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from random import Random
from typing import Final

from chaos.clients.waiting import wait_until
from chaos.faults.network import CLIENTS
from chaos.faults.resource_faults import without_disk, without_memory
from chaos.faults.targets import Fault, Targets
from chaos.faults.topologies import ReplicatedServers
from chaos.faults.valkey_group import ClusterGroup, SentinelGroup
from chaos.faults.valkey_server import Server
from chaos.history.recorder import Recorder

# For an election. A Sentinel that was stopped for 2 s does nothing for 30 s (Valkey documentation: "Sentinel", "TILT
# mode"), and an election that failed is tried again after twice the failover timeout.
_ELECTION_TIMEOUT_S: Final = 60.0
_PROGRESS_TIMEOUT_S: Final = 30.0  # for a command while the former primary is cut off, also with faults of services


class GroupFaults:
    """Faults of the servers of a run.

    At most one server of the journal is down at a time, and the next fault waits until the others have what it has. So
    nothing that a replica has confirmed may be lost.

    Attributes:
        faults: short ones; ``long_faults``: those that outlast an election.
    """

    def __init__(self, servers: ReplicatedServers, recorder: Recorder, rng: Random, targets: Targets) -> None:
        self._servers = servers
        self._group = servers.group
        self._network = servers.network
        self._recorder = recorder
        self._rng = rng
        self._targets = targets
        self.faults = [
            Fault(3, "kill-primary", self._kill_primary),
            Fault(2, "kill-replica", self._kill_replica),
            Fault(3, "stop-primary", self._stop_primary),
            Fault(2, "stop-replica", self._stop_replica),
            Fault(1, "stop-replicas", self._stop_replicas),
            Fault(3, "cut-primary", self._cut_primary),
            Fault(2, "cut-replica", self._cut_replica),
            Fault(2, "cut-clients", self._cut_clients),
            Fault(2, "failover", self._fail_over),
            Fault(1, "full-resync", self._resynchronize),
            Fault(1, "out-of-memory", self._out_of_memory),
            Fault(1, "full-disk", self._full_disk),
        ]
        if isinstance(self._group, SentinelGroup):
            sentinels = self._group.sentinels
            self.faults += [
                Fault(1, "kill-sentinel", lambda: self._kill_sentinel(sentinels)),
                Fault(1, "stop-sentinel", lambda: self._stop_sentinels(sentinels, 1)),
                Fault(1, "lose-quorum", lambda: self._stop_sentinels(sentinels, 2)),
            ]
        else:
            cluster = self._group
            self.faults += [
                Fault(2, "move-slot", lambda: self._move_slot(cluster)),
                Fault(1, "lose-majority", lambda: self._lose_majority(cluster)),
            ]
        self.long_faults = (
            [Fault(2, "long-cut-primary", self._cut_primary_until_progress)] if servers.can_lose_primary else []
        )

    async def _kill_primary(self) -> None:
        async with self._hurt() as (primary, _):
            await self._kill(primary, self._rng.uniform(0, 4))

    async def _kill_replica(self) -> None:
        async with self._hurt() as (_, replicas):
            await self._kill(self._rng.choice(replicas), self._rng.uniform(0, 2))

    async def _stop_primary(self) -> None:
        async with self._hurt() as (primary, _):
            await self._stop([primary], self._rng.uniform(0.1, 4))

    async def _stop_replica(self) -> None:
        async with self._hurt() as (_, replicas):
            await self._stop([self._rng.choice(replicas)], self._rng.uniform(0.1, 3))

    async def _stop_replicas(self) -> None:
        """No append counts meanwhile."""
        async with self._hurt() as (_, replicas):
            await self._stop(replicas, self._rng.uniform(0.3, 2.5))

    async def _cut_primary(self) -> None:
        """The other servers lose the primary, or it loses them, but clients still reach it."""
        async with self._hurt() as (primary, _), self._cut(primary):
            await asyncio.sleep(self._rng.uniform(0.3, 4))

    async def _cut_primary_until_progress(self) -> None:
        """The same in both directions, until the services use another primary, and for some time after that."""
        async with self._hurt() as (primary, _), self._cut(primary, "both"):
            await self._wait_for_progress(primary)
            await asyncio.sleep(self._rng.uniform(0, 5))

    async def _cut_replica(self) -> None:
        async with self._hurt() as (_, replicas), self._cut(self._rng.choice(replicas)):
            await asyncio.sleep(self._rng.uniform(0.3, 4))

    async def _cut_clients(self) -> None:
        """Clients lose the primary, which the other servers still see."""
        async with self._hurt() as (primary, _):
            seconds = self._rng.uniform(0.3, 3)
            self._recorder.add_fault("cut from clients", primary.name, seconds)
            senders, receivers = self._rng.sample(([CLIENTS], [primary.address]), 2)
            self._network.cut(senders, receivers, resets=self._rng.random() < 0.3)
            await asyncio.sleep(seconds)
            self._network.heal(resets=self._rng.random() < 0.5)

    async def _fail_over(self) -> None:
        async with self._hurt() as (primary, _):
            self._recorder.add_fault("failover", primary.name)
            await self._group.fail_over()
            await asyncio.sleep(self._rng.uniform(0.5, 2))

    async def _resynchronize(self) -> None:
        """A replica comes back with an empty disk."""
        async with self._hurt() as (_, replicas):
            replica = self._rng.choice(replicas)
            self._recorder.add_fault("lose data", replica.name)
            await replica.process.kill()
            replica.lose_data()
            replica.process.start()

    async def _out_of_memory(self) -> None:
        async with self._hurt() as (primary, _):
            seconds = self._rng.uniform(0.3, 2)
            self._recorder.add_fault("out-of-memory", primary.name, seconds)
            await without_memory(primary.url, seconds)

    async def _full_disk(self) -> None:
        async with self._hurt() as (primary, _):
            seconds, free_bytes = self._rng.uniform(0.3, 2), self._rng.randrange(1000)
            self._recorder.add_fault("full-disk", primary.name, seconds)
            await without_disk(primary.process, primary.folder, free_bytes, seconds)

    async def _kill_sentinel(self, sentinels: Sequence[Server]) -> None:
        with self._targets.reserved("sentinels"):
            await self._kill(self._rng.choice(sentinels), self._rng.uniform(0, 3))

    async def _stop_sentinels(self, sentinels: Sequence[Server], number: int) -> None:
        with self._targets.reserved("sentinels"):
            await self._stop(self._rng.sample(sentinels, number), self._rng.uniform(0.5, 4))

    async def _move_slot(self, cluster: ClusterGroup) -> None:
        """Moves the journal to another shard under load, atomically."""
        async with self._hurt() as (primary, _):
            self._recorder.add_fault("move slot", primary.name)
            await cluster.move_slot()

    async def _lose_majority(self, cluster: ClusterGroup) -> None:
        """Two of three primaries stop, so that the Cluster refuses all commands."""
        async with self._hurt():
            await self._stop(await cluster.other_primaries(), self._rng.uniform(0.5, 4))

    @asynccontextmanager
    async def _hurt(self) -> AsyncIterator[tuple[Server, list[Server]]]:
        """Reserves the servers, yields primary and replicas, and waits until all are in step again."""
        with self._targets.reserved("servers"):
            yield await self._group.primary(), await self._group.replicas()
            if not await self._servers.settle():
                self._recorder.add_missing_part("the servers in step after a fault")

    @asynccontextmanager
    async def _cut(self, server: Server, direction: str = "") -> AsyncIterator[None]:
        """Cuts ``server`` off from all others during the block, in both directions or in one."""
        direction = direction or self._rng.choice(("both", "both", "to", "from"))
        others = [each.address for each in self._group.members if each is not server]
        self._recorder.add_fault(f"cut ({direction})", server.name)
        resets = self._rng.random() < 0.5
        if direction != "to":
            self._network.cut([server.address], others, resets=resets)
        if direction != "from":
            self._network.cut(others, [server.address], resets=resets)
        try:
            yield
        finally:
            self._network.heal()

    async def _wait_for_progress(self, former: Server) -> None:
        """Waits until a command that began after an election is acknowledged: the services find the new primary."""

        async def is_acknowledged() -> bool:
            return any(began > elected_at for began, _, _ in self._recorder.acknowledged_at[-50:])

        if not await wait_until(partial(self._has_successor, former), _ELECTION_TIMEOUT_S):
            self._recorder.add_missing_part(f"a primary while {former.name} is cut off")
        elected_at = self._recorder.now()
        if not await wait_until(is_acknowledged, _PROGRESS_TIMEOUT_S):
            self._recorder.add_missing_part(f"an acknowledged command while {former.name} is cut off")

    async def _has_successor(self, former: Server) -> bool:
        others = [each for each in self._group.servers if each is not former]
        if isinstance(self._group, ClusterGroup):
            shard = await self._group.shard_seen_by(others[0])
            return bool(shard) and shard[0] is not former
        return any([await each.is_primary() for each in others])

    async def _kill(self, server: Server, seconds: float) -> None:
        self._recorder.add_fault("kill", server.name, seconds)
        await server.process.kill()
        await asyncio.sleep(seconds)
        server.process.start()

    async def _stop(self, servers: Sequence[Server], seconds: float) -> None:
        for each in servers:
            self._recorder.add_fault("stop", each.name, seconds)
            each.process.send(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        for each in servers:
            each.process.send(signal.SIGCONT)
