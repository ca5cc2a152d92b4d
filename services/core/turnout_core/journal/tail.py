"""The newest records of a history in memory, for a new primary of Valkey that lacks them."""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final

from turnout_core.domain.position import Position
from turnout_core.journal.port import Head
from turnout_core.journal.record import hash_of

TAIL_MAX_BYTES: Final = 16 << 20  # some 40,000 records: far more than a replica is behind


class Tail:
    """The newest records that are known to be durable, without a gap.

    Args:
        max_bytes: of the records; the oldest ones are forgotten.
    """

    def __init__(self, max_bytes: int = TAIL_MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._start: Head | None = None
        self._records: deque[bytes] = deque()

    def extend(self, before: Head, records: Sequence[bytes]) -> None:
        """Adds the records that follow ``before``. If that leaves a gap, all older records are forgotten."""
        if self._start is None or self._head_at(len(self._records)) != before:
            self._records.clear()
            self._bytes = 0
            self._start = before
        self._records.extend(records)
        self._bytes += sum(map(len, records))
        while self._bytes > self._max_bytes:
            self._start = self._head_at(1)
            self._bytes -= len(self._records.popleft())

    def after(self, head: Head) -> list[bytes]:
        """The records that follow ``head``, oldest first; none if ``head`` is the end or not known."""
        if self._start is None:
            return []
        at = head.position.seq - self._start.position.seq
        if not 0 <= at < len(self._records) or self._head_at(at) != head:
            return []
        return [*islice(reversed(self._records), len(self._records) - at)][::-1]

    def _head_at(self, number: int) -> Head:
        """The head after the first ``number`` records."""
        assert self._start is not None  # noqa: S101 - the callers have checked it
        start = self._start.position
        digest = hash_of(self._records[number - 1]) if number else self._start.hash
        return Head(Position(start.epoch, start.seq + number), digest)
