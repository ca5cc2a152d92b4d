"""Reads an append-only file up to its first damaged byte.

Only its grammar is read: commands as RESP arrays of bulk strings (https://valkey.io/topics/protocol/), transactions
from MULTI to EXEC, and lines of annotation, which begin with #.
"""

from dataclasses import dataclass
from mmap import mmap
from typing import Final

Log = bytes | mmap
_NUMBER_BYTES: Final = 24  # of a length with its marks, at most
_CHUNK_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Extent:
    """
    Attributes:
        whole_bytes: what ends with the last whole transaction.
        tail_bytes: what comes behind it.
        zeros: the tail is nothing but zero bytes.
    """

    whole_bytes: int
    tail_bytes: int
    zeros: bool


def extent(log: Log) -> Extent:
    """Reads ``log`` up to the first byte that does not fit."""
    whole = at = 0
    inside = False
    while (command := _command(log, at)) is not None:
        name, at = command
        inside = name == b"MULTI" or (inside and name != b"EXEC")
        if not inside:
            whole = at
    tail = len(log) - whole
    return Extent(whole, tail, tail > 0 and _zeros(log, whole))


def _command(log: Log, at: int) -> tuple[bytes, int] | None:
    """The name of the command at an offset, and where the next one begins; None where there is no whole one."""
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


def _number(log: Log, at: int, mark: bytes) -> tuple[int, int] | None:
    end = log.find(b"\r\n", at, at + _NUMBER_BYTES)
    digits = log[at + 1 : end]
    if end < 0 or log[at : at + 1] != mark or not digits.isdigit():
        return None
    return int(digits), end + 2


def _zeros(log: Log, start: int) -> bool:
    return not any(log[at : at + _CHUNK_BYTES].strip(b"\0") for at in range(start, len(log), _CHUNK_BYTES))
