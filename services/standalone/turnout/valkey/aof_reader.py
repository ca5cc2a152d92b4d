"""Reads an append-only file up to its first damaged byte.

It reads only the grammar: commands as RESP arrays of bulk strings (https://valkey.io/topics/protocol/), transactions
from MULTI to EXEC, and annotations, which are lines that begin with #.
"""

from dataclasses import dataclass
from mmap import mmap
from typing import Final

AofBytes = bytes | mmap
_NUMBER_BYTES: Final = 24  # longest number with its mark and line end
_CHUNK_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Extent:
    """The sizes of the intact part of a file and of its tail.

    Attributes:
        intact_bytes: up to the end of the last complete transaction.
        tail_bytes: after the intact part.
        is_zero_filled: the tail is not empty, and all its bytes are zero.
    """

    intact_bytes: int
    tail_bytes: int
    is_zero_filled: bool


def measure_extent(log: AofBytes) -> Extent:
    """Reads ``log`` up to the first byte that breaks the grammar."""
    intact = at = 0
    inside = False
    while (command := _command(log, at)) is not None:
        name, at = command
        inside = name == b"MULTI" or (inside and name != b"EXEC")
        if not inside:
            intact = at
    tail = len(log) - intact
    return Extent(intact, tail, tail > 0 and _is_zero_filled(log, intact))


def _command(log: AofBytes, at: int) -> tuple[bytes, int] | None:
    """Returns the name of the command at ``at`` and the offset of the next; None if no complete command is there."""
    if log[at : at + 1] == b"#":
        end = log.find(b"\r\n", at)
        return None if end < 0 else (b"", end + 2)
    if (head := _number(log, at, b"*")) is None:
        return None
    parts, at = head
    name = b""
    for part in range(parts):
        if (head := _number(log, at, b"$")) is None:
            return None
        size, at = head
        if log[at + size : at + size + 2] != b"\r\n":
            return None
        if part == 0:
            name = log[at : at + size].upper()
        at += size + 2
    return name, at


def _number(log: AofBytes, at: int, mark: bytes) -> tuple[int, int] | None:
    end = log.find(b"\r\n", at, at + _NUMBER_BYTES)
    digits = log[at + 1 : end]
    if end < 0 or log[at : at + 1] != mark or not digits.isdigit():
        return None
    return int(digits), end + 2


def _is_zero_filled(log: AofBytes, start: int) -> bool:
    return not any(log[at : at + _CHUNK_BYTES].strip(b"\0") for at in range(start, len(log), _CHUNK_BYTES))
