"""When a snapshot is due."""

import pytest

from turnout_command.snapshots.due import Progress, SnapshotTimes
from turnout_core.journal.port import TRIM_RESIDUE_RECORDS

_HOUR_S = 3600.0
_MANY = 10 * TRIM_RESIDUE_RECORDS


@pytest.mark.parametrize(
    ("progress", "minutes", "elapsed_s", "is_full", "is_due"),
    [
        (Progress(head=5, change=5, erasure=5, newest=5, older=3), 30, 1_799, False, False),
        (Progress(head=5, change=5, erasure=5, newest=5, older=3), 30, 1_800, False, True),
        (Progress(head=5, change=5, erasure=5, newest=5, older=3), 0, 6 * _HOUR_S, False, True),
        (Progress(head=5, change=5, erasure=2, newest=5, older=3), 30, 24 * _HOUR_S, False, False),
        (Progress(head=6, change=5, erasure=5, newest=6, older=5), 30, 24 * _HOUR_S, False, False),
        (Progress(head=5, change=5, erasure=0, newest=5, older=3), 30, 4, True, False),
        (Progress(head=5, change=5, erasure=0, newest=5, older=3), 30, 5, True, True),
        (Progress(head=6, change=5, erasure=0, newest=6, older=5), 30, 24 * _HOUR_S, True, False),
    ],
    ids=[
        "an erasure is not in the older one",
        "then the next is due as usual",
        "and also if none is made by time",
        "nothing was erased since",
        "both hold the erasure",
        "Valkey is full, but one was made just now",
        "Valkey is full",
        "Valkey is full of snapshots",
    ],
)
def test_a_snapshot_is_due(progress: Progress, minutes: float, elapsed_s: float, is_full: bool, is_due: bool) -> None:
    assert SnapshotTimes(20_000, minutes).is_due(progress, elapsed_s, is_full=is_full) == is_due


@pytest.mark.parametrize(
    ("head", "trimmed"),
    [(_MANY, _MANY - TRIM_RESIDUE_RECORDS), (_MANY + 1, _MANY - 2 * TRIM_RESIDUE_RECORDS)],
    ids=["few records remain, and were written anew", "the first node may hold deleted records"],
)
def test_a_trimmed_record_counts_when_no_node_can_hold_it(head: int, trimmed: int) -> None:
    older = _MANY - TRIM_RESIDUE_RECORDS
    assert Progress(head, head, 0, head, older).trimmed() == trimmed


@pytest.mark.parametrize("commits_between", [0, 1, _MANY])
def test_erased_text_is_trimmed_within_a_day_whatever_the_settings(commits_between: int) -> None:
    times, since_attempt_s = SnapshotTimes(10 * _MANY, 0), 0.0
    progress = Progress(head=_MANY, change=_MANY, erasure=_MANY, newest=_MANY - 1, older=0)
    for _ in range(24 * 60):
        since_attempt_s += 60
        if times.is_due(progress, since_attempt_s, is_full=False):
            head = max(progress.head, progress.newest + 1)  # after a checkpoint, if there was no commit
            progress = Progress(head, head, _MANY, newest=head, older=progress.newest)
            since_attempt_s = 0.0
            if progress.trimmed() >= progress.erasure:
                return
            progress = Progress(head + commits_between, head, _MANY, progress.newest, progress.older)
    raise AssertionError(f"still there: {progress}")
