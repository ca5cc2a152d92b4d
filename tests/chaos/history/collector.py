"""Collects the records of the journal during the run, directly from Valkey, before they are trimmed."""

import asyncio
from typing import Any, Final

from redis.exceptions import RedisError

from chaos.history.events import AnyEvent, Recorded, Rewritten
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

_AGAIN: Final = 200  # records that are read a second time after each lost link: they must still be the same
_RETRY_S: Final = 0.05


class Collector:
    """
    Attributes:
        records: by number.
    """

    def __init__(self, url: str) -> None:
        self.records: dict[int, bytes] = {}
        self._url = url
        self._rewritten: list[Rewritten] = []

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError):
                await asyncio.sleep(_RETRY_S)

    async def finish(self) -> list[AnyEvent]:
        """Reads whatever is there now, and compares all of it."""
        async with connect(self._url) as valkey:
            entries: Any = await valkey.xrange(KEYS.stream)
            self._note(entries)
            head = await valkey.hget(KEYS.head, "seq")
        last = int(head or 0)
        for seq in [seq for seq in self.records if seq > last]:
            self._rewritten.append(Rewritten(seq, self.records[seq].decode(), "nothing: the journal ends before it"))
        return [*(Recorded(record.decode()) for _, record in sorted(self.records.items())), *self._rewritten]

    async def _listen(self) -> None:
        last = max(0, max(self.records, default=0) - _AGAIN)
        async with connect(self._url) as valkey:
            while True:
                said: Any = await valkey.xread({KEYS.stream: f"{last}-0"}, count=500, block=1000)
                entries = [entry for batch in (said or {}).values() for part in batch for entry in part]
                self._note(entries)
                if entries:
                    last = int(entries[-1][0].partition(b"-")[0])

    def _note(self, entries: Any) -> None:
        for name, fields in entries:
            seq = int(name.partition(b"-")[0])
            record = fields[b"r"]
            held = self.records.setdefault(seq, record)
            if held != record:
                self._rewritten.append(Rewritten(seq, held.decode(), record.decode()))
