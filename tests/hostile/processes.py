"""The memory and the processor time of a deployment's processes."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress

import psutil


class Processes:
    """The processes of a deployment, and all that they started.

    Args:
        roots: maps the name of a part to the id of its first process.
    """

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}

    def resident_mb(self) -> dict[str, float]:
        """Resident memory in MB by part and program."""
        return self._sum(lambda process: process.memory_info().rss / 1e6)

    def cpu_s(self) -> float:
        """Processor time so far of the processes that run now."""
        return sum(self._sum(lambda process: sum(process.cpu_times()[:2])).values())

    def _sum(self, measure: Callable[[psutil.Process], float]) -> dict[str, float]:
        sums: defaultdict[str, float] = defaultdict(float)
        for name, root in self._roots.items():
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):  # it ended meanwhile
                    sums[f"{name} ({process.name()})"] += measure(process)
        return dict(sums)
