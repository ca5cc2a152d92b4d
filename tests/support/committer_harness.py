"""A running committer on a journal whose replies a test controls."""

import asyncio
from collections.abc import Sequence
from typing import Self

from event_scenario import DRAFT, NOW, SESSION, id_of
from history import BEGINNING, EPOCH

from fakes.memory_journal import MemoryJournal
from turnout_command.metrics import Metrics
from turnout_command.write.batch import Outcome
from turnout_command.write.committer import Committer
from turnout_command.write.idempotency import Key
from turnout_core.domain.apply import apply
from turnout_core.domain.commands import Command, CreateEvent, EventDraft, Join, SessionBody, SignUp
from turnout_core.domain.state import State
from turnout_core.journal.port import Head, JournalError
from turnout_core.journal.record import unseal
from turnout_core.runtime.tasks import cancel_and_wait

ADA, GAMES = id_of("ada"), id_of("games")
SIGN_UP = SignUp(user=ADA, session=SESSION, body=SessionBody(name="Ada"))
CREATE = CreateEvent(event=GAMES, draft=EventDraft(**DRAFT))
JOIN = Join(event=GAMES)


class SlowJournal(MemoryJournal):
    """A journal whose appends wait for ``gate``, and fail with ``errors``.

    Attributes:
        gate: appends wait until it is set.
        append_started: set at the start of an append.
        errors: error of each next append; None for success.
        lost: for each of ``errors``, True if the append has no effect.
        appended: the records of each append.
        heartbeats: number of heartbeats.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.append_started = asyncio.Event()
        self.errors: list[JournalError | None] = []
        self.lost: list[bool] = []
        self.appended: list[list[bytes]] = []
        self.heartbeats = 0

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        self.append_started.set()
        await self.gate.wait()
        error = self.errors.pop(0) if self.errors else None
        if error is None or not self.lost.pop(0):
            await super().append(fence, before, records, after)
            self.appended.append(list(records))
        if error is not None:
            raise error

    async def publish_heartbeat(self, fence: int) -> Head:
        await self.gate.wait()
        self.heartbeats += 1
        return await super().publish_heartbeat(fence)

    def fail_next_append(self, error: JournalError, *, lost: bool = False) -> None:
        self.errors.append(error)
        self.lost.append(lost)

    def read_state(self) -> State:
        """The state from the records of the journal."""
        state = State(BEGINNING.position, BEGINNING.hash)
        for record in self._records.values():
            apply(state, *unseal(record, state.hash))
        return state


class LateReplyJournal(SlowJournal):
    """A journal that appends at once, and replies when ``gate`` is set."""

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        await MemoryJournal.append(self, fence, before, records, after)
        self.append_started.set()
        await self.gate.wait()


class CommitterHarness:
    """A running committer, with a user and an event."""

    def __init__(self, append_timeout_s: float = 0, journal: SlowJournal | None = None) -> None:
        self.journal = journal or SlowJournal()
        self.is_lease_valid = True
        self.now = NOW
        self.committer = Committer(
            self.journal, 1, State(BEGINNING.position, BEGINNING.hash), Metrics(),
            is_lease_valid=lambda: self.is_lease_valid, now_ms=lambda: self.now, append_timeout_s=append_timeout_s,
        )  # fmt: skip
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.journal.create(EPOCH)
        self.task = asyncio.create_task(self.committer.run())
        await self.execute(SIGN_UP, None)
        await self.execute(CREATE)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.task is not None
        await cancel_and_wait(self.task)

    def submit(self, command: Command, actor: str | None = ADA, key: Key | None = None) -> "asyncio.Future[Outcome]":
        return self.committer.submit(command, actor, key)

    async def execute(self, command: Command, actor: str | None = ADA, key: Key | None = None) -> Outcome:
        return await self.submit(command, actor, key)

    async def failure(self) -> str:
        """Waits until the committer has failed; the name of its error."""
        assert self.task is not None
        done, _ = await asyncio.wait([self.task], timeout=5)
        assert done, "the committer did not fail"
        return type(self.task.exception()).__name__

    def block_appends(self) -> None:
        """Makes appends wait for ``gate``."""
        self.journal.gate.clear()
        self.journal.append_started.clear()


async def run_loop_turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def key(text: str, body: bytes = b"{}") -> Key:
    return Key.of(ADA, text, "POST /api/events/games/attendees", body)
