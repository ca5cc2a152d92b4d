"""Measures takeovers: from ``kill -9`` of the writer, or of its primary, to the first acknowledged command after it.

    python -m chaos.takeover 10 --topology sentinel

After each kill of a primary, it also counts the live clients that show the next change of their view by a patch,
without a new snapshot.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final, get_args

from chaos.clients.steady_client import SteadyClient
from chaos.clients.waiting import wait_until
from chaos.faults.cluster import Cluster
from chaos.faults.topologies import ReplicatedServers, Topology
from chaos.run import Run, running_beside

_TAKEOVER_TIMEOUT_S: Final = 30.0
_RECOVERY_TIMEOUT_S: Final = 30.0
_CONVERGENCE_TIMEOUT_S: Final = 20.0
_CLIENTS: Final = 100


class Takeovers:
    """Kills under load.

    Attributes:
        of_writer_s, of_primary_s: seconds from each kill to the end of the first acknowledged change after it.
        patched, clients: live clients that went on by patches after a kill of the primary, of how many.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.of_writer_s: list[float] = []
        self.of_primary_s: list[float] = []
        self.patched = self.clients = 0
        self._cluster = cluster
        self._run = Run("takeover", cluster, ends=False)

    async def measure(self, count: int) -> None:
        """Kills the writer ``count`` times; then the primary as often, if it has replicas."""
        async with self._run.people_acting():
            for _ in range(count):
                await self._kill_writer()
            servers = self._cluster.servers
            if isinstance(servers, ReplicatedServers):
                await self._kill_primaries(servers, count)

    async def _kill_writer(self) -> None:
        leader = await self._cluster.leader()
        assert leader is not None, "no command service leads"
        killed_at = self._run.recorder.now()
        await leader.process.kill()
        self.of_writer_s.append(await self._wait_for_command(killed_at, lambda service: service != leader.name))
        leader.process.start()
        await self._cluster.wait_until_alive(leader)
        await self._wait_until_ready()

    async def _kill_primaries(self, servers: ReplicatedServers, count: int) -> None:
        host = self._run.new_person("host")
        await host.sign_up()
        event = await host.create()
        assert event is not None, "no event could be created"
        gateways = self._cluster.gateways
        clients = [SteadyClient(gateways[number % 2], f"events/{event.id}") for number in range(_CLIENTS)]
        async with running_beside(*(each.run() for each in clients)):
            for number in range(count):
                await self._show(clients, await host.retitle(event, f"Before kill {number}"))
                snapshots = [each.snapshots for each in clients]
                primary = await servers.group.primary()
                await primary.process.kill()
                killed_at = self._run.recorder.now()
                self.of_primary_s.append(await self._wait_for_command(killed_at, lambda _: True))
                await self._show(clients, await host.retitle(event, f"After kill {number}"))
                self.clients += len(clients)
                self.patched += sum(each.snapshots == before for each, before in zip(clients, snapshots, strict=True))
                primary.process.start()
                if not await servers.settle():
                    raise RuntimeError("the servers are not in step after a kill")
                await self._wait_until_ready()

    async def _show(self, clients: list[SteadyClient], position: str | None) -> None:
        """Waits until all clients show the change at ``position``. Raises RuntimeError."""
        assert position is not None, "the change of the title was refused"

        async def is_shown() -> bool:
            return all(each.has_reached(position) for each in clients)

        if not await wait_until(is_shown, _CONVERGENCE_TIMEOUT_S):
            raise RuntimeError(f"{sum(not each.has_reached(position) for each in clients)} live clients lack a change")

    async def _wait_for_command(self, killed_at: float, is_meant: Callable[[str], bool]) -> float:
        """Seconds until the first acknowledged change that began after ``killed_at``, of a service that is meant."""
        acknowledged_at = self._run.recorder.acknowledged_at

        def first() -> float | None:
            found = (ended for began, ended, service in acknowledged_at if began > killed_at and is_meant(service))
            return min(found, default=None)

        async def is_acknowledged() -> bool:
            return first() is not None

        await wait_until(is_acknowledged, _TAKEOVER_TIMEOUT_S)
        ended = first()
        if ended is None:
            raise RuntimeError("no command was acknowledged after a kill")
        return ended - killed_at

    async def _wait_until_ready(self) -> None:
        if not await self._cluster.wait_until_ready(_RECOVERY_TIMEOUT_S):
            raise RuntimeError("the services are not ready after a kill")


async def takeovers(count: int, cluster: Cluster) -> Takeovers:
    """Measures ``count`` takeovers of each kind."""
    async with cluster.running():
        measured = Takeovers(cluster)
        await measured.measure(count)
        return measured


def _report(what: str, times: list[float]) -> str:
    return (
        f"takeover after kill -9 of {what}, to the first acknowledged command, {len(times)} times: "
        f"median {median(times):.2f} s, longest {max(times):.2f} s\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.takeover", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10)
    parser.add_argument("--topology", choices=get_args(Topology), default="single")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-takeover-") as folder:
        cluster = Cluster(Path(folder), topology=arguments.topology)
        measured = asyncio.run(takeovers(arguments.count, cluster))
    sys.stdout.write(_report("the writer", measured.of_writer_s))
    if measured.of_primary_s:
        sys.stdout.write(_report("the primary", measured.of_primary_s))
        share = measured.patched / measured.clients
        sys.stdout.write(f"{share:.1%} of {measured.clients} live clients went on by patches after it\n")


if __name__ == "__main__":
    main()
