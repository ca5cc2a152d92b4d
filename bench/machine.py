"""Reads figures of this machine and its processes from /proc, and assigns cores."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cores:
    """One core for the server alone, another for everything else."""

    server: int
    load: int


def cores() -> Cores:
    """Chooses two cores. Raises SystemExit if there are fewer."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise SystemExit("bench: needs two cores, one for the server and one for the load")
    return Cores(server=allowed[-1], load=allowed[0])


def describe() -> dict[str, str | int]:
    return {
        "cpu": _first("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 1024**2),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def cpu_s(pid: int) -> float:
    """User and system time of a process and its descendants, in seconds."""
    return sum(_own_cpu_s(each) for each in tree(pid))


def tree(pid: int) -> list[int]:
    """The process and its descendants."""
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        children += [int(each) for each in task.read_text().split()]
    return [pid, *(descendant for child in children for descendant in tree(child))]


def resident_bytes(pid: int) -> int:
    return sum(_status_kb(each, "VmRSS") for each in tree(pid)) * 1024


def peak_bytes(pid: int) -> int:
    """The highest number of resident bytes since ``reset_peak``."""
    return sum(_status_kb(each, "VmHWM") for each in tree(pid)) * 1024


def reset_peak(pid: int) -> None:
    """Resets the peak to the present resident bytes (proc(5), clear_refs)."""
    for each in tree(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


class CoreUsage:
    """The share of a core that all processes have used since this object was created."""

    def __init__(self, core: int) -> None:
        self._core = core
        self._start = self._read()

    def share(self) -> float:
        busy, total = (now - then for now, then in zip(self._read(), self._start, strict=True))
        return busy / total if total else 0.0

    def _read(self) -> tuple[int, int]:
        for line in Path("/proc/stat").read_text().splitlines():
            name, *fields = line.split()
            if name == f"cpu{self._core}":
                ticks = [int(field) for field in fields[:8]]
                return sum(ticks) - ticks[3] - ticks[4], sum(ticks)
        raise SystemExit(f"bench: no core {self._core}")


def _own_cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def _status_kb(pid: int, field: str) -> int:
    return int((_first(f"/proc/{pid}/status", field) or "0").split()[0])


def _first(path: str, field: str) -> str | None:
    for line in Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return None
