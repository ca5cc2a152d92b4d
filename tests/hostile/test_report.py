"""The verdict of a run, on figures that are made up."""

from typing import Any

import pytest

from hostile.person import Samples
from hostile.report import AFTER, BEFORE, DURING, Goals, Measured, Report, percentile


def measured(*, size_mb: float = 100.0, request_s: float = 0.01, errors: tuple[str, ...] = ()) -> Measured:
    return Measured(Samples([request_s] * 100, [request_s] * 100, list(errors)), [{"turnout up": size_mb}])


def report(during: Measured, after: Measured, statuses: dict[str, int] | None = None) -> Report:
    attack: dict[str, Any] = {
        "connections": 1,
        "steps": 1,
        "sent_bytes": 0,
        "ended_by_target": 0,
        "statuses": statuses or {},
    }
    attackers = {"seconds": 1.0, "cpu_s": 0.1, "attacks": {"noise": attack}}
    return Report("a run", Goals(), {BEFORE: measured(), DURING: during, AFTER: after}, attackers, 90.0)


def test_a_run_within_its_goals_misses_none() -> None:
    run = report(measured(size_mb=129, request_s=0.029), measured(size_mb=115), {"400": 7})
    assert run.missed() == []
    assert "all goals are met" in str(run)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (report(measured(size_mb=131), measured()), "memory during is 1.31x"),
        (report(measured(), measured(size_mb=117)), "memory after is 1.17x"),
        (report(measured(request_s=0.031), measured()), "p99 of requests during is 3.1x"),
        (report(measured(errors=("no answer",)), measured()), "people met 1 errors"),
        (report(measured(), measured(errors=("no answer",))), "people met 1 errors"),
        (report(measured(), measured(), {"500": 2}), "2 responses with status 500"),
    ],
    ids=["peak", "rest", "slow", "error", "error after", "fault"],
)
def test_a_missed_goal_is_named(run: Report, words: str) -> None:
    assert any(words in each for each in run.missed())
    assert words in str(run)


def test_no_answer_is_no_fast_answer() -> None:
    assert percentile([], 99) == float("inf")
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile(list(range(1, 101)), 99) == 99
