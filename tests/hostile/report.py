"""The figures of a run and its verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from hostile.person import Samples

BEFORE: Final = "before"
DURING: Final = "during"
AFTER: Final = "after"
PHASES: Final = (BEFORE, DURING, AFTER)
_ERRORS_SHOWN: Final = 10
_SETTLED_LOOKS: Final = 5  # the last looks of a phase
_HEAP_MB: Final = 16.0  # by which the heap of a small process grows once: free blocks between blocks in use


@dataclass(frozen=True)
class Goals:
    """The goals of a run; None where a figure is only reported.

    Attributes:
        memory_during, memory_after: resident memory as a multiple of that before. Growth by 16 MB misses neither.
        p99_ratio: of the 99th percentile during the attack, as a multiple of that before.
        p99_max_s: a bound in seconds, for machines whose other load makes ratios meaningless.
    """

    memory_during: float = 1.3
    memory_after: float = 1.1
    p99_ratio: float | None = 3.0
    p99_max_s: float | None = None


@dataclass
class Measured:
    """The figures of one phase.

    Attributes:
        resident_mb: looks at the memory of each part, in order of time.
        cpu: cores that the deployment used on average.
    """

    samples: Samples
    resident_mb: list[dict[str, float]] = field(default_factory=list)
    cpu: float = 0.0

    def totals_mb(self) -> list[float]:
        return [sum(each.values()) for each in self.resident_mb]

    def settled_mb(self) -> float:
        """The memory at the end of the phase."""
        return median(self.totals_mb()[-_SETTLED_LOOKS:])


@dataclass
class Report:
    """A run.

    Attributes:
        attackers: the output of the attackers' process.
        fresh_mb: resident memory right after the start, before the crowd.
    """

    title: str
    goals: Goals
    phases: Mapping[str, Measured]
    attackers: Mapping[str, Any]
    fresh_mb: float

    def resident_mb(self) -> tuple[float, float, float]:
        """Memory before the attack, at its peak, and after it."""
        return self.phases[BEFORE].settled_mb(), max(self.phases[DURING].totals_mb()), self.phases[AFTER].settled_mb()

    def missed(self) -> list[str]:
        """The goals that the run missed, as sentences."""
        missed = []
        before_mb, peak_mb, after_mb = self.resident_mb()
        for part, size_mb, limit in (
            (DURING, peak_mb, self.goals.memory_during),
            (AFTER, after_mb, self.goals.memory_after),
        ):
            if size_mb > max(limit * before_mb, before_mb + _HEAP_MB):
                goal = f"{limit}x, or {_HEAP_MB:.0f} MB more"
                missed.append(f"memory {part} is {size_mb / before_mb:.2f}x of before; the goal is {goal}")
        for name, times in self._series().items():
            before_s, during_s = percentile(times[BEFORE], 99), percentile(times[DURING], 99)
            if self.goals.p99_ratio is not None and during_s > self.goals.p99_ratio * before_s:
                missed.append(
                    f"p99 of {name} during is {during_s / before_s:.1f}x of before; the goal is {self.goals.p99_ratio}x"
                )
            if self.goals.p99_max_s is not None and during_s > self.goals.p99_max_s:
                missed.append(f"p99 of {name} during is {during_s:.2f} s; the goal is {self.goals.p99_max_s} s")
        errors = sum(len(each.samples.errors) for each in self.phases.values())
        if errors:
            missed.append(f"people met {errors} errors; the goal is none")
        faults = self._server_faults()
        if faults:
            missed.append(f"attackers got {faults} responses with status 500; the goal is none")
        return missed

    def __str__(self) -> str:
        return "\n".join([self.title, *self._figures(), *self._attacks(), *self._errors(), *self._verdict()])

    def _series(self) -> dict[str, dict[str, Sequence[float]]]:
        return {
            "requests": {phase: self.phases[phase].samples.requests_s for phase in PHASES},
            "patches": {phase: self.phases[phase].samples.patches_s for phase in PHASES},
        }

    def _server_faults(self) -> int:
        return sum(each["statuses"].get("500", 0) for each in self.attackers["attacks"].values())

    def _figures(self) -> list[str]:
        before_mb, peak_mb, after_mb = sizes = self.resident_mb()
        rows = [
            f"  resident memory right after the start: {self.fresh_mb:.0f} MB",
            _row("", PHASES, "ratio"),
            _row(
                "resident memory, MB (settled, peak, settled)",
                (f"{each:.0f}" for each in sizes),
                f"{peak_mb / before_mb:.2f}, then {after_mb / before_mb:.2f}",
            ),
        ]
        parts = {name for each in self.phases.values() for look in each.resident_mb for name in look}
        rows += [
            _row(f"  {part}, peak", (f"{self._peak_mb(phase, part):.0f}" for phase in PHASES)) for part in sorted(parts)
        ]
        for name, times in self._series().items():
            for percent in (50, 99):
                found = [percentile(times[phase], percent) * 1000 for phase in PHASES]
                ratio = f"{found[1] / found[0]:.1f}"
                rows.append(_row(f"{name} of people, p{percent}, ms", (f"{each:.1f}" for each in found), ratio))
            rows.append(_row(f"{name} of people, number", (str(len(times[phase])) for phase in PHASES)))
        rows.append(_row("errors of people", (str(len(self.phases[phase].samples.errors)) for phase in PHASES)))
        rows.append(_row("cores that the product used", (f"{self.phases[phase].cpu:.2f}" for phase in PHASES)))
        rows.append(_row("cores that the attackers used", ("", f"{self._attackers_cpu():.2f}")))
        rows.append(_row("connections and writes of the attackers a second", ("", f"{self._attackers_pace():.0f}")))
        return rows

    def _peak_mb(self, phase: str, part: str) -> float:
        return max((look.get(part, 0.0) for look in self.phases[phase].resident_mb), default=0.0)

    def _attackers_cpu(self) -> float:
        cores: float = self.attackers["cpu_s"] / self.attackers["seconds"]
        return cores

    def _attackers_pace(self) -> float:
        """Steps a second. Far fewer than the attacks plan mean that the machine is too busy for a verdict."""
        steps: float = sum(each["steps"] for each in self.attackers["attacks"].values())
        seconds: float = self.attackers["seconds"]
        return steps / seconds

    def _attacks(self) -> list[str]:
        rows = [f"  {'attack':36}{'connections':>12}{'steps':>8}{'MB sent':>9}{'ended':>8}  statuses"]
        for name, each in self.attackers["attacks"].items():
            statuses = ", ".join(f"{status}: {count}" for status, count in sorted(each["statuses"].items()))
            rows.append(
                f"  {name:36}{each['connections']:12,}{each['steps']:8,}{each['sent_bytes'] / 1e6:9.1f}"
                f"{each['ended_by_target']:8,}  {statuses}"
            )
        return rows

    def _errors(self) -> list[str]:
        return [
            f"  error {phase}: {error}"
            for phase in PHASES
            for error in self.phases[phase].samples.errors[:_ERRORS_SHOWN]
        ]

    def _verdict(self) -> list[str]:
        missed = self.missed()
        return [f"  missed: {each}" for each in missed] or ["  all goals are met"]


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile; infinity without values, since nobody got an answer."""
    if not values:
        return float("inf")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]


def _row(name: str, figures: Iterable[str], ratio: str = "") -> str:
    return f"  {name:50}{''.join(f'{each:>10}' for each in figures)}   {ratio}"
