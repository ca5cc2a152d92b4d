"""A row of the table: what was measured, for which servers, and whether the goals are met."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from machine import Cores
from measure import Figures, Pace, bed
from servers import Server, Work

MANY: Final = 10_000  # clients that fit into one process with the usual limit of open files
_GROUPS_PER_S: Final = 200  # many changes are made 5 ms apart, as a group commit makes them


@dataclass(frozen=True)
class Goal:
    text: str
    value: str
    met: bool


@dataclass
class Row:
    """
    Attributes:
        columns: heading and unit of each figure, in order.
        lines: for each server its figures by column; None where there is none.
        doubt: why the figures may say nothing about the server.
    """

    name: str
    title: str
    columns: Sequence[str]
    lines: dict[str, dict[str, float | None]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    doubt: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def note(self, server: str, figures: Figures) -> None:
        """Keeps everything that was measured, and says where the load generator was the limit."""
        self.raw.setdefault(server, []).append(asdict(figures))
        if figures.saturated:
            self.doubt.append(
                f"{server}: the load's core was full ({figures.load_share:.0%}): these figures are its limit"
            )
        if figures.lost:
            self.doubt.append(f"{server}: {figures.lost} connections were lost")

    def best(self, column: str, names: Sequence[str], choose: Callable[[Sequence[float]], float]) -> float | None:
        found = [value for name in names if (value := self.lines.get(name, {}).get(column)) is not None]
        return choose(found) if found else None


@dataclass
class Bench:
    cores: Cores
    seconds: float
    peers: Sequence[Server]
    say: Callable[[str], None]

    @property
    def peer_names(self) -> list[str]:
        return [peer.name for peer in self.peers]

    async def figures(self, server: Server, work: Work, pace: Pace) -> Figures:
        self.say(server.name)
        async with bed(server, work, self.cores) as one:
            return await one.measure(pace, self.seconds)


def batched(rate: float) -> int:
    return max(1, round(rate / _GROUPS_PER_S))


def at_most(text: str, value: float | None, most_allowed: float, form: str) -> Goal:
    return Goal(text, form.format(value or 0), value is not None and value <= most_allowed)


def at_least(text: str, value: float | None, least: float, form: str) -> Goal:
    return Goal(f"at least {text}", form.format(value or 0), value is not None and value >= least)
