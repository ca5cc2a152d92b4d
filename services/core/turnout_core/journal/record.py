"""Records: a commit as bytes, ``<hash> <json>``. The hash covers the JSON and the hash of the record before.

The append-only file of Valkey has no checksum per record, so a flipped byte would load unnoticed. The chain of hashes
detects it. It also distinguishes two histories with different commits under one number. A record is one line (JSON in
UTF-8 without a newline), so the stream, the bus and an export file hold the same bytes.
"""

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from turnout_core.domain.changes import Commit

GENESIS = "0" * 32
"""Hash before the first record of a journal."""

_HASH_CHARS = 32  # 128 bits: no accidental collisions. It is no signature: a writer to the stream can forge it anyway
_DIGEST_BYTES = _HASH_CHARS // 2

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Commit)


class BrokenRecord(Exception):
    """Bytes that are no record, or a record that does not continue the one before."""


def seal(commit: Commit, before: str) -> tuple[bytes, str]:
    """Encodes ``commit`` as the record that follows the one with hash ``before``; returns its bytes and hash."""
    body = _encoder.encode(commit)
    digest = _digest(before, body)
    return digest.encode() + b" " + body, digest


def unseal(record: bytes, before: str) -> tuple[Commit, str]:
    """Decodes a record and checks that it follows the one with hash ``before``.

    Raises:
        BrokenRecord: the record is damaged, or of another history.
    """
    commit, digest = peek(record)
    check(record, before)
    return commit, digest


def check(record: bytes, before: str) -> None:
    """Raises BrokenRecord unless the record is undamaged and follows the one with hash ``before``."""
    digest = record[:_HASH_CHARS].decode("ascii", "replace")
    if _digest(before, record[_HASH_CHARS + 1 :]) != digest:
        raise BrokenRecord(f"a record does not continue the one before it: {record[:60]!r}")


def peek(record: bytes) -> tuple[Commit, str]:
    """Decodes a record without checking its hash. Returns the commit and that hash. Raises BrokenRecord."""
    if record[_HASH_CHARS : _HASH_CHARS + 1] != b" ":
        raise BrokenRecord(f"not a record: {record[:60]!r}")
    try:
        return _decoder.decode(memoryview(record)[_HASH_CHARS + 1 :]), record[:_HASH_CHARS].decode("ascii")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenRecord(f"not a record: {record[:60]!r}: {error}") from error


def join(records: Iterable[bytes]) -> bytes:
    """Records as the lines of one message or file."""
    return b"\n".join(records)


def split(message: bytes) -> list[bytes]:
    """The reverse of ``join``."""
    return message.split(b"\n")


def _digest(before: str, body: bytes) -> str:
    return blake2b(before.encode() + body, digest_size=_DIGEST_BYTES).hexdigest()
