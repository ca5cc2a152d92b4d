"""A writer whose wall clock the test sets, on a journal that an earlier writer has begun."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from history import BEGINNING, DETAILS, EPOCH, History
from msgspec.structs import replace
from waiting import until

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_command.metrics import Metrics
from turnout_command.write.lease_config import LeaseConfig
from turnout_command.write.writer import Writer
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    EventCreated,
    EventEdited,
    SignedUp,
)
from turnout_core.domain.state import State
from turnout_core.journal.port import Head
from turnout_core.journal.record import peek, unseal

CONFIG = LeaseConfig(
    lease_s=0.5, renew_s=0.02, heartbeat_s=0.05, append_timeout_s=1.0, clock_check_s=0.02, clock_settle_s=0.1
)
NOON = 1_800_000_000_000
MINUTE = 60_000


def utc(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M")


class PastHistory:
    """A history by an earlier writer, without ends."""

    def __init__(self) -> None:
        self.history = History()
        self.state = State(BEGINNING.position, BEGINNING.hash)
        self.commit(SignedUp("ada", "Ada"))

    def commit(self, *changes: AnyChange) -> None:
        apply(self.state, *peek(self.history.add(*changes, at=NOON - 90 * MINUTE)))

    def event(self, event: str, ends_at: int) -> None:
        starts_at = ends_at - MINUTE
        details = replace(
            DETAILS, zone="UTC", starts=utc(starts_at), ends=utc(ends_at), starts_at=starts_at, ends_at=ends_at
        )
        self.commit(EventCreated(event, "ada", details))

    def edit_end(self, event: str, ends_at: int) -> None:
        details = replace(self.state.events[event].details, ends=utc(ends_at), ends_at=ends_at)
        self.commit(EventEdited(event, details))

    async def journal(self) -> MemoryJournal:
        journal = MemoryJournal()
        before = await journal.create(EPOCH)
        await journal.append(1, before, self.history.records, Head(self.state.position, self.state.hash))
        return journal


class Clock:
    def __init__(self, ms: int = NOON) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


@asynccontextmanager
async def leading(journal: MemoryJournal, clock: Clock) -> AsyncIterator[Writer]:
    lease = MemoryLease(CONFIG.lease_s)
    lease.now_ms = lambda: _now(clock)  # type: ignore[method-assign] # the server has the same wrong clock
    writer = Writer(journal, lease, Metrics(), config=CONFIG, now_ms=clock)
    await writer.prepare()
    task = asyncio.create_task(writer.run())
    try:
        await until(lambda: writer.status().ready)
        yield writer
        await writer.drain()
    finally:
        task.cancel()
        await asyncio.wait([task])
        journal.fence = 1


async def _now(clock: Clock) -> int:
    return clock()


def commits(journal: MemoryJournal) -> list[Commit]:
    """The commits of the journal, each checked against the one before."""
    state, found = State(BEGINNING.position, BEGINNING.hash), []
    for record in journal._records.values():
        commit, digest = unseal(record, state.hash)
        apply(state, commit, digest)
        found.append(commit)
    return found
