"""The schedule of snapshots. The leader follows it, and runs the ``snapshotter`` as a process."""

import asyncio
import logging
import math
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from turnout_command.metrics import Metrics
from turnout_command.rules.room import erase
from turnout_command.snapshots.aof_rewrite import AofRewriter, RewriteRefused
from turnout_command.snapshots.due import Progress, SnapshotTimes
from turnout_command.snapshots.snapshotter import SNAPSHOTS_KEPT
from turnout_command.write.batch import Success
from turnout_command.write.committer import NO_RESPONSE, Committer
from turnout_command.write.memory_guard import MemoryGuard
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.port import Journal, JournalError, RecordsTrimmed
from turnout_core.journal.record import BrokenRecord, peek
from turnout_core.runtime.clock import wall_ms

_CHECK_INTERVAL_S: Final = 5.0
_REWRITE_INTERVAL_S: Final = 600.0  # between two rewrites of the append-only file: each writes all data
_RECORDS_PER_READ: Final = 100  # up to 2 MB, and a few ms of work

log = logging.getLogger("turnout.snapshots")


class SnapshotFailed(Exception):
    """No snapshot was made; the message has the reason. Earlier snapshots are still valid."""


class SnapshotSchedule:
    """Makes snapshots when they are due, and has the append-only file rewritten after them.

    Args:
        make_snapshot: makes one snapshot. Raises SnapshotFailed.
        rewriter: rewrites the file; None for a journal without one.
        memory: knows when Valkey is full, which makes snapshots due at once.
        times: the times between snapshots.
    """

    def __init__(
        self,
        journal: Journal,
        make_snapshot: Callable[[], Awaitable[Position]],
        metrics: Metrics,
        *,
        rewriter: AofRewriter | None,
        memory: MemoryGuard,
        times: SnapshotTimes,
        check_interval_s: float = _CHECK_INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self._journal = journal
        self._make_snapshot = make_snapshot
        self._metrics = metrics
        self._rewriter = rewriter
        self._memory = memory
        self._times = times
        self._check_interval_s = times.shorten(check_interval_s)
        self._clock = clock
        self._now_ms = now_ms
        self._rewrite_attempt_s = float("-inf")

    async def run(self, committer: Committer) -> None:
        """Makes snapshots while ``committer`` writes, until it is cancelled."""
        before, erased_s_ago = await self._progress_before(committer)
        newest, older = before.newest, before.older
        erased_from_disk = -1  # the former writer may have been killed before its rewrite
        attempt_s = self._clock()
        if before.trimmed() < before.erasure:
            attempt_s -= erased_s_ago
        while True:
            await asyncio.sleep(self._check_interval_s)
            progress = Progress(
                committer.durable_head.position.seq,
                max(before.change, committer.last_change_seq),
                max(before.erasure, committer.last_erasure_seq),
                newest,
                older,
            )
            is_mostly_dead = False
            if self._times.is_due(progress, self._clock() - attempt_s, is_full=self._memory.is_full()):
                attempt_s = self._clock()
                if await self._attempt(committer, progress):
                    newest, older = await self._two_newest(committer) or (newest, older)
                    is_mostly_dead = await self._is_mostly_dead()
                    progress = replace(progress, head=committer.durable_head.position.seq, newest=newest, older=older)
            trimmed = progress.trimmed()
            is_erasure_on_disk = erased_from_disk < min(trimmed, progress.erasure) or erased_from_disk < 0
            if (is_mostly_dead or is_erasure_on_disk) and await self._rewrite():
                erased_from_disk = trimmed

    async def _attempt(self, committer: Committer, progress: Progress) -> bool:
        """Makes a snapshot, after a checkpoint if the newest one holds all commits. False if that failed."""
        try:
            if progress.head == progress.newest:
                committer.commit_by_clock()
                await committer.respond_when_durable(Success(committer.state.position, NO_RESPONSE))
            with self._memory.snapshot_in_progress():
                made = await self._make_snapshot()
        except SnapshotFailed as error:
            self._metrics.snapshots.labels("failed").inc()
            log.warning("snapshot failed, retrying; the journal is not trimmed: %s", error)
            return False
        except Unavailable:
            return False  # the committer is closed, and its own error ends the term
        self._metrics.snapshots.labels("made").inc()
        log.info("made a snapshot at %d", made.seq)
        return True

    async def _rewrite(self) -> bool:
        """Rewrites the append-only file, unless the last attempt was a short time ago. True if that succeeded."""
        rewriter = self._rewriter
        if rewriter is None or self._clock() - self._rewrite_attempt_s < self._times.shorten(_REWRITE_INTERVAL_S):
            return False
        self._rewrite_attempt_s = self._clock()
        try:
            await rewriter.rewrite()
        except RewriteRefused as error:
            self._rewriter = None
            log.warning(
                "Valkey's append-only file cannot be rewritten from here, so deleted text may stay in it: %s", error
            )
            return False
        except JournalError as error:
            self._metrics.rewrites.labels("failed").inc()
            log.warning("the append-only file was not rewritten, retrying; deleted text may be in it: %s", error)
            return False
        self._metrics.rewrites.labels("made").inc()
        log.info("rewrote the append-only file")
        return True

    async def _is_mostly_dead(self) -> bool:
        try:
            return self._rewriter is not None and await self._rewriter.is_mostly_dead()
        except JournalError:
            return False  # the next snapshot asks again

    async def _two_newest(self, committer: Committer) -> tuple[int, int] | None:
        """Numbers of the two newest snapshots, 0 for one that is missing; None if the server does not answer."""
        epoch = committer.durable_head.position.epoch
        try:
            seqs = [each.seq for each in await self._journal.snapshots() if each.epoch == epoch]
        except JournalError:
            return None
        newest, older = (*seqs, 0, 0)[:2]
        return newest, older

    async def _progress_before(self, committer: Committer) -> tuple[Progress, float]:
        """The progress at the beginning of a term, and the seconds since the first erasure after the older snapshot.

        Records that cannot be read count as erasures, of an unknown time.
        """
        head = committer.durable_head.position
        newest, older = await self._two_newest(committer) or (0, 0)
        change, erased_at = 0, math.inf
        try:
            if not await self._is_trimmed(head.epoch, older):
                older, erased_at = 0, -math.inf
            seq = erasure = older
            while records := await self._journal.read(Position(head.epoch, seq), _RECORDS_PER_READ):
                for commit, _ in map(peek, records):
                    seq = commit.seq
                    change = seq if commit.changes else change
                    if erase(commit.changes):
                        erasure, erased_at = seq, min(erased_at, commit.at)
        except (JournalError, BrokenRecord):  # such as RecordsTrimmed, if only one snapshot is left
            change, erasure, erased_at = head.seq, head.seq, -math.inf
        return Progress(head.seq, change, erasure, newest, older), max(self._now_ms() - erased_at, 0) / 1000

    async def _is_trimmed(self, epoch: str, older: int) -> bool:
        """False if a snapshotter was killed before it deleted what is older than ``older``. Raises JournalError."""
        if len(await self._journal.snapshots()) > SNAPSHOTS_KEPT:
            return False
        try:
            return older == 0 or not await self._journal.read(Position(epoch, older - 1), 1)
        except RecordsTrimmed:
            return True


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
