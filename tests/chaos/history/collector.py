"""Collects the records of the journal from Valkey during the run, before they are trimmed."""

import asyncio
from typing import Any, Final

from redis.exceptions import RedisError

from chaos.history.events import AnyEvent, JournalRecord, RewrittenRecord
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

_REREAD_RECORDS: Final = 200  # records to read again after each lost connection: they must be unchanged
_RETRY_S: Final = 0.05


class Collector:
    """Reads the stream continuously and notices changed records.

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
                await asyncio.sleep(_RETRY_S)

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
        async with connect(self._url) as valkey:
            while True:
                reply: Any = await valkey.xread({KEYS.stream: f"{last}-0"}, count=500, block=1000)
                entries = [entry for batch in (reply or {}).values() for part in batch for entry in part]
                self._add(entries)
                if entries:
                    last = int(entries[-1][0].partition(b"-")[0])

    def _add(self, entries: Any) -> None:
        for name, fields in entries:
            seq = int(name.partition(b"-")[0])
            record = fields[b"r"]
            known = self.records.setdefault(seq, record)
            if known != record:
                self._rewritten.append(RewrittenRecord(seq, known.decode(), record.decode()))
