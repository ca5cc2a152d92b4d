"""When the leader has a snapshot made, and how: by a process of its own (``snapshotter``)."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final

from turnout_command.metrics import Metrics
from turnout_command.write.committer import Committer
from turnout_core.domain.position import Position
from turnout_core.journal.port import Journal, JournalError

_LOOK_S: Final = 5.0
_LEAST_S: Final = 60.0  # between two snapshots: each is made from all there is, however much came since

log = logging.getLogger("turnout.housekeeping")


class SnapshotFailed(Exception):
    """No snapshot was made; ``str`` says why. The one before still holds."""


class SnapshotSchedule:
    """
    Args:
        make: makes one snapshot. Raises SnapshotFailed.
        commits: a snapshot is due after so many,
        minutes: or after so long if there was any; 0 for never.
    """

    def __init__(
        self,
        journal: Journal,
        make: Callable[[], Awaitable[Position]],
        metrics: Metrics,
        *,
        commits: int,
        minutes: float,
        look_s: float = _LOOK_S,
        least_s: float = _LEAST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._make = make
        self._metrics = metrics
        self._commits = commits
        self._longest_s = minutes * 60 or float("inf")
        self._look_s = look_s
        self._least_s = least_s
        self._clock = clock

    async def run(self, committer: Committer) -> None:
        """Looks after the journal while ``committer`` writes, until it is cancelled."""
        last = await self._newest(committer)
        tried_s = self._clock()
        while True:
            await asyncio.sleep(self._look_s)
            behind = committer.committed.position.seq - last
            waited_s = self._clock() - tried_s
            if not (self._due(behind, waited_s) and waited_s >= self._least_s):
                continue
            tried_s = self._clock()
            try:
                last = (await self._make()).seq
            except SnapshotFailed as error:
                self._metrics.snapshots.labels("failed").inc()
                log.warning("no snapshot, and the journal grows on: %s", error)
            else:
                self._metrics.snapshots.labels("made").inc()
                log.info("made a snapshot at %d", last)

    def _due(self, behind: int, waited_s: float) -> bool:
        return behind >= self._commits or (behind > 0 and waited_s >= self._longest_s)

    async def _newest(self, committer: Committer) -> int:
        epoch = committer.committed.position.epoch
        try:
            found = [each.seq for each in await self._journal.snapshots() if each.epoch == epoch]
        except JournalError:
            return 0  # then one is made early
        return max(found, default=0)


async def spawn_snapshotter(url: str) -> Position:
    """Runs a snapshotter for the Valkey at ``url``; takes it down when cancelled. Raises SnapshotFailed."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turnout_command.snapshots.snapshotter",
            # Not an argument, which every user of the machine can read: the address may hold a password.
            env={**os.environ, "TURNOUT_VALKEY": url},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        raise SnapshotFailed(f"no process could be started: {error}") from error
    try:
        said, complained = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise SnapshotFailed(complained.decode(errors="replace").strip()[-500:] or f"exit code {process.returncode}")
    return Position.parse(said.decode().strip())
