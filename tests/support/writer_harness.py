"""Writers of one journal, with a lease in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from event_scenario import SESSION, id_of
from waiting import until

from fakes.memory_journal import MemoryJournal
from fakes.memory_lease import MemoryLease
from turnout_command.metrics import Metrics
from turnout_command.write.batch import Success
from turnout_command.write.lease_config import LeaseConfig
from turnout_command.write.writer import Writer
from turnout_core.domain.changes import Commit, SignedUp
from turnout_core.domain.commands import SessionBody, SignUp
from turnout_core.journal.format import check_format
from turnout_core.journal.lease import Grant
from turnout_core.journal.port import Head, OutcomeUnknown, Unreachable
from turnout_core.journal.record import seal
from turnout_core.runtime.tasks import cancel_and_wait

CONFIG = LeaseConfig(lease_s=0.2, renew_s=0.02, heartbeat_s=0.05, append_timeout_s=0.1)


class WriterHarness:
    """A journal and a lease, for any number of writers."""

    def __init__(self) -> None:
        self.journal = FencedJournal()
        self.lease = MemoryLease(CONFIG.lease_s)

    def writer(self, **options: Any) -> Writer:
        return Writer(self.journal, FencingLease(self.lease, self.journal), Metrics(), config=CONFIG, **options)

    @asynccontextmanager
    async def leading(self, **clocks: Any) -> AsyncIterator[Writer]:
        async with running(self.writer(**clocks)) as writer:
            await until(lambda: writer.status().ready)
            yield writer


class FencedJournal(MemoryJournal):
    """A journal without a fence until a writer leads, as Valkey is."""

    def __init__(self) -> None:
        super().__init__(fence=0)
        self.unknown_outcomes = 0
        self.is_showing = True  # without it, the writer dies before it shows an append
        self.show_failures = 0
        self.reply_allowed = asyncio.Event()  # replies to appends wait until it is set
        self.reply_allowed.set()

    async def append(self, *args: object) -> None:
        await super().append(*args)  # type: ignore[arg-type] # passes its arguments on
        await self.reply_allowed.wait()
        if self.unknown_outcomes:
            self.unknown_outcomes -= 1
            raise OutcomeUnknown("the connection broke after the append")

    async def show(self, fence: int, head: Head) -> None:
        if self.show_failures:
            self.show_failures -= 1
            raise Unreachable("the server does not answer")
        if self.is_showing:
            await super().show(fence, head)

    def shown(self) -> int:
        """The number of the last record that readers see."""
        head = self._confirmed or self._head
        return head.position.seq if head else 0

    def roll_back(self, seq: int) -> None:
        """Loses all records after ``seq``, as a server without fsync may at a restart, and a new primary may."""
        assert self._head is not None
        remaining = {each: record for each, record in self._records.items() if each <= seq}
        self._head = type(self._head)(
            type(self._head.position)(self._head.position.epoch, seq),
            remaining[seq][:32].decode() if remaining else "0" * 32,
        )
        self._records = remaining
        self._confirmed = None

    def empty(self) -> None:
        self._head, self._records = None, {}

    def replace_end(self) -> None:
        """Replaces the last record by another one."""
        assert self._head is not None
        position, before = self._head.position, self._records[self._head.position.seq - 1][:32].decode()
        record, digest = seal(Commit(position.epoch, position.seq, 0, None, (SignedUp("eve", "Eve"),)), before)
        self._records[position.seq], self._head = record, Head(position, digest)

    def damage(self, seq: int) -> None:
        self._records[seq] = self._records[seq].replace(b"Ada", b"Eve")


class FencingLease:
    """Passes new fences on to the journal, because Valkey holds both."""

    def __init__(self, lease: MemoryLease, journal: MemoryJournal) -> None:
        self._lease = lease
        self._journal = journal

    async def acquire(self, owner: str) -> Grant:
        check_format(self._journal.format, "the journal")
        grant = await self._lease.acquire(owner)
        if grant.fence is not None:
            self._journal.fence = grant.fence
        return grant

    async def release(self, owner: str) -> None:
        await self._lease.release(owner)

    async def now_ms(self) -> int:
        return await self._lease.now_ms()


@asynccontextmanager
async def running(writer: Writer) -> AsyncIterator[Writer]:
    await writer.prepare()
    task = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        await writer.drain()
        await cancel_and_wait(task)


async def sign_up(writer: Writer, person: str) -> int:
    """Signs ``person`` up; the number of the commit."""
    command = SignUp(user=id_of(person), session=SESSION, body=SessionBody(name=person.title()))
    outcome = await writer.committer().submit(command, None)
    assert isinstance(outcome, Success)
    return outcome.position.seq
