"""The schedule of snapshots. The leader follows it, and runs the ``snapshotter`` as a process."""

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

_CHECK_INTERVAL_S: Final = 5.0
_MIN_INTERVAL_S: Final = 60.0  # between two snapshots: each costs as much as the whole state, not its growth

log = logging.getLogger("turnout.snapshots")


class SnapshotFailed(Exception):
    """No snapshot was made; the message has the reason. Earlier snapshots are still valid."""


class SnapshotSchedule:
    """Makes a snapshot after a number of commits, or after a time with at least one commit.

    Args:
        make_snapshot: makes one snapshot. Raises SnapshotFailed.
        commits: number of commits after which a snapshot is due.
        minutes: time after which a snapshot is due if there was a commit; 0 for never.
    """

    def __init__(
        self,
        journal: Journal,
        make_snapshot: Callable[[], Awaitable[Position]],
        metrics: Metrics,
        *,
        commits: int,
        minutes: float,
        check_interval_s: float = _CHECK_INTERVAL_S,
        min_interval_s: float = _MIN_INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._make_snapshot = make_snapshot
        self._metrics = metrics
        self._commits = commits
        self._max_interval_s = minutes * 60 or float("inf")
        self._check_interval_s = check_interval_s
        self._min_interval_s = min_interval_s
        self._clock = clock

    async def run(self, committer: Committer) -> None:
        """Makes snapshots while ``committer`` writes, until it is cancelled."""
        last_seq = await self._newest_seq(committer)
        attempt_s = self._clock()
        while True:
            await asyncio.sleep(self._check_interval_s)
            commits = committer.durable_head.position.seq - last_seq
            elapsed_s = self._clock() - attempt_s
            if not (self._is_due(commits, elapsed_s) and elapsed_s >= self._min_interval_s):
                continue
            attempt_s = self._clock()
            try:
                last_seq = (await self._make_snapshot()).seq
            except SnapshotFailed as error:
                self._metrics.snapshots.labels("failed").inc()
                log.warning("snapshot failed, retrying; the journal is not trimmed: %s", error)
            else:
                self._metrics.snapshots.labels("made").inc()
                log.info("made a snapshot at %d", last_seq)

    def _is_due(self, commits: int, elapsed_s: float) -> bool:
        return commits >= self._commits or (commits > 0 and elapsed_s >= self._max_interval_s)

    async def _newest_seq(self, committer: Committer) -> int:
        epoch = committer.durable_head.position.epoch
        try:
            seqs = [each.seq for each in await self._journal.snapshots() if each.epoch == epoch]
        except JournalError:
            return 0  # the next snapshot is then early
        return max(seqs, default=0)


async def spawn_snapshotter(url: str) -> Position:
    """Runs a snapshotter for the Valkey at ``url``, and kills it if cancelled. Raises SnapshotFailed."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turnout_command.snapshots.snapshotter",
            # Not an argument: all users of the machine can read those, and the URL may contain a password.
            env={**os.environ, "TURNOUT_VALKEY": url},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        raise SnapshotFailed(f"cannot start a process: {error}") from error
    try:
        stdout, stderr = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise SnapshotFailed(stderr.decode(errors="replace").strip()[-500:] or f"exit code {process.returncode}")
    return Position.parse(stdout.decode().strip())
