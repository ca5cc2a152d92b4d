"""When a snapshot is due. Pure: the time is an argument."""

from dataclasses import dataclass
from typing import Final

from turnout_core.journal.port import TRIM_RESIDUE_RECORDS

_MIN_INTERVAL_S: Final = 60.0  # between two snapshots: each costs as much as the whole state, not its growth
_MIN_INTERVAL_WHEN_FULL_S: Final = 5.0  # commands that add are refused meanwhile
_ERASURE_INTERVAL_S: Final = 6 * 3600.0  # at most three, then a rewrite: erased text is gone within 24 hours


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of commits; 0 for none.

    Attributes:
        head: the last commit.
        change: the last one that is no checkpoint.
        erasure: the last one after which something must leave the disk.
        newest, older: those of the two newest snapshots.
    """

    head: int
    change: int
    erasure: int
    newest: int
    older: int

    def trimmed(self) -> int:
        """The last commit whose record has certainly left the server's memory (``Journal.trim``)."""
        remaining = self.head - self.older
        return self.older if remaining <= TRIM_RESIDUE_RECORDS else max(self.older - TRIM_RESIDUE_RECORDS, 0)


class SnapshotTimes:
    """The times between snapshots.

    Args:
        commits: number of commits after which a snapshot is due.
        minutes: time after which a snapshot is due if there was a commit; 0 for never. It also bounds all other
            times here.
    """

    def __init__(self, commits: int, minutes: float) -> None:
        self._commits = commits
        self._max_interval_s = minutes * 60 or float("inf")

    def shorten(self, interval_s: float) -> float:
        """``interval_s``, or the time between two snapshots if that is shorter."""
        return min(interval_s, self._max_interval_s)

    def is_due(self, progress: Progress, elapsed_s: float, *, is_full: bool) -> bool:
        """True if a snapshot is due ``elapsed_s`` seconds after the last attempt.

        A record leaves the stream when two snapshots hold it, and a state the memory when two are newer. So snapshots
        are due until the erasure is trimmed; if Valkey is full, until the older one holds all changes.
        """
        commits = progress.head - progress.newest
        if elapsed_s < self.shorten(_MIN_INTERVAL_WHEN_FULL_S if is_full else _MIN_INTERVAL_S):
            return False
        if commits >= self._commits or (commits > 0 and elapsed_s >= self._max_interval_s):
            return True
        if is_full and progress.older < progress.change:
            return True
        return progress.trimmed() < progress.erasure and elapsed_s >= self.shorten(_ERASURE_INTERVAL_S)
