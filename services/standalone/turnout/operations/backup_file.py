"""A backup file: gzip over lines, so that it also reads with ``zcat``.

====  =====================================================================================================
line  what it holds
====  =====================================================================================================
1     the header, JSON (``Header``)
c …   a chunk of the snapshot that it starts from, base64; none where it starts from the beginning
r …   a record, as the stream held it; the first one follows the snapshot, the last one is the header's head
x …   base64 of a stream entry that is no sound record; only in the backup that is made of a damaged journal
end   number of lines before it, and a digest (blake2b, 128 bits, hex) over all of them
====  =====================================================================================================

It holds the secret that sessions are signed with, without which no guest could come back: keep it like a password.
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

from turnout.operations.errors import Damaged, Refused
from turnout.operations.raw_journal import advance
from turnout.progress import Advance
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.record import GENESIS, BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot, Loader

FORMAT: Final = 1
_COMPRESSION: Final = 3  # records are text, and much alike: more effort gains little
_STEP: Final = 1_000  # lines between two reports
_DIGEST_BYTES: Final = 16


class Header(msgspec.Struct, frozen=True):
    """
    Attributes:
        turnout: tells this file from any other.
        epoch, seq, hash: the head that it leads to.
        base: number of the snapshot that it starts from.
        made_at: ms since 1970.
        secret: of the sessions; empty where there was none.
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


class Writer:
    """Writes one backup; the file is whole only after ``finish``."""

    def __init__(self, file: IO[bytes], header: Header) -> None:
        self._gzip = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=_COMPRESSION)
        self._digest = blake2b(digest_size=_DIGEST_BYTES)
        self._lines = 0
        self._line(msgspec.json.encode(header))

    def chunk(self, chunk: bytes) -> None:
        self._line(b"c " + b64encode(chunk))

    def record(self, record: bytes) -> None:
        self._line(b"r " + record)

    def oddity(self, entry: bytes) -> None:
        self._line(b"x " + b64encode(entry))

    def finish(self) -> None:
        self._gzip.write(f"end {self._lines} {self._digest.hexdigest()}\n".encode())
        self._gzip.close()

    def _line(self, line: bytes) -> None:
        line += b"\n"
        self._digest.update(line)
        self._gzip.write(line)
        self._lines += 1


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name once everything is in it and on disk, and that only its owner can read."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with open(unfinished, "w+b", opener=_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Reader:
    """Reads one backup and checks all of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = _lines(file)
        self.header = _header(next(self._lines, b""))

    def states(self, to: int | None, told: Advance) -> Iterator[State | None]:
        """The state as of record ``to`` (None: the head), once all is read; None now and then, so that others may run.

        Raises:
            Refused: ``to`` is not in it.
            Damaged: the file is cut off or altered, or holds a damaged record that has to be applied.
        """
        header = self.header
        to = header.seq if to is None else to
        if not header.base <= to <= header.seq:
            raise Refused(
                f"this backup reaches from {header.epoch}-{header.base} to {header.head}, not to {header.epoch}-{to}"
            )
        try:
            yield from self._replay(to, told)
        except (BrokenRecord, BrokenSnapshot, ValueError) as error:
            raise Damaged(f"the backup is damaged: {error}") from error

    def _replay(self, to: int, told: Advance) -> Iterator[State | None]:
        header, loader = self.header, Loader()
        state = State(Position(header.epoch, 0), GENESIS) if header.base == 0 else None
        for count, line in enumerate(self._lines, 1):
            kind, content = line[:2], line[2:]
            if kind == b"c ":
                loader.add(b64decode(content))
            else:
                state = state or loader.finish()
                if kind == b"r " and state.position.seq < to:  # what stood where an x is now, the chain misses
                    advance(state, content)
            if count % _STEP == 0:
                told(_STEP)
                yield None
        state = state or loader.finish()
        if state.position != Position(header.epoch, to) or (to == header.seq and state.hash != header.hash):
            raise BrokenRecord(f"it leads to {state.position}, not to {header.epoch}-{to}")
        yield state


def _header(line: bytes) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
    except msgspec.DecodeError as error:
        raise Refused("this is no backup of Turnout") from error
    if header.format != FORMAT:
        raise Refused(f"this backup has format {header.format}, and this Turnout reads format {FORMAT}")
    return header


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines without their ends, checked against the last one. Raises Refused, Damaged."""
    digest, count = blake2b(digest_size=_DIGEST_BYTES), 0
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            for line in unpacked:
                if line.startswith(b"end "):
                    rest = unpacked.read(1)  # reaching the end of the file checks gzip's own sum, too
                    if rest or line != f"end {count} {digest.hexdigest()}\n".encode():
                        raise Damaged("the backup is damaged: it is not what was written")
                    return
                digest.update(line)
                count += 1
                yield line.removesuffix(b"\n")
    except gzip.BadGzipFile as error:
        raise _unreadable(count, error) from error
    except (EOFError, zlib.error) as error:
        raise _unreadable(count, error) from error
    raise Damaged("the backup is damaged: its end is missing")


def _unreadable(count: int, error: Exception) -> Damaged | Refused:
    if count == 0:
        return Refused("this is no backup of Turnout")
    return Damaged(f"the backup is damaged: {error}")
