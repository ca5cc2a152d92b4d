"""Writes a backup of a journal, while services may run."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import msgspec

from turnout.operations.backup_file import BackupHeader, BackupReader, BackupWriter, atomic_file
from turnout.operations.errors import DataDamaged, OperationInterrupted, OperationRefused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import JournalOutline, load_snapshot, read_entries, read_outline
from turnout.progress import show_progress
from turnout_core.domain.position import Position
from turnout_core.journal.port import RecordsTrimmed
from turnout_core.journal.snapshot import BrokenSnapshot

_ATTEMPTS: Final = 5  # a running service may trim records before they are read


class ExportResult(msgspec.Struct, frozen=True):
    """A finished backup.

    Attributes:
        is_sound: False for the backup of a damaged journal, which includes the damage.
    """

    header: BackupHeader
    size_bytes: int
    is_sound: bool


async def export_to_file(server: JournalServer, path: Path, made_at: int, *, replace: bool = False) -> ExportResult:
    """Writes a backup up to the present head to ``path``, and reads it back.

    Raises:
        OperationRefused: there is no journal, or the file exists and ``replace`` is False.
        NewerFormat: a newer version has written the journal.
        DataDamaged: the journal is damaged.
    """
    if path.exists() and not replace:  # noqa: ASYNC240 - one stat, before anything else runs
        raise OperationRefused(f"{path} exists: name another file, or replace it with --force")
    with atomic_file(path) as file:
        return await _export(server, file, made_at, strict=True)


async def export_stream(server: JournalServer, out: BinaryIO, made_at: int) -> ExportResult:
    """Writes a backup to ``out`` after a check of a temporary copy. Raises as ``export_to_file`` does."""
    with tempfile.TemporaryFile() as file:
        exported = await _export(server, file, made_at, strict=True)
        file.seek(0)
        shutil.copyfileobj(file, out)
        out.flush()
        return exported


async def export_as_is(server: JournalServer, path: Path, made_at: int) -> ExportResult:
    """Writes a backup before the journal is replaced. A damaged journal is backed up including the damage."""
    with atomic_file(path) as file:
        return await _export(server, file, made_at, strict=False)


async def _export(server: JournalServer, file: IO[bytes], made_at: int, *, strict: bool) -> ExportResult:
    for _ in range(_ATTEMPTS):
        outline = await read_outline(server)
        file.seek(0)
        file.truncate()
        header = BackupHeader(
            turnout="backup",
            format=outline.format,
            epoch=outline.head.position.epoch,
            base=await _find_base(server, outline),
            seq=outline.head.position.seq,
            hash=outline.head.hash,
            made_at=made_at,
            secret=await _read_secret(server),
        )
        try:
            foreign = await _write(server, header, file)
            size_bytes = file.tell()
            await _read_back(file, foreign)
        except (DataDamaged, RecordsTrimmed) as error:
            if (await read_outline(server)).snapshots != outline.snapshots:
                continue
            if strict:
                raise DataDamaged(f"{error}; run `turnout journal verify` to see what to do") from error
            return ExportResult(header, file.seek(0, os.SEEK_END), is_sound=False)
        return ExportResult(header, size_bytes, is_sound=True)
    raise OperationInterrupted("the journal was trimmed again and again while it was read: try once more")


async def _read_secret(server: JournalServer) -> str:
    secret: Any = await server.valkey.get(server.keys.secret)
    return secret.decode() if secret else ""


async def _find_base(server: JournalServer, outline: JournalOutline) -> int:
    """Finds the number of the oldest sound snapshot that the stream continues.

    Without one, returns the number before the stream's first entry.
    """
    for position in outline.snapshots:
        if not outline.first or outline.first <= position.seq + 1:
            with contextlib.suppress(BrokenSnapshot, RecordsTrimmed):
                await load_snapshot(server, position)
                return position.seq
    return max(0, outline.first - 1)


async def _write(server: JournalServer, header: BackupHeader, file: IO[bytes]) -> int:
    """Writes the backup. Returns the number of stream entries that are no records. Raises RecordsTrimmed."""
    writer, foreign = BackupWriter(file, header), 0
    if header.base:
        async for chunk in server.journal().load_snapshot(Position(header.epoch, header.base)):
            writer.write_chunk(chunk)
    with show_progress("Exporting", total=header.seq - header.base) as advance:
        async for batch in read_entries(server, header.base + 1, header.seq):
            for entry in batch:
                record = entry.record
                if record is None or b"\n" in record:
                    foreign += 1
                    writer.write_foreign_entry(msgspec.msgpack.encode(entry))
                else:
                    writer.write_record(record)
            advance(len(batch))
            await asyncio.sleep(0)
    writer.finish()
    return foreign


async def _read_back(file: IO[bytes], foreign: int) -> None:
    """Reads the whole backup. Raises DataDamaged if it does not lead to its head."""
    if foreign:
        raise DataDamaged(f"the stream holds entries that are no records ({foreign})")
    file.flush()
    file.seek(0)
    reader = BackupReader(file)
    with show_progress("Reading it back", total=reader.header.seq - reader.header.base) as advance:
        for _ in reader.replay(None, advance):
            await asyncio.sleep(0)
