"""Replaces the journal by its own state at an earlier position."""

from pathlib import Path

import msgspec

from turnout.operations.errors import OperationRefused
from turnout.operations.export import ExportResult, export_as_is
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import read_outline
from turnout.operations.replay import check_reachable, replay_to
from turnout.operations.swap_journal import read_head_fields, swap_journal
from turnout.operations.writer_lock import writer_lock
from turnout_core.domain.position import Position


class RestoreResult(msgspec.Struct, frozen=True):
    """A finished restore.

    Attributes:
        position: head of the new journal.
        backup: file with the previous journal.
    """

    position: Position
    backup: Path
    exported: ExportResult


async def restore_journal(
    server: JournalServer, to: Position, backup: Path | None, folder: Path, made_at: int
) -> RestoreResult:
    """Makes the state at ``to`` the journal, in a new epoch.

    The previous journal is first backed up to the file ``backup``, or to a new file in ``folder``.

    Raises:
        OperationRefused: ``to`` cannot be reached, the file exists, or a command service runs.
        NewerFormat: a newer version has written the journal.
        DataDamaged: the records that lead to ``to`` are damaged.
        OperationInterrupted
    """
    async with writer_lock(server) as lock:
        old_head = await read_head_fields(server)
        outline = await read_outline(server)
        check_reachable(outline, to)
        backup = backup or _unused_path(folder, outline.head.position)
        if backup.exists():
            raise OperationRefused(f"{backup} exists: name another file for the backup of the present journal")
        state = await replay_to(server, outline, to)
        exported = await export_as_is(server, backup, made_at)
        return RestoreResult(await swap_journal(server, lock, old_head, state), backup, exported)


def _unused_path(folder: Path, head: Position) -> Path:
    name = f"turnout-{head}"
    paths = (folder / f"{name}{suffix}.backup.gz" for suffix in ("", *(f"-{number}" for number in range(2, 1_000))))
    return next(path for path in paths if not path.exists())
