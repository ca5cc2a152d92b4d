"""Measures a takeover: from ``kill -9`` of the writer to the first command that the standby acknowledges.

python -m chaos.takeover 10
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

from chaos.clients.waiting import wait_until
from chaos.faults.cluster import Cluster
from chaos.run import Run

_TAKEOVER_TIMEOUT_S = 20.0
_RECOVERY_TIMEOUT_S = 30.0


async def takeovers(count: int, folder: Path) -> list[float]:
    """Measures the seconds from each kill to the end of the first acknowledged change that began after it."""
    cluster = Cluster(folder)
    async with cluster.running():
        run = Run("takeover", cluster, ends=False)
        async with run.people_acting():
            return [await _measure_takeover(cluster, run) for _ in range(count)]


async def _measure_takeover(cluster: Cluster, run: Run) -> float:
    recorder = run.recorder
    leader = await cluster.leader()
    assert leader is not None, "no command service leads"
    killed_at = recorder.now()
    await leader.process.kill()

    def first_acknowledged_s() -> float | None:
        times = (
            ended
            for began, ended, service in reversed(recorder.acknowledged_at)
            if began > killed_at and service != leader.name
        )
        return min(times, default=None)

    async def acknowledged() -> bool:
        return first_acknowledged_s() is not None

    await wait_until(acknowledged, _TAKEOVER_TIMEOUT_S)
    ended = first_acknowledged_s()
    leader.process.start()
    await cluster.wait_until_alive(leader)
    if not await cluster.wait_until_ready(_RECOVERY_TIMEOUT_S) or ended is None:
        raise RuntimeError("no standby took over")
    return ended - killed_at


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="turnout-takeover-") as folder:
        times = asyncio.run(takeovers(int(sys.argv[1]) if len(sys.argv) > 1 else 10, Path(folder)))
    sys.stdout.write(
        f"takeover after kill -9 of the writer, to the first acknowledged command, {len(times)} times: "
        f"median {median(times):.2f} s, longest {max(times):.2f} s\n"
    )


if __name__ == "__main__":
    main()
