"""A journal into a file, beside running services."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import msgspec

from turnout.operations.backup_file import FORMAT, Header, Reader, Writer, whole_file
from turnout.operations.errors import Damaged, Interrupted, Refused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import Survey, entries, load, survey
from turnout.progress import stage
from turnout_core.domain.position import Position
from turnout_core.journal.port import Trimmed
from turnout_core.journal.snapshot import BrokenSnapshot

_ATTEMPTS: Final = 5  # a running service may trim what we are about to read


class Exported(msgspec.Struct, frozen=True):
    """
    Attributes:
        sound: False for the backup of a damaged journal: it holds the damage.
    """

    header: Header
    size_bytes: int
    sound: bool


async def export_to(server: JournalServer, path: Path, made_at: int, *, replace: bool = False) -> Exported:
    """Writes a backup of everything up to the head that is there now, and reads it back.

    Raises:
        Refused: no journal, or the file exists and is not to be replaced.
        Damaged: no such backup can be made of this journal.
    """
    if path.exists() and not replace:  # noqa: ASYNC240 - one stat, before anything else runs
        raise Refused(f"{path} exists: name another file, or replace it with --force")
    with whole_file(path) as file:
        return await _export(server, file, made_at, strict=True)


async def export_stream(server: JournalServer, out: BinaryIO, made_at: int) -> Exported:
    """As ``export_to``, but nothing is given out before it was verified."""
    with tempfile.TemporaryFile() as file:
        exported = await _export(server, file, made_at, strict=True)
        file.seek(0)
        shutil.copyfileobj(file, out)
        out.flush()
        return exported


async def keep_aside(server: JournalServer, path: Path, made_at: int) -> Exported:
    """Writes a backup also of a damaged journal, with the damage in it, before the journal is replaced."""
    with whole_file(path) as file:
        return await _export(server, file, made_at, strict=False)


async def _export(server: JournalServer, file: IO[bytes], made_at: int, *, strict: bool) -> Exported:
    for _ in range(_ATTEMPTS):
        outline = await survey(server)
        file.seek(0)
        file.truncate()
        header = Header(
            turnout="backup",
            format=FORMAT,
            epoch=outline.head.position.epoch,
            base=await _base(server, outline),
            seq=outline.head.position.seq,
            hash=outline.head.hash,
            made_at=made_at,
            secret=await _secret(server),
        )
        try:
            odd = await _write(server, header, file)
            size_bytes = file.tell()
            await _read_back(file, odd)
        except (Damaged, Trimmed) as error:
            if (await survey(server)).snapshots != outline.snapshots:
                continue
            if strict:
                raise Damaged(f"{error}; `turnout journal verify` tells the way out") from error
            return Exported(header, file.seek(0, os.SEEK_END), sound=False)
        return Exported(header, size_bytes, sound=True)
    raise Interrupted("the journal was trimmed again and again while it was read: try once more")


async def _secret(server: JournalServer) -> str:
    secret: Any = await server.valkey.get(server.keys.secret)
    return secret.decode() if secret else ""


async def _base(server: JournalServer, outline: Survey) -> int:
    """Number of the oldest sound snapshot that the stream continues; without one, of what is before the stream."""
    for position in outline.snapshots:
        if not outline.first or outline.first <= position.seq + 1:
            with contextlib.suppress(BrokenSnapshot, Trimmed):
                await load(server, position)
                return position.seq
    return max(0, outline.first - 1)


async def _write(server: JournalServer, header: Header, file: IO[bytes]) -> int:
    """Gives the number of stream entries that are no records. Raises Trimmed."""
    writer, odd = Writer(file, header), 0
    if header.base:
        async for chunk in server.journal().load_snapshot(Position(header.epoch, header.base)):
            writer.chunk(chunk)
    with stage("Exporting", total=header.seq - header.base) as told:
        async for batch in entries(server, header.base + 1, header.seq):
            for entry in batch:
                record = entry.record
                if record is None or b"\n" in record:
                    odd += 1
                    writer.oddity(msgspec.msgpack.encode(entry))
                else:
                    writer.record(record)
            told(len(batch))
            await asyncio.sleep(0)
    writer.finish()
    return odd


async def _read_back(file: IO[bytes], odd: int) -> None:
    """Raises Damaged."""
    if odd:
        raise Damaged(f"the stream holds entries that are no records ({odd})")
    file.flush()
    file.seek(0)
    reader = Reader(file)
    with stage("Reading it back", total=reader.header.seq - reader.header.base) as told:
        for _ in reader.states(None, told):
            await asyncio.sleep(0)
