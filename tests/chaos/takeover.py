"""Measures a takeover: from ``kill -9`` of the writer to the first command that the standby acknowledges.

python -m chaos.takeover 10
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

from chaos.clients.waiting import becomes_true
from chaos.faults.cluster import Cluster
from chaos.run import Run

_ACKNOWLEDGED_S = 20.0
_BACK_S = 30.0


async def takeovers(count: int, folder: Path) -> list[float]:
    """Seconds from each kill to the end of the first acknowledged change that began after it."""
    cluster = Cluster(folder)
    async with cluster.running():
        run = Run("takeover", cluster, ends=False)
        async with run.people():
            return [await _one(cluster, run) for _ in range(count)]


async def _one(cluster: Cluster, run: Run) -> float:
    recorder = run.recorder
    leader = await cluster.leader()
    assert leader is not None, "nobody leads"
    killed = recorder.now()
    await leader.process.kill()

    def first() -> float | None:
        since = (
            ended for began, ended, by in reversed(recorder.acknowledged_at) if began > killed and by != leader.name
        )
        return min(since, default=None)

    async def acknowledged() -> bool:
        return first() is not None

    await becomes_true(acknowledged, _ACKNOWLEDGED_S)
    ended = first()
    leader.process.start()
    await cluster.alive(leader)
    if not await cluster.ready(_BACK_S) or ended is None:
        raise RuntimeError("no standby took over")
    return ended - killed


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="turnout-takeover-") as folder:
        times = asyncio.run(takeovers(int(sys.argv[1]) if len(sys.argv) > 1 else 10, Path(folder)))
    sys.stdout.write(
        f"takeover after kill -9 of the writer, to the first acknowledged command, {len(times)} times: "
        f"median {median(times):.2f} s, longest {max(times):.2f} s\n"
    )


if __name__ == "__main__":
    main()
