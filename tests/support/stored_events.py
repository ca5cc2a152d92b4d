"""Writes a journal with many events, past ones too. That is much faster than creating them over HTTP."""

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from history import BEGINNING, EPOCH, History

from turnout.valkey.embedded import embedded_valkey
from turnout_core.domain.changes import Details, EventCreated, SignedUp
from turnout_core.domain.people_changes import RecoverySet
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

_FENCE: Final = 1
_BATCH: Final = 500
_DURATION: Final = timedelta(hours=1)


def event_details(title: str, starts: datetime, tags: tuple[str, ...]) -> Details:
    """The details of an event of one hour, whose ``starts`` has a zone."""
    ends = starts + _DURATION
    return Details(
        title=title,
        starts=starts.strftime("%Y-%m-%dT%H:%M"),
        ends=ends.strftime("%Y-%m-%dT%H:%M"),
        zone=str(starts.tzinfo),
        starts_at=round(starts.timestamp() * 1000),
        ends_at=round(ends.timestamp() * 1000),
        tags=tags,
    )


def store_events(data: Path, events: Iterable[Details], *, recovery: str = "") -> None:
    """Writes a new journal into the folder ``data``, in which Olga organizes these events.

    Olga has a recovery link if ``recovery`` is the digest of its secret.
    """
    # Playwright has an event loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _store(data, list(events), recovery)).result()


async def _store(data: Path, events: list[Details], recovery: str) -> None:
    now_ms = round(time.time() * 1000)
    keys, history = Keys(), History()
    async with embedded_valkey(data) as url, connect(url) as valkey:
        journal = ValkeyJournal(valkey, valkey, keys)
        await valkey.set(keys.fence, _FENCE)
        await journal.create(EPOCH)
        history.add(SignedUp("olga", "Olga"), RecoverySet("olga", recovery), at=now_ms)
        before = BEGINNING
        for start in range(0, len(events), _BATCH):
            for number, details in enumerate(events[start : start + _BATCH], start):
                history.add(EventCreated(f"e{number:05}", "olga", details), actor="olga", at=now_ms)
            await journal.append(_FENCE, before, history.records, history.head)
            before, history.records = history.head, []
