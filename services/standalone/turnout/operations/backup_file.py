"""The format of a backup file: lines in gzip, which ``zcat`` can print.

====  =====================================================================================================
line  content
====  =====================================================================================================
1     the header, JSON (``BackupHeader``)
c …   a chunk of the snapshot at the start, base64; none if the backup starts from the beginning
r …   a record, as in the stream; the first follows the snapshot, the last is the header's head
x …   base64 of a stream entry that is no sound record; only in the backup of a damaged journal
end   number of lines before it, and a digest (blake2b, 128 bits, hex) of these lines
====  =====================================================================================================

A backup holds the secret that signs the sessions: protect it like a password. Without the secret no guest could return.
"""

import gzip
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final, Literal

import msgspec

from turnout.operations.errors import DataDamaged, OperationRefused
from turnout.operations.raw_journal import apply_record
from turnout.progress import Advance
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.format import check_format
from turnout_core.journal.record import GENESIS, BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot, SnapshotLoader

_COMPRESSION: Final = 3  # records are similar text: a higher level gains little
_LINES_PER_STEP: Final = 1_000  # between two progress reports
_DIGEST_BYTES: Final = 16


class BackupHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a backup.

    Attributes:
        turnout: identifies the file type.
        format: that of the journal. All formats have it and ``turnout`` in this line.
        epoch, seq, hash: the head of the journal.
        base: number of the snapshot at the start; 0 for none.
        made_at: ms since 1970.
        secret: signs the sessions; empty if there was none.
    """

    turnout: Literal["backup"]
    format: int
    epoch: str
    base: int
    seq: int
    hash: str
    made_at: int
    secret: str = ""

    @property
    def head(self) -> Position:
        return Position(self.epoch, self.seq)


class _Number(msgspec.Struct, frozen=True):
    """The part of a header that every format has."""

    turnout: Literal["backup"]
    format: int


class BackupWriter:
    """Writes one backup. The file is complete only after ``finish``."""

    def __init__(self, file: IO[bytes], header: BackupHeader) -> None:
        self._gzip = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=_COMPRESSION)
        self._digest = blake2b(digest_size=_DIGEST_BYTES)
        self._lines = 0
        self._write_line(msgspec.json.encode(header))

    def write_chunk(self, chunk: bytes) -> None:
        self._write_line(b"c " + b64encode(chunk))

    def write_record(self, record: bytes) -> None:
        self._write_line(b"r " + record)

    def write_foreign_entry(self, entry: bytes) -> None:
        self._write_line(b"x " + b64encode(entry))

    def finish(self) -> None:
        self._gzip.write(f"end {self._lines} {self._digest.hexdigest()}\n".encode())
        self._gzip.close()

    def _write_line(self, line: bytes) -> None:
        line += b"\n"
        self._digest.update(line)
        self._gzip.write(line)
        self._lines += 1


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner can read. It gets its name once its content is complete and on disk."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with open(unfinished, "w+b", opener=_open_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class BackupReader:
    """Reads one backup and checks every line.

    Raises OperationRefused if the file is no backup, and NewerFormat for one of a newer version.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = _read_lines(file)
        self.header = _parse_header(next(self._lines, b""))

    def replay(self, to: int | None, advance: Advance) -> Iterator[State | None]:
        """Yields the state at record ``to`` (None: the head), after the whole file was read.

        Yields None every thousand lines before that, so that the caller can let other tasks run.

        Raises:
            OperationRefused: ``to`` is not in the backup.
            DataDamaged: the file is cut off or altered, or a record that has to be applied is damaged.
            NewerFormat: it holds more than its header says.
        """
        header = self.header
        to = header.seq if to is None else to
        if not header.base <= to <= header.seq:
            raise OperationRefused(
                f"this backup reaches from {header.epoch}-{header.base} to {header.head}, not to {header.epoch}-{to}"
            )
        try:
            yield from self._replay(to, advance)
        except (BrokenRecord, BrokenSnapshot, ValueError) as error:
            raise DataDamaged(f"the backup is damaged: {error}; use another one") from error

    def _replay(self, to: int, advance: Advance) -> Iterator[State | None]:
        header, loader = self.header, SnapshotLoader()
        state = State(Position(header.epoch, 0), GENESIS) if header.base == 0 else None
        for count, line in enumerate(self._lines, 1):
            kind, content = line[:2], line[2:]
            if kind == b"c ":
                loader.add(b64decode(content))
            else:
                state = state or loader.finish()
                if (
                    kind == b"r " and state.position.seq < to
                ):  # an "x" stands for a missing record, so the next record fails
                    apply_record(state, content)
            if count % _LINES_PER_STEP == 0:
                advance(_LINES_PER_STEP)
                yield None
        state = state or loader.finish()
        if state.position != Position(header.epoch, to) or (to == header.seq and state.hash != header.hash):
            raise BrokenRecord(f"it leads to {state.position}, not to {header.epoch}-{to}")
        yield state


def _parse_header(line: bytes) -> BackupHeader:
    try:
        check_format(msgspec.json.decode(line, type=_Number).format, "this backup")
        return msgspec.json.decode(line, type=BackupHeader)
    except msgspec.DecodeError as error:
        raise OperationRefused("this file is no backup of Turnout") from error


def _read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yields the lines without line ends, and checks them against the digest in the last line.

    Raises:
        OperationRefused, DataDamaged
    """
    digest, count = blake2b(digest_size=_DIGEST_BYTES), 0
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            for line in unpacked:
                if line.startswith(b"end "):
                    rest = unpacked.read(1)  # at the end of the file gzip checks its own checksum
                    if rest or line != f"end {count} {digest.hexdigest()}\n".encode():
                        raise DataDamaged("the backup is damaged: its digest does not match; use another one")
                    return
                digest.update(line)
                count += 1
                yield line.removesuffix(b"\n")
    except gzip.BadGzipFile as error:
        raise _unreadable(count, error) from error
    except (EOFError, zlib.error) as error:
        raise _unreadable(count, error) from error
    raise DataDamaged("the backup is damaged: its end is missing; use another one")


def _unreadable(count: int, error: Exception) -> DataDamaged | OperationRefused:
    if count == 0:
        return OperationRefused("this file is no backup of Turnout")
    return DataDamaged(f"the backup is damaged: {error}; use another one")
