"""Collects the records of the journal from Valkey during the run, before they are trimmed."""

import asyncio
import time
from typing import Any, Final

from redis.exceptions import RedisError

from chaos.history.events import AnyEvent, JournalRecord, RewrittenRecord
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

_REREAD_RECORDS: Final = 200  # records to read again with each connection: they must be unchanged
_POLL_S: Final = 0.05
_CONNECTION_S: Final = 1.0  # the server of a longer one may be a former primary


class Collector:
    """Reads the stream continuously and notices changed records.

    It reads what replicas have confirmed: other records may be lost with the primary, and no reader sees them.

    Attributes:
        records: all records so far, by number.
    """

    def __init__(self, url: str) -> None:
        self.records: dict[int, bytes] = {}
        self._url = url
        self._rewritten: list[RewrittenRecord] = []

    async def run(self) -> None:
        """Collects records until it is cancelled."""
        while True:
            try:
                await self._follow()
            except (RedisError, OSError):
                await asyncio.sleep(_POLL_S)

    async def finish(self) -> list[AnyEvent]:
        """Reads the whole stream once more. Returns all records and all changes of records."""
        async with connect(self._url) as valkey:
            entries: Any = await valkey.xrange(KEYS.stream)
            self._add(entries)
            head = await valkey.hget(KEYS.head, "seq")
        last = int(head or 0)
        for seq in [seq for seq in self.records if seq > last]:
            self._rewritten.append(
                RewrittenRecord(seq, self.records[seq].decode(), "nothing: the journal ends before it")
            )
        return [*(JournalRecord(record.decode()) for _, record in sorted(self.records.items())), *self._rewritten]

    async def _follow(self) -> None:
        last = max(0, max(self.records, default=0) - _REREAD_RECORDS)
        ends_at = time.monotonic() + _CONNECTION_S
        async with connect(self._url) as valkey:
            while time.monotonic() < ends_at:
                async with valkey.pipeline(transaction=True) as both:
                    both.xrange(KEYS.stream, min=f"({last}-0", count=500)
                    both.hget(KEYS.head, "confirmed")
                    entries, confirmed = await both.execute()
                shown = [each for each in entries if confirmed is None or _seq(each) <= int(confirmed)]
                self._add(shown)
                last = _seq(shown[-1]) if shown else last
                await asyncio.sleep(_POLL_S)

    def _add(self, entries: Any) -> None:
        for entry in entries:
            seq, record = _seq(entry), entry[1][b"r"]
            known = self.records.setdefault(seq, record)
            if known != record:
                self._rewritten.append(RewrittenRecord(seq, known.decode(), record.decode()))


def _seq(entry: Any) -> int:
    return int(entry[0].partition(b"-")[0])
