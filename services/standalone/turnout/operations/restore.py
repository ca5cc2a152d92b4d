"""Another history takes the place of the one that is there: from a backup, or from an earlier position."""

import asyncio
from pathlib import Path
from typing import IO

import msgspec

from turnout.operations.backup_file import Reader
from turnout.operations.errors import Refused
from turnout.operations.export import Exported, keep_aside
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import survey
from turnout.operations.replay import as_of, check_reachable
from turnout.operations.swap_journal import head_fields, replace_by
from turnout.operations.writer_lock import held
from turnout.progress import stage
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.record import GENESIS


class Restored(msgspec.Struct, frozen=True):
    """
    Attributes:
        position: of the new journal.
        backup: the file with the old one.
    """

    position: Position
    backup: Path
    exported: Exported


async def occupied(server: JournalServer) -> bool:
    """Whether there is a journal, or a part of one."""
    return bool(await server.valkey.exists(server.keys.head, server.keys.stream, server.keys.snapshots))


async def import_from(
    server: JournalServer, file: IO[bytes], to: Position | None, *, replace: bool = False
) -> Position:
    """The backup, as of its end or of the earlier position ``to``, becomes the journal, in a new epoch.

    Gives the new position.

    Raises:
        Refused: a journal is there and not to be replaced, a command service writes, or this is no such backup.
        Damaged: the backup is.
        Interrupted
    """
    async with held(server) as hold:
        before = await head_fields(server)
        if not replace and await occupied(server):
            raise Refused("there is a journal on this server: import into an empty one, or replace it with --force")
        reader = Reader(file)
        if to is not None and to.epoch != reader.header.epoch:
            raise Refused(f"the backup's history is {reader.header.epoch}, so it has no position {to}")
        with stage("Reading the backup", total=reader.header.seq - reader.header.base) as told:
            state: State | None = None
            for found in reader.states(to.seq if to else None, told):
                state = found
                await asyncio.sleep(0)
        assert state is not None  # noqa: S101 - the last one is
        return await replace_by(server, hold, before, state, secret=reader.header.secret)


async def restore(server: JournalServer, to: Position, backup: Path | None, folder: Path, made_at: int) -> Restored:
    """The state as of ``to`` becomes the present, in a new epoch.

    What was there before is kept in the file ``backup``, or in a new one in ``folder``.

    Raises:
        Refused: ``to`` can not be reached, or a command service writes.
        Damaged: what leads to ``to`` is.
        Interrupted
    """
    async with held(server) as hold:
        before = await head_fields(server)
        outline = await survey(server)
        check_reachable(outline, to)
        backup = backup or _unused(folder, outline.head.position)
        if backup.exists():
            raise Refused(f"{backup} exists: name another file for what is there now")
        state = await as_of(server, outline, to)
        exported = await keep_aside(server, backup, made_at)
        return Restored(await replace_by(server, hold, before, state), backup, exported)


async def accept(server: JournalServer) -> Position:
    """What the server holds, if only nothing, is the truth from now on, in a new epoch, whatever anybody had seen.

    Raises:
        Refused: a command service writes.
        Damaged: what is there is.
        Interrupted
    """
    async with held(server) as hold:
        before = await head_fields(server)
        if await occupied(server):
            outline = await survey(server)
            state = await as_of(server, outline, outline.head.position)
        else:
            state = State(Position("", 0), GENESIS)
        return await replace_by(server, hold, before, state)


def _unused(folder: Path, head: Position) -> Path:
    name = f"turnout-{head}"
    tries = (folder / f"{name}{suffix}.backup.gz" for suffix in ("", *(f"-{number}" for number in range(2, 1_000))))
    return next(path for path in tries if not path.exists())
