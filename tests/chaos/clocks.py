"""Sets wall clocks wrong under load, and measures how soon everything is right after the clocks are.

    python -m chaos.clocks --seed 7 --faults 100

All is right when a command service leads without trouble, a command is acknowledged, and exactly those events are over
whose end has passed. The history is checked as in ``chaos.run``.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from chaos.checker.checker import check
from chaos.clients.waiting import wait_until
from chaos.faults.clock_faults import KINDS, run_wrong, set_all
from chaos.faults.cluster import Cluster, Node
from chaos.faults.topologies import SingleServer
from chaos.history.events import save
from chaos.history.history_index import Violation
from chaos.run import KEYS, RESULTS, Run
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.clock import wall_ms
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_core.runtime.valkey_client import connect

HEALED_WITHIN_S: Final = 5.0
_TIMEOUT_S: Final = 60.0
_WRONG_S: Final = (0.3, 2.0)
_KILLS: Final = ("nothing", "leader", "valkey")  # what a wrong clock outlives


class ClockFaults:
    """Injects one fault after another.

    Attributes:
        healed_s: seconds from the right clock until everything was right, of each fault.
        counts: number of faults by kind.
    """

    def __init__(self, run: Run, follower: Follower, seed: str) -> None:
        self.healed_s: list[float] = []
        self.counts: Counter[str] = Counter()
        self._run = run
        self._cluster = run.cluster
        self._follower = follower
        self._rng = Random(f"{seed}/clocks")

    async def inject(self, faults: int) -> None:
        while self.counts.total() < faults:
            await self._inject_one(KINDS[self.counts.total() % len(KINDS)])

    async def _inject_one(self, kind: str) -> None:
        clocks, leader = self._cluster.clocks, await self._find_leader()
        wrong = [clocks[leader.name]] if kind == "clock-of-leader" else [*clocks.values()]
        seconds, killed = self._rng.uniform(*_WRONG_S), self._rng.choice(_KILLS)
        self._run.recorder.add_fault(f"{kind}, {killed} killed", "clocks", seconds)
        self.counts[f"{kind}, {killed} killed"] += 1
        await run_wrong(kind, wrong, self._rng, seconds)
        servers = self._cluster.servers
        assert isinstance(servers, SingleServer)
        process = {"leader": leader.process, "valkey": servers.process}.get(killed)
        if process is not None:
            await process.kill()
        right_s = self._run.recorder.now()
        set_all(wrong, 0)
        if process is not None:
            process.start()
        if not await wait_until(lambda: self._is_healed(right_s), _TIMEOUT_S):
            raise RuntimeError(f"not healed {_TIMEOUT_S:.0f} s after {kind}, {killed} killed")
        self.healed_s.append(self._run.recorder.now() - right_s)
        await self._cluster.wait_until_ready(_TIMEOUT_S)

    async def _find_leader(self) -> Node:
        while (leader := await self._cluster.leader()) is None:
            if not await self._cluster.wait_until_ready(_TIMEOUT_S):
                raise RuntimeError("no command service leads")
        return leader

    async def _is_healed(self, right_s: float) -> bool:
        acknowledged = any(began > right_s for began, _, _ in reversed(self._run.recorder.acknowledged_at[-50:]))
        return acknowledged and self._are_ends_right() and await self._cluster.leader() is not None

    def _are_ends_right(self) -> bool:
        now = wall_ms()
        state = self._follower.state
        return state is not None and all(
            event.ended is (event.details.ends_at <= now) for event in state.events.values()
        )


async def run_clock_faults(seed: str, faults: int, cluster: Cluster) -> tuple[ClockFaults, list[Violation]]:
    """Runs ``faults`` faults under load, and checks the history. Raises RuntimeError if one is not healed."""
    async with cluster.running():
        run = Run(seed, cluster, ends=True)
        journal = ValkeyJournal(connect(cluster.valkey_url), connect(cluster.valkey_url), KEYS)
        follower = Follower(journal, NullListener())
        following = asyncio.create_task(follower.run())
        try:
            injected = ClockFaults(run, follower, seed)
            events = await run.observe(lambda: injected.inject(faults))
        finally:
            await cancel_and_wait(following)
            await journal.close()
    violations = check(events)
    if violations:
        save(events, RESULTS / f"chaos-clocks-{seed}.jsonl")
    return injected, violations


def report(injected: ClockFaults, violations: list[Violation]) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(injected.counts.items()))
    times = injected.healed_s
    lines = [
        f"{injected.counts.total()} faults of wall clocks: {kinds}",
        f"healed after the clocks were right: median {median(times):.2f} s, longest {max(times):.2f} s",
        f"goal: within {HEALED_WITHIN_S:.0f} s",
        *(f"  {each}" for each in violations[:10]),
        f"{len(violations)} violations",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.clocks", description=__doc__)
    parser.add_argument("--seed", default="")
    parser.add_argument("--faults", type=int, default=100)
    arguments = parser.parse_args()
    seed: str = arguments.seed or str(time.time_ns() % 1_000_000)
    with tempfile.TemporaryDirectory(prefix="turnout-chaos-") as folder:
        cluster = Cluster(Path(folder))
        if not cluster.clocks:
            sys.exit("libfaketime is needed: install faketime")
        injected, violations = asyncio.run(run_clock_faults(seed, arguments.faults, cluster))
    sys.stdout.write(f"seed {seed}: {report(injected, violations)}\n")
    sys.exit(bool(violations) or max(injected.healed_s) > HEALED_WITHIN_S)


if __name__ == "__main__":
    main()
