"""Runs hostile clients against a deployment, and watches its memory and what well-behaved people notice.

    python -m hostile.run --seed 7 --seconds 60
    python -m hostile.run --compose

The seed determines what attackers and people do, but not the scheduling of the processes. The exit status is 1 if a
goal is missed.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from hostile.person import Diary, Person
from hostile.report import AFTER, BEFORE, DURING, PHASES, Goals, Measured, Report
from hostile.targets import TESTS, Deployed, containers, turnout_up
from turnout_core.runtime.tasks import cancel_and_wait

_PEOPLE: Final = 4
_QUIET_SHARE: Final = 0.25  # of the attack's time, for each of the phases before and after it
_BEFORE_MIN_S: Final = 3.0
_AFTER_MIN_S: Final = 8.0  # services return free memory every five seconds
_LINGER_S: Final = 60.0  # for which a gateway keeps the views that nobody watches (ViewLimits.linger_s)
_CROWD_S: Final = 9.0  # brings the processes to their usual size, and fills their caches
_LOOK_INTERVAL_S: Final = 0.25
_START_TIMEOUT_S: Final = 60.0  # of the attackers' process, beyond the time of the attack


class AttackersFailed(Exception):
    """The attackers' process failed. The message is its error output."""


class Run:
    """One run: people who live on a deployment, and attackers in the middle phase."""

    def __init__(self, deployed: Deployed, seed: str, seconds: float, rate: float = 1.0, only: str = "") -> None:
        self._deployed = deployed
        self._seed = seed
        self._seconds = seconds
        self._rate = rate
        self._only = only
        self._diary = Diary()
        self._phases = {phase: Measured(self._diary.samples[phase]) for phase in PHASES}
        self._attackers: dict[str, Any] = {}
        self._fresh_mb = 0.0

    async def execute(self, goals: Goals) -> Report:
        """Performs the run. Raises AttackersFailed."""
        quiet_s = self._seconds * _QUIET_SHARE
        people = [
            Person(self._deployed.url, self._deployed.source, self._diary, Random(f"{self._seed}/person/{number}"))
            for number in range(_PEOPLE)
        ]
        self._fresh_mb = sum(self._deployed.processes.resident_mb().values())
        lives = [asyncio.create_task(each.live()) for each in people]
        try:
            await self._run_attackers(_CROWD_S, "--crowd")
            async with self._phase(BEFORE):
                await asyncio.sleep(max(_BEFORE_MIN_S, quiet_s))
            async with self._phase(DURING):
                options = ("--rate", str(self._rate), "--only", self._only)
                self._attackers = await self._run_attackers(self._seconds, *options)
            async with self._phase(AFTER):
                await asyncio.sleep(max(_AFTER_MIN_S, quiet_s) + self._linger_s())
        finally:
            await cancel_and_wait(*lives)
        title = (
            f"hostile clients of {self._deployed.title}: seed {self._seed}, {self._seconds:.0f} s, rate {self._rate}; "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        return Report(title, goals, self._phases, self._attackers, self._fresh_mb)

    def _linger_s(self) -> float:
        """The time until the views of the attackers are closed; none after a short run, which opens few."""
        return _LINGER_S if self._seconds >= _LINGER_S else 0.0

    @asynccontextmanager
    async def _phase(self, name: str) -> AsyncIterator[None]:
        self._diary.phase = name
        measured, began_s, cpu_s = self._phases[name], time.monotonic(), self._deployed.processes.cpu_s()
        looks = asyncio.create_task(self._look(measured))
        try:
            yield
        finally:
            looks.cancel()
            measured.cpu = (self._deployed.processes.cpu_s() - cpu_s) / (time.monotonic() - began_s)

    async def _look(self, measured: Measured) -> None:
        """Looks at the memory until cancelled."""
        while True:
            measured.resident_mb.append(self._deployed.processes.resident_mb())
            await asyncio.sleep(_LOOK_INTERVAL_S)

    async def _run_attackers(self, seconds: float, *options: str) -> dict[str, Any]:
        """Runs the attackers' process for ``seconds``. Returns its report."""
        command = (*self._deployed.attackers, "--seed", self._seed, "--seconds", str(seconds), *options)
        attackers = await asyncio.create_subprocess_exec(
            *command, cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            async with asyncio.timeout(seconds + _START_TIMEOUT_S):
                output, errors = await attackers.communicate()
        finally:
            if attackers.returncode is None:
                attackers.kill()
        if attackers.returncode:
            raise AttackersFailed(errors.decode(errors="replace")[-4000:])
        report: dict[str, Any] = json.loads(output)
        return report


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hostile.run", description=__doc__)
    parser.add_argument("--seed", default="")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1.0, help="multiple of the usual pace of each attack")
    parser.add_argument("--only", default="", help="attacks whose names contain this text")
    parser.add_argument("--compose", action="store_true", help="attack the containers of compose.yaml")
    arguments = parser.parse_args()
    seed: str = arguments.seed or str(time.time_ns() % 1_000_000)
    deploy = containers if arguments.compose else turnout_up
    with tempfile.TemporaryDirectory(prefix="turnout-hostile-") as folder, deploy(Path(folder)) as deployed:
        run = Run(deployed, seed, arguments.seconds, arguments.rate, arguments.only)
        report = asyncio.run(run.execute(Goals()))
    sys.stdout.write(f"{report}\n")
    sys.exit(bool(report.missed()))


if __name__ == "__main__":
    main()
