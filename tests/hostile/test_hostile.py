"""A short run of ``make hostile``: all attacks at once, on `turnout up`."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from hostile.report import Goals
from hostile.run import Run
from hostile.targets import turnout_up

SECONDS: Final = 8.0
GOALS: Final = Goals(p99_ratio=None, p99_max_s=5.0)  # the other tests that run now make ratios of times meaningless


@pytest.mark.timeout(180)
async def test_hostile_clients_cost_little_memory_and_no_answer(
    tmp_path: Path, report_figure: Callable[[str], None]
) -> None:
    with turnout_up(tmp_path) as deployed:
        report = await Run(deployed, "slice", SECONDS).execute(GOALS)
    before_mb, peak_mb, after_mb = report.resident_mb()
    report_figure(
        f"all hostile clients for {SECONDS:.0f} s: {before_mb:.0f} MB before, {peak_mb:.0f} MB at the peak, "
        f"{after_mb:.0f} MB after"
    )
    assert report.missed() == [], str(report)
    idle = [name for name, each in report.attackers["attacks"].items() if not each["connections"]]
    assert idle == []
