"""Keeps a State up to date: newest snapshot, then the stream, then the bus; gaps are filled from the stream.

This is the only recovery path. A gateway that starts or reconnects, a restarted command service and a standby use it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from turnout_core.domain.affected import Affected
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import Commit
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.port import (
    Head,
    Heartbeat,
    HistoryCut,
    HistoryRewritten,
    Journal,
    JournalError,
    Records,
    RecordsTrimmed,
    Subscription,
)
from turnout_core.journal.record import BrokenRecord, check, peek
from turnout_core.journal.recovery import initial_state, is_at_end, other_history_error
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.journal.tail import Tail
from turnout_core.journal.waiters import PositionWaiters
from turnout_core.runtime.backoff import Backoff

HEARTBEAT_TIMEOUT_S: Final = (
    3.0  # the writer sends one per second; after three lost ones the connection counts as broken
)
_RETRY_FIRST_S: Final = 0.05
_RETRY_LONGEST_S: Final = 1.0
_RETRY_OPERATOR_S: Final = 5.0  # only an operator can repair this, and an attempt may read the whole journal
_RECORDS_PER_READ: Final = 500  # about 5 ms of work, after which other tasks run
_STARTING: Final = "starting"

log = logging.getLogger("turnout.follower")


class Listener(Protocol):
    """Derives data from the State. The follower calls it in the event loop, between commits."""

    def on_snapshot(self, state: State) -> None:
        """The follower starts over from ``state``; discard all data derived from an earlier state."""
        ...

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        """The State of ``on_snapshot`` now also holds ``commits``."""
        ...

    async def wait_until_ready(self) -> None:
        """Returns when the listener can accept more commits (backpressure)."""
        ...


class NullListener:
    """Satisfies ``Listener``; derives no data."""

    def on_snapshot(self, state: State) -> None: ...

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None: ...

    async def wait_until_ready(self) -> None: ...


class NoHeartbeat(JournalError):
    """No message was received for ``HEARTBEAT_TIMEOUT_S``, not even a heartbeat of the writer."""


class Follower:
    """Follows a journal: keeps ``state`` up to date, and notifies a listener.

    Args:
        tail: gets what is applied.

    Attributes:
        state: None until the first snapshot (or the beginning) is loaded.
        head: the newest position that was received; beyond ``state.position`` while catching up.
        trouble: why the State is not up to date, None if it is.
        is_outdated: True while the journal is of a newer format than this version reads. The State then lacks commits
            that nothing but an upgrade can show.
        acknowledged: the furthest position that is known to be acknowledged. A journal that ends before it is refused.
    """

    def __init__(
        self,
        journal: Journal,
        listener: Listener,
        clock: Callable[[], float] = time.monotonic,
        tail: Tail | None = None,
    ) -> None:
        self.state: State | None = None
        self.head: Position | None = None
        self.trouble: str | None = _STARTING
        self.is_outdated = False
        self.acknowledged: Position | None = None
        self._journal = journal
        self._listener = listener
        self._clock = clock
        self._tail = tail
        self._received_at_s = clock()
        self._is_heartbeat_missing = False
        self._waiters = PositionWaiters()

    def is_ready(self) -> bool:
        """True if the State was up to date at the last heartbeat, and that is recent.

        A new connection has ``HEARTBEAT_TIMEOUT_S`` to receive one. After a missing heartbeat only a heartbeat makes
        the follower ready again: reading the stream does not prove that the subscription works.
        """
        return self.trouble is None and self._clock() - self._received_at_s < HEARTBEAT_TIMEOUT_S

    async def wait_for(self, position: Position, timeout_s: float) -> bool:
        """Waits until the State holds ``position``; False if it does not within ``timeout_s`` seconds."""
        if self.state is not None and self.state.position.reaches(position):
            return True
        return await self._waiters.wait(position, timeout_s)

    async def run(self) -> None:
        """Follows until it is cancelled. Retries after errors; reports them in ``trouble`` and in the log."""
        backoff = Backoff(_RETRY_FIRST_S, _RETRY_LONGEST_S)
        while True:
            pause_s = 0.0
            try:
                async with self._journal.subscribe() as subscription:
                    await self.catch_up()
                    backoff.reset()
                    await self._follow(subscription)
            except (JournalError, BrokenRecord, BrokenSnapshot) as error:
                # At the start an error is expected: the services and Valkey may start together.
                level = logging.INFO if self.trouble == _STARTING else logging.WARNING
                log.log(level, "replica not up to date: %s", error)
                self.trouble = str(error)
                self.is_outdated = isinstance(error, NewerFormat)
                if isinstance(error, HistoryRewritten | NewerFormat) and not isinstance(error, HistoryCut):
                    pause_s = _RETRY_OPERATOR_S
            await asyncio.sleep(max(pause_s, backoff.next_s()))

    async def catch_up(self) -> State:
        """Reads the journal to its end.

        Raises:
            HistoryRewritten: it lost or replaced commits that this follower has applied.
            NewerFormat: a newer version has written it.
            JournalError: it cannot be read.
            BrokenRecord, BrokenSnapshot: it is damaged.
        """
        continues = self.state is not None
        if self.state is None:
            self._replace(await initial_state(self._journal, self.acknowledged))
        try:
            await self._read_to_end()
        except RecordsTrimmed:
            continues = False
            self._replace(await initial_state(self._journal, self.acknowledged))
            await self._read_to_end()
        except BrokenRecord:
            if continues and await self._is_journal_sound():
                raise other_history_error(
                    self.state.position if self.state is not None else self.acknowledged
                ) from None
            raise
        assert self.state is not None  # noqa: S101 - set above
        self._mark_up_to_date(self.state.position)
        return self.state

    async def _read_to_end(self) -> None:
        """Raises RecordsTrimmed, BrokenRecord, HistoryRewritten, and the errors of the journal."""
        state = self.state
        assert state is not None  # noqa: S101 - the caller has one
        while True:
            records = await self._journal.read(state.position, _RECORDS_PER_READ)
            if records:
                try:
                    self._apply(records)
                except ValueError as error:
                    raise BrokenRecord(str(error)) from error
            elif await is_at_end(self._journal, state):
                return
            await asyncio.sleep(0)

    async def _is_journal_sound(self) -> bool:
        """True if a new follower can read the whole journal: then its history differs, but it is not damaged."""
        try:
            await Follower(self._journal, NullListener(), self._clock).catch_up()
        except (BrokenRecord, BrokenSnapshot, RecordsTrimmed):
            return False
        return True

    async def _follow(self, subscription: Subscription) -> None:
        """Applies published records until the connection breaks."""
        while True:
            messages = await subscription.next(HEARTBEAT_TIMEOUT_S)
            if not messages:
                self._is_heartbeat_missing = True
                raise NoHeartbeat(f"no message for {HEARTBEAT_TIMEOUT_S:.0f} s")
            self._received_at_s = self._clock()
            self._is_heartbeat_missing = False
            for message in messages:
                if not self._continues_with(message):
                    self.trouble = "filling a gap"
                    await self.catch_up()
            await self._listener.wait_until_ready()

    def _continues_with(self, message: Records | Heartbeat) -> bool:
        """Applies ``message``; False if records before it are missing. Raises NewerFormat."""
        state = self.state
        if state is None:
            return False
        if isinstance(message, Heartbeat):
            self.head = message.head.position
            return message.head.position == state.position and message.head.hash == state.hash
        try:
            self._apply(message.records)
        except (BrokenRecord, ValueError):
            return False
        return True

    def _apply(self, records: Sequence[bytes]) -> None:
        """Applies the new ones of ``records``.

        Raises ValueError at a gap, BrokenRecord if the hashes do not match, NewerFormat.
        """
        state = self.state
        assert state is not None  # noqa: S101 - the callers have one
        applied: list[tuple[Commit, Affected]] = []
        try:
            for record in records:
                try:
                    commit, digest = peek(record)
                except NewerFormat:
                    check(record, state.hash)  # a flipped bit in the number is damage
                    raise
                if commit.epoch == state.position.epoch and commit.seq <= state.position.seq:
                    continue
                if commit.epoch != state.position.epoch or commit.seq != state.position.seq + 1:
                    raise ValueError(f"expected the record after {state.position}, got {commit.epoch}-{commit.seq}")
                check(record, state.hash)
                if self._tail is not None:
                    self._tail.extend(Head(state.position, state.hash), [record])
                applied.append((commit, apply(state, commit, digest)))
        finally:
            if applied:
                self.head = state.position
                self._listener.on_commits(applied)
                self._advance_to(state.position)

    def _replace(self, state: State) -> None:
        self.state = state
        self.head = state.position
        self._listener.on_snapshot(state)
        self._advance_to(state.position)

    def _advance_to(self, here: Position) -> None:
        if self.acknowledged is None or not self.acknowledged.reaches(here):
            self.acknowledged = here
        self._waiters.resolve(here)

    def _mark_up_to_date(self, here: Position) -> None:
        if self.trouble is not None:
            log.info("up to date at %s", here)
        self.trouble = None
        self.is_outdated = False
        if not self._is_heartbeat_missing:
            self._received_at_s = self._clock()
