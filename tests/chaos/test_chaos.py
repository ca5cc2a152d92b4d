"""A short run of ``make chaos``: real processes, one fault of each kind."""

from pathlib import Path

import pytest

from chaos.faults.cluster import Cluster
from chaos.history.events import save
from chaos.run import RESULTS, run

FAULTS = 17  # one of each kind except the long ones
SECONDS = 30.0


@pytest.mark.timeout(180)
async def test_faults_of_every_kind_cause_no_violation(tmp_path: Path) -> None:
    result = await run("slice", FAULTS, SECONDS, Cluster(tmp_path), each_kind=True)
    if result.violations:
        result.path = RESULTS / "chaos-slice.jsonl"
        save(result.events, result.path)
    assert not result.violations, str(result)
