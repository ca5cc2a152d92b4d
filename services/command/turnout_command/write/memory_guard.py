"""Knows when Valkey has no room for commands that add. Pure: the readings of the memory are arguments.

Appends pass Valkey's own limit, so that deletions always work. So this guard is what limits the memory, and it may not
depend on how often the memory is read: it counts the bytes of the records since the last reading.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

STORED_PER_RECORD_BYTE: Final = 1.25
"""An upper bound; tests/command/write/test_stored_bytes.py prints what a real server needs."""
_TRANSIENT_BYTES: Final = 4 << 20  # copies of the batch in flight: query buffer, arguments, publication, output buffers
READ_AFTER_BYTES: Final = 4 << 20  # of records: an early reading, since the count is higher than what is stored


@dataclass(frozen=True, slots=True)
class MemoryReading:
    """Valkey's memory at one moment, in bytes.

    Attributes:
        used_bytes: in use.
        max_bytes: the limit; 0 for none.
        snapshot_bytes: of each complete snapshot, newest first; a part of ``used_bytes``.
    """

    used_bytes: int
    max_bytes: int
    snapshot_bytes: tuple[int, ...] = ()

    def reserve_bytes(self, growth_bytes: int = 0) -> int:
        """The room that the next two snapshots need at their peak, after ``growth_bytes`` more of records.

        A snapshot is at most as large as the newest one and all that is no snapshot, since it is compressed. The second
        of the two is made after the older of the present ones is dropped. After it the stream is trimmed.
        """
        newest, older = (*self.snapshot_bytes, 0, 0)[:2]
        next_bytes = newest + max(self.used_bytes - sum(self.snapshot_bytes), 0) + growth_bytes
        return next_bytes + max(next_bytes - older, 0)


class MemoryGuard:
    """Counts records between two readings of the memory.

    Attributes:
        reading: the last one; None before the first. Without one, and without a limit, there is room.
        reading_requested: set when a reading is due before its time.
    """

    def __init__(self) -> None:
        self.reading: MemoryReading | None = None
        self.reading_requested = asyncio.Event()
        self._enqueued_bytes = 0
        self._appended_bytes = 0
        self._appended_at_reading = 0
        self._is_snapshot_in_progress = False

    def is_full(self) -> bool:
        """True if a command that adds would use the room that deletions and snapshots need."""
        if self.reading is None or not self.reading.max_bytes:
            return False
        grown = int((self._enqueued_bytes - self._appended_at_reading) * STORED_PER_RECORD_BYTE)
        needed = self.reading.used_bytes + grown + self.reading.reserve_bytes(grown) + _TRANSIENT_BYTES
        is_full = needed > self.reading.max_bytes
        if is_full and grown:  # a reading may show that there is room after all
            self.reading_requested.set()
        return is_full

    def on_enqueued(self, record_bytes: int) -> None:
        """Counts a record that will be appended."""
        self._enqueued_bytes += record_bytes
        if self._enqueued_bytes - self._appended_at_reading >= READ_AFTER_BYTES:
            self.reading_requested.set()

    def on_appended(self, record_bytes: int) -> None:
        """Counts records that the next reading contains."""
        self._appended_bytes += record_bytes

    def on_new_term(self) -> None:
        """Forgets the records of the former term that were not appended."""
        self._appended_bytes = self._enqueued_bytes

    def begin_reading(self) -> int:
        """Call it before the memory is read; ``end_reading`` needs the result."""
        self.reading_requested.clear()
        return self._appended_bytes

    def end_reading(self, reading: MemoryReading, begun: int) -> None:
        """Takes over ``reading``, except during a snapshot: the reserve contains the part that is written already."""
        if not self._is_snapshot_in_progress:
            self.reading = reading
            self._appended_at_reading = begun

    @contextmanager
    def snapshot_in_progress(self) -> Iterator[None]:
        """For the time in which a snapshot is made."""
        self._is_snapshot_in_progress = True
        try:
            yield
        finally:
            self._is_snapshot_in_progress = False
            self.reading_requested.set()
