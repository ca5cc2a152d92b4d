"""Appends again what a new primary of Valkey lacks, although it was acknowledged.

If fewer replicas than all must confirm an append, Sentinels may promote one that lacks the newest records. The command
services still have them in memory (docs/decisions/0034-replicas.md).
"""

import logging
from collections.abc import Iterator, Sequence

from turnout_command.write.batch import BATCH_MAX_BYTES, BATCH_MAX_RECORDS
from turnout_core.domain.position import Position
from turnout_core.journal.port import Head, Journal
from turnout_core.journal.record import hash_of
from turnout_core.journal.tail import Tail

log = logging.getLogger("turnout.writer")


async def append_lost_records(journal: Journal, fence: int, end: Head | None, tail: Tail | None) -> int:
    """Appends the records of ``tail`` that follow ``end``, the end of ``journal``. Returns their number.

    Raises:
        WriterFenced, Conflict
        OutcomeUnknown, Unreachable: some may be appended; call it again with the new end.
    """
    records = tail.after(end) if tail is not None and end is not None else []
    if end is None or not records:
        return 0
    log.warning(
        "the server lacks %d acknowledged records after %s: they are appended again", len(records), end.position
    )
    for batch in _batches(records):
        after = Head(Position(end.position.epoch, end.position.seq + len(batch)), hash_of(batch[-1]))
        await journal.append(fence, end, batch, after)
        end = after
    return len(records)


def _batches(records: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The records in the batches of appends."""
    batch: list[bytes] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record)
        if len(batch) >= BATCH_MAX_RECORDS or size >= BATCH_MAX_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
