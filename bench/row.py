"""A row of the table: its figures by server, and its goals."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from machine import Cores
from measure import Figures, Pace, running_setup
from servers import TURNOUT, Server, Workload

OURS: Final = TURNOUT.name
MakeGoal = Callable[[str, float | None, float, str], "Goal"]
MANY: Final = 10_000  # most clients within the usual limit of open files of one process
_GROUPS_PER_S: Final = 200  # many changes are made 5 ms apart, as a group commit makes them


@dataclass(frozen=True)
class Goal:
    text: str
    value: str
    met: bool


@dataclass
class Row:
    """The figures of one kind of measurement.

    Attributes:
        columns: heading and unit of each figure, in order.
        lines: figures of each server by column; None for a missing one.
        doubt: reasons why the figures may be wrong.
    """

    name: str
    title: str
    columns: Sequence[str]
    lines: dict[str, dict[str, float | None]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    doubt: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def add_figures(self, server: str, figures: Figures) -> None:
        """Adds the raw figures, and a doubt if the load was the limit or connections were lost."""
        self.raw.setdefault(server, []).append(asdict(figures))
        if figures.is_saturated:
            self.doubt.append(
                f"{server}: the load's core was full ({figures.load_share:.0%}): these figures are its limit"
            )
        if figures.lost:
            self.doubt.append(f"{server}: {figures.lost} connections were lost")

    def add_goal_against_bun(self, text: str, goal: "MakeGoal", column: str, times: float) -> None:
        """Compares our figure with that of Bun, the fastest peer. Without Bun there is no goal: it is missing."""
        ours, bun = self.lines[OURS].get(column), self.lines.get("bun", {}).get(column)
        if bun:
            self.goals.append(goal(text, None if ours is None else ours / bun, times, "{:.2f}x"))

    def best(self, column: str, names: Sequence[str], choose: Callable[[Sequence[float]], float]) -> float | None:
        values = [value for name in names if (value := self.lines.get(name, {}).get(column)) is not None]
        return choose(values) if values else None


@dataclass
class Bench:
    cores: Cores
    seconds: float
    peers: Sequence[Server]
    report_progress: Callable[[str], None]

    async def figures(self, server: Server, workload: Workload, pace: Pace) -> Figures:
        self.report_progress(server.name)
        async with running_setup(server, workload, self.cores) as setup:
            return await setup.measure(pace, self.seconds)


def batch_size(rate: float) -> int:
    return max(1, round(rate / _GROUPS_PER_S))


def at_most(text: str, value: float | None, limit: float, format_text: str) -> Goal:
    return Goal(text, format_text.format(value or 0), value is not None and value <= limit)


def at_least(text: str, value: float | None, limit: float, format_text: str) -> Goal:
    return Goal(text, format_text.format(value or 0), value is not None and value >= limit)
