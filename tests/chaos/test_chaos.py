"""Short runs of ``make chaos``: real processes, one fault of each kind, on each topology."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from random import Random
from typing import Final

import pytest

from chaos.faults.cluster import Cluster
from chaos.faults.nemesis import Nemesis
from chaos.faults.topologies import Topology
from chaos.history.events import save
from chaos.history.recorder import Recorder
from chaos.run import RESULTS, run

RUN_MAX_S: Final = 150.0
SECONDS: Final = 40.0
REPLICATED_SECONDS: Final = 20.0
FAULTS: Final[dict[Topology, Collection[str]]] = {
    "sentinel": ("kill-primary", "cut-replica", "kill-command"),  # Sentinels take 10 s for a failover
    "cluster": ("kill-primary", "cut-primary", "move-slot", "failover", "stop-replica", "kill-command"),
}


@pytest.mark.timeout(300)
async def test_faults_of_every_kind_cause_no_violation(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    faults = len(Nemesis(cluster, Recorder(), Random()).kinds)
    await check_run("slice", faults, SECONDS, cluster)


@pytest.mark.alone
@pytest.mark.timeout(300)
@pytest.mark.parametrize("topology", FAULTS)
async def test_faults_of_replicated_servers_cause_no_violation(topology: Topology, tmp_path: Path) -> None:
    cluster, only = Cluster(tmp_path, topology=topology), FAULTS[topology]
    await check_run(f"{topology}-slice", len(only), REPLICATED_SECONDS, cluster, only)


async def check_run(seed: str, faults: int, seconds: float, cluster: Cluster, only: Collection[str] = ()) -> None:
    try:
        async with asyncio.timeout(RUN_MAX_S):
            result = await run(seed, faults, seconds, cluster, each_kind=True, only=only)
    except TimeoutError:
        files = sorted([*cluster.folder.rglob("*.log"), *cluster.folder.rglob("log")])
        logs = "\n".join(f"{path.relative_to(cluster.folder)}:\n{tail_of(path)}" for path in files)
        pytest.fail(f"the run did not end within {RUN_MAX_S:.0f} s\n{logs}")
    if result.violations:
        result.path = RESULTS / f"chaos-{seed}.jsonl"
        save(result.events, result.path)
    assert not result.violations, str(result)


def tail_of(log: Path) -> str:
    return log.read_text(errors="replace")[-3_000:]
