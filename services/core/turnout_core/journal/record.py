"""Records: a commit as bytes, ``<hash> <json>``. The hash covers the JSON and the hash of the record before.

The append-only file of Valkey has no checksum per record, so a flipped byte would load unnoticed. The chain of hashes
detects it. It also distinguishes two histories with different commits under one number. A record is one line (JSON in
UTF-8 without a newline), so the stream, the bus and an export file hold the same bytes.

A record that needs a format above 1 has the number in front of all other fields, ``<hash> {"format":2,…``: every format
has it there, so a reader finds the number of a record that it cannot decode. ``journal.lua`` reads it, too.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import msgspec

from turnout_core.domain.changes import Commit
from turnout_core.domain.since import FIRST, format_of
from turnout_core.journal.format import check_format

GENESIS = "0" * 32
"""Hash before the first record of a journal."""

_HASH_CHARS = 32  # 128 bits: no accidental collisions. It is no signature: a writer to the stream can forge it anyway
_DIGEST_BYTES = _HASH_CHARS // 2
_UNNUMBERED: Final = b' {"e'  # most records: the first field is the epoch
_UNNUMBERED_END: Final = _HASH_CHARS + len(_UNNUMBERED)
_NUMBER: Final = re.compile(rb'.{%d} \{"format":([1-9][0-9]{0,8}),' % _HASH_CHARS, re.DOTALL)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Commit)


class BrokenRecord(Exception):
    """Bytes that are no record, or a record that does not continue the one before."""


def seal(commit: Commit, before: str) -> tuple[bytes, str]:
    """Encodes ``commit`` as the record that follows the one with hash ``before``; returns its bytes and hash."""
    body = _encoder.encode(commit)
    number = format_of(commit)
    if number > FIRST:
        body = b'{"format":%d,' % number + body[1:]
    digest = _digest(before, body)
    return digest.encode() + b" " + body, digest


def unseal(record: bytes, before: str) -> tuple[Commit, str]:
    """Decodes a record and checks that it follows the one with hash ``before``.

    Raises:
        BrokenRecord: the record is damaged, or of another history.
        NewerFormat: a newer version has written the record. Its hash is right: no flipped bit made the number.
    """
    check(record, before)
    return peek(record)


def check(record: bytes, before: str) -> None:
    """Raises BrokenRecord unless the record is undamaged and follows the one with hash ``before``."""
    digest = record[:_HASH_CHARS].decode("ascii", "replace")
    if _digest(before, record[_HASH_CHARS + 1 :]) != digest:
        raise BrokenRecord(f"a record does not continue the one before it: {record[:60]!r}")


def peek(record: bytes) -> tuple[Commit, str]:
    """Decodes a record without checking its hash. Returns the commit and that hash.

    Raises:
        BrokenRecord: the bytes are no record of a format that this version reads.
        NewerFormat: the record says that it is of a newer one.
    """
    is_unnumbered = record[_HASH_CHARS:_UNNUMBERED_END] == _UNNUMBERED
    body = memoryview(record)[_HASH_CHARS + 1 :] if is_unnumbered else _after_number(record)
    try:
        return _decoder.decode(body), hash_of(record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenRecord(f"not a record: {record[:60]!r}: {error}") from error


def hash_of(record: bytes) -> str:
    """The hash that a record says it has, which the next one continues."""
    return record[:_HASH_CHARS].decode("ascii")


def number_of(record: bytes) -> int:
    """The format that a record says it needs, without a check of its hash."""
    match = _NUMBER.match(record)
    return int(match[1]) if match is not None else FIRST


def join(records: Iterable[bytes]) -> bytes:
    """Records as the lines of one message or file."""
    return b"\n".join(records)


def split(message: bytes) -> list[bytes]:
    """The reverse of ``join``."""
    return message.split(b"\n")


def _after_number(record: bytes) -> bytes:
    """The JSON of a record without its number. Raises NewerFormat, BrokenRecord."""
    match = _NUMBER.match(record)
    if match is None:
        raise BrokenRecord(f"not a record: {record[:60]!r}")
    check_format(int(match[1]), "a record")
    return b"{" + record[match.end() :]


def _digest(before: str, body: bytes) -> str:
    return blake2b(before.encode() + body, digest_size=_DIGEST_BYTES).hexdigest()
