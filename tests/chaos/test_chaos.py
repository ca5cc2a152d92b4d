"""A short run of ``make chaos``: real processes, one fault of each kind."""

from pathlib import Path
from random import Random

import pytest

from chaos.faults.cluster import Cluster
from chaos.faults.nemesis import Nemesis
from chaos.history.events import save
from chaos.history.recorder import Recorder
from chaos.run import RESULTS, run

SECONDS = 40.0


@pytest.mark.timeout(180)
async def test_faults_of_every_kind_cause_no_violation(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    faults = len(Nemesis(cluster, Recorder(), Random()).kinds)
    result = await run("slice", faults, SECONDS, cluster, each_kind=True)
    if result.violations:
        result.path = RESULTS / "chaos-slice.jsonl"
        save(result.events, result.path)
    assert not result.violations, str(result)
