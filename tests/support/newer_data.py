"""Records and snapshots of a newer version, as bytes that nothing here can decode."""

import zlib
from hashlib import blake2b
from typing import Any, Final

import msgspec

from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.format import FORMAT
from turnout_core.journal.port import Head
from turnout_core.journal.snapshot import dump

NEWER: Final = FORMAT + 1
REFUSAL: Final = f"made by a newer Turnout (format {NEWER}, this one reads {FORMAT}): upgrade"


def seal_body(body: bytes, before: str) -> bytes:
    """The record of any JSON that follows the one with hash ``before``."""
    return blake2b(before.encode() + body, digest_size=16).hexdigest().encode() + b" " + body


def newer_record(before: Head) -> tuple[bytes, Head]:
    """A record that follows ``before``, and the head after it."""
    position = Position(before.position.epoch, before.position.seq + 1)
    record = seal_body(b'{"format":%d,"news":["nothing that this version knows"]}' % NEWER, before.hash)
    return record, Head(position, record[:32].decode())


def rewrite_chunk(chunk: bytes, **fields: Any) -> bytes:
    """The chunk of a snapshot with other fields, and the digest of these."""
    content = msgspec.msgpack.decode(zlib.decompress(chunk[16:])) | fields
    body = zlib.compress(msgspec.msgpack.encode(content))
    return blake2b(body, digest_size=16).digest() + body


def newer_chunks(state: State) -> list[bytes]:
    """A snapshot of ``state`` whose header says more than this version knows."""
    header, *rest = dump(state)
    return [rewrite_chunk(header, format=NEWER, news=1), *rest]
