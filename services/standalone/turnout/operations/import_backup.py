"""Replaces the journal by the content of a backup."""

import asyncio
from typing import IO

from turnout.operations.backup_file import BackupReader
from turnout.operations.errors import OperationRefused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import has_journal
from turnout.operations.swap_journal import read_head_fields, swap_journal
from turnout.operations.writer_lock import writer_lock
from turnout.progress import show_progress
from turnout_core.domain.position import Position
from turnout_core.domain.state import State


async def import_backup(
    server: JournalServer, file: IO[bytes], to: Position | None, *, replace: bool = False
) -> Position:
    """Makes the backup the journal, in a new epoch. Returns the new position.

    The journal gets the state at ``to``, or at the backup's end if ``to`` is None.

    Raises:
        OperationRefused: there is a journal and ``replace`` is False, a command service runs, the file is no backup or
            does not hold ``to``.
        NewerFormat: a newer version has written the backup or the present journal.
        DataDamaged: the backup is damaged.
        OperationInterrupted
    """
    async with writer_lock(server) as lock:
        old_head = await read_head_fields(server)
        if not replace and await has_journal(server):
            raise OperationRefused(
                "there is a journal on this server: import into an empty one, or replace it with --force"
            )
        reader = BackupReader(file)
        if to is not None and to.epoch != reader.header.epoch:
            raise OperationRefused(f"the backup holds positions of {reader.header.epoch} only, not {to}")
        with show_progress("Reading the backup", total=reader.header.seq - reader.header.base) as advance:
            state: State | None = None
            for replayed in reader.replay(to.seq if to else None, advance):
                state = replayed
                await asyncio.sleep(0)
        assert state is not None  # noqa: S101 - the last value is a state
        return await swap_journal(server, lock, old_head, state, secret=reader.header.secret)
