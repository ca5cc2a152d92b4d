"""The guard of the wall clock notices steps, and commits of a time to come."""

import logging

import pytest

from turnout_command.metrics import Metrics
from turnout_command.write.clock_guard import ClockGuard, duration

DAY_MS = 24 * 60 * 60 * 1000
NOON = 1_800_000_000_000
SETTLE_S = 2.0


class Clocks:
    """A wall clock, which can be set, and a clock since boot."""

    def __init__(self) -> None:
        self.wall_ms = NOON
        self.boot_s = 1_000.0
        self.metrics = Metrics()
        self.guard = ClockGuard(lambda: self.wall_ms, lambda: self.boot_s, self.metrics, settle_s=SETTLE_S)

    def pass_s(self, seconds: float) -> None:
        self.wall_ms += round(seconds * 1000)
        self.boot_s += seconds

    def steps(self, direction: str) -> float:
        return self.metrics.registry.get_sample_value("turnout_clock_steps_total", {"direction": direction}) or 0.0

    def ahead_s(self) -> float | None:
        return self.metrics.registry.get_sample_value("turnout_commit_ahead_seconds")


def test_a_commit_ahead_of_the_clock_is_trouble_until_the_clock_has_settled(caplog: pytest.LogCaptureFixture) -> None:
    clocks, committed_at = Clocks(), NOON + 365 * DAY_MS
    clocks.guard.check(committed_at)
    assert "365 days ahead of the clock" in (clocks.guard.trouble or "")
    assert "365 days ahead" in caplog.text
    assert clocks.ahead_s() == 365 * DAY_MS / 1000
    clocks.pass_s(SETTLE_S - 0.1)
    clocks.guard.check(committed_at)
    assert clocks.guard.trouble is not None
    clocks.pass_s(0.1)
    clocks.guard.check(committed_at)
    assert clocks.guard.trouble is None
    clocks.pass_s(60)
    clocks.guard.check(committed_at)
    assert clocks.guard.trouble is None  # it is known that this commit is of a wrong clock
    clocks.guard.check(NOON)
    assert clocks.ahead_s() == 0


def test_a_clock_that_steps_is_not_trusted_yet() -> None:
    clocks = Clocks()
    clocks.guard.check(NOON + DAY_MS)
    for _ in range(3):
        clocks.pass_s(SETTLE_S)
        clocks.wall_ms += 5_000
        clocks.guard.check(NOON + DAY_MS)
        assert clocks.guard.trouble is not None
    clocks.pass_s(SETTLE_S)
    clocks.guard.check(NOON + DAY_MS)
    assert clocks.guard.trouble is None


@pytest.mark.parametrize(("ahead_ms", "is_trouble"), [(60_000, False), (60_001, True), (-DAY_MS, False)])
def test_a_minute_is_allowed(ahead_ms: int, is_trouble: bool) -> None:
    clocks = Clocks()
    clocks.guard.check(NOON + ahead_ms)
    assert (clocks.guard.trouble is not None) is is_trouble


@pytest.mark.parametrize(
    ("step_ms", "direction", "words"),
    [(DAY_MS, "ahead", "set ahead by 24 hours"), (-10_000, "back", "set back by 10 s")],
)
def test_a_step_is_logged_and_counted(
    step_ms: int, direction: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    clocks = Clocks()
    clocks.pass_s(1)
    clocks.guard.check(NOON)
    assert caplog.text == ""
    clocks.wall_ms += step_ms
    clocks.pass_s(1)
    clocks.guard.check(NOON)
    assert words in caplog.text
    assert clocks.steps(direction) == 1


def test_a_clock_that_runs_fast_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clocks = Clocks()
    for _ in range(90):
        clocks.pass_s(1)
        clocks.wall_ms += 9_000
        clocks.guard.check(NOON)
    assert [record.getMessage().partition(" by ")[2] for record in caplog.records] == ["9 s", "9 minutes"]
    assert clocks.steps("ahead") == 90


def test_a_suspended_process_is_no_step() -> None:
    """It may be suspended between the two readings, too."""
    metrics = Metrics()
    boot_s = iter([0, 0, 1, 31, 32, 32])
    wall_ms = iter([NOON, NOON + 31_000, NOON + 32_000])
    guard = ClockGuard(lambda: next(wall_ms), lambda: next(boot_s), metrics, settle_s=SETTLE_S)
    guard.check(NOON)
    guard.check(NOON)
    assert "turnout_clock_steps_total{" not in metrics.render().decode()


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (1_000, "1 s"),
        (90_000, "90 s"),
        (7_200_000, "2 hours"),
        (172_799_990, "2 days"),
        (365 * DAY_MS - 60_000, "365 days"),
    ],
)
def test_durations_are_words(ms: int, words: str) -> None:
    assert duration(ms) == words
