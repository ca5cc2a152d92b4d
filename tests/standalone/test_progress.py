"""Progress is shown as lines without a terminal, as a bar on one."""

import io

import pytest

from turnout.progress import show_progress


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_quick_task_prints_nothing() -> None:
    out, clock = io.StringIO(), Clock()
    with show_progress("Reading", total=10, out=out, clock=clock) as advance:
        advance(10)
        clock.now_s = 0.9
    assert out.getvalue() == ""


def test_a_longer_task_reports_at_intervals_and_at_its_end() -> None:
    out, clock = io.StringIO(), Clock()
    with show_progress("Reading", total=1_200, out=out, clock=clock) as advance:
        for clock.now_s in (0.5, 1.5, 3.0, 7.0):
            advance(300)
    assert out.getvalue().splitlines() == [
        "Reading: 600 of 1,200",
        "Reading: 1,200 of 1,200",
        "Reading: 1,200 in 7.0 s",
    ]


def test_an_unknown_total() -> None:
    out, clock = io.StringIO(), Clock()
    with show_progress("Writing", out=out, clock=clock) as advance:
        clock.now_s = 2.0
        advance()
    assert out.getvalue().splitlines() == ["Writing: 1", "Writing: 1 in 2.0 s"]


def test_a_failed_task_does_not_report_its_end() -> None:
    out, times_s = io.StringIO(), iter(range(0, 100, 5))
    with pytest.raises(ValueError, match="broken"), show_progress("Reading", out=out, clock=lambda: next(times_s)):
        raise ValueError("broken")
    assert out.getvalue() == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar() -> None:
    out = Terminal()
    with show_progress("Reading", total=2, out=out) as advance:
        advance(2)
    assert "Reading" in out.getvalue()
    assert "2/2" in out.getvalue()
