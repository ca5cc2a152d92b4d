"""Keeps a State up to date from the journal: newest snapshot, then the stream, then live; and gaps from the stream.

The one recovery path. A gateway that starts or lost its link, a command service that restarts, and a standby that waits
all do the same.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from turnout_core.domain.apply import Affected, apply
from turnout_core.domain.changes import Commit
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import (
    Beat,
    Head,
    Journal,
    JournalError,
    Records,
    Rewritten,
    Subscription,
    Trimmed,
    Unreachable,
)
from turnout_core.journal.record import GENESIS, BrokenRecord, check, peek
from turnout_core.journal.snapshot import BrokenSnapshot, load_state

HEARTBEAT_TIMEOUT_S: Final = 3.0  # the writer beats every second, so three silent seconds mean that we do not hear it
_RETRY_FIRST_S: Final = 0.05
_RETRY_MOST_S: Final = 1.0
_RETRY_REWRITTEN_S: Final = 5.0  # only an operator changes that, and each time the whole journal is looked through
_RECORDS_PER_READ: Final = 500  # about 5 ms of work between two turns of the loop

log = logging.getLogger("turnout.follower")


class Listener(Protocol):
    """Who derives something from the State. Called in the loop of the follower, between two commits."""

    def on_snapshot(self, state: State) -> None:
        """The follower starts over from ``state``: nothing derived from an earlier one holds."""
        ...

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        """The State, which is the one of ``on_snapshot``, now holds ``commits`` as well."""
        ...

    async def ready_for_more(self) -> None:
        """Returns when more can be used: at once, or a little later where that would only have to wait."""
        ...


_WAY_OUT: Final = (
    "the server was rolled back or replaced. Restore its data or import a backup; or accept the loss, for everybody, "
    "with: turnout journal accept"
)


class NullListener:
    """Satisfies ``Listener``, and derives nothing."""

    def on_snapshot(self, state: State) -> None: ...

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None: ...

    async def ready_for_more(self) -> None: ...


class NoHeartbeat(JournalError):
    """Nothing was heard for ``HEARTBEAT_TIMEOUT_S``, not even the writer's beat."""


class Follower:
    """
    Attributes:
        state: None until the first snapshot (or the beginning) is there.
        head: the newest position that was heard of; beyond ``state.position`` while catching up.
        trouble: why it is not up to date, None when it is.
        seen: the furthest position that is known to have been acknowledged; a journal that ends before it is refused.
    """

    def __init__(self, journal: Journal, listener: Listener, clock: Callable[[], float] = time.monotonic) -> None:
        self.state: State | None = None
        self.head: Position | None = None
        self.trouble: str | None = "starting"
        self.acknowledged: Position | None = None
        self._journal = journal
        self._listener = listener
        self._clock = clock
        self._heard_at = clock()
        self._deaf = False
        self._waiting: list[tuple[Position, asyncio.Future[None]]] = []

    def ready(self) -> bool:
        """Fit to serve: up to date as of the last beat, which is recent.

        A new link is given time to hear one. Once it heard nothing, what the stream says is no substitute: red stays
        red until there is a beat.
        """
        return self.trouble is None and self._clock() - self._heard_at < HEARTBEAT_TIMEOUT_S

    async def reached(self, position: Position, timeout_s: float) -> bool:
        """Waits until the State holds ``position``; False when it does not within ``timeout_s`` seconds."""
        if self.state is not None and self.state.position.reaches(position):
            return True
        arrival = asyncio.get_running_loop().create_future()
        entry = (position, arrival)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout_s):  # wait_for of Python 3.11 may swallow a cancellation
                await arrival
        except TimeoutError:
            return False
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return True

    async def run(self) -> None:
        """Follows until it is cancelled. Never gives up: what goes wrong is in ``trouble`` and in the log."""
        delay_s = _RETRY_FIRST_S
        while True:
            try:
                async with self._journal.subscribe() as subscription:
                    await self.catch_up()
                    delay_s = _RETRY_FIRST_S
                    await self._listen(subscription)
            except (JournalError, BrokenRecord, BrokenSnapshot) as error:
                # The first moments are no trouble: everything may be starting at once.
                log.log(logging.INFO if self.trouble == "starting" else logging.WARNING, "not following: %s", error)
                self.trouble = str(error)
                if isinstance(error, Rewritten):
                    delay_s = _RETRY_REWRITTEN_S
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, _RETRY_MOST_S)

    async def catch_up(self) -> State:
        """Reads everything that the journal has now.

        Raises:
            Rewritten: it has lost, or replaced, what was already here.
            JournalError: it can not be read.
            BrokenRecord, BrokenSnapshot: it is damaged.
        """
        known = self.state is not None
        if self.state is None:
            self._replace(await self._restart())
        try:
            await self._read_on()
        except Trimmed:
            known = False
            self._replace(await self._restart())
            await self._read_on()
        except BrokenRecord:
            if known and await self._sound():
                raise Rewritten(self._another()) from None
            raise
        assert self.state is not None  # noqa: S101 - set above
        self._up_to_date()
        return self.state

    async def _read_on(self) -> None:
        """To the end of the journal. Raises Trimmed, BrokenRecord, Rewritten, and what the journal raises."""
        state = self.state
        assert state is not None  # noqa: S101 - the caller has one
        while True:
            records = await self._journal.read(state.position, _RECORDS_PER_READ)
            if records:
                try:
                    self._apply(records)
                except ValueError as error:
                    raise BrokenRecord(str(error)) from error
            elif await self._ends(state):
                return
            await asyncio.sleep(0)

    async def _ends(self, state: State) -> bool:
        """Whether the journal ends where ``state`` does; it may have grown meanwhile. Raises BrokenRecord."""
        head = await self._journal.head()
        if head is None or head.position != state.position:
            return False  # the next read tells
        if head.hash != state.hash:
            raise BrokenRecord(f"the journal's head {head.position} is not the record that leads there")
        return True

    async def _sound(self) -> bool:
        """Whether the journal by itself is whole: then it is only not the one that was followed here."""
        beside = Follower(self._journal, NullListener(), self._clock)
        try:
            await beside.catch_up()
        except (BrokenRecord, BrokenSnapshot, Trimmed):
            return False
        return True

    def _another(self) -> str:
        here = self.state.position if self.state is not None else self.acknowledged
        return f"the journal has another history than the one that was followed to {here}: {_WAY_OUT}"

    async def _listen(self, subscription: Subscription) -> None:
        while True:
            messages = await subscription.next(HEARTBEAT_TIMEOUT_S)
            if not messages:
                self._deaf = True
                raise NoHeartbeat(f"heard nothing for {HEARTBEAT_TIMEOUT_S:.0f} s")
            self._heard_at = self._clock()
            self._deaf = False
            for message in messages:
                if not self._take(message):
                    self.trouble = "filling a gap"
                    await self.catch_up()
            await self._listener.ready_for_more()

    def _take(self, message: Records | Beat) -> bool:
        """Applies what was heard; False when something is missing before it."""
        state = self.state
        if state is None:
            return False
        if isinstance(message, Beat):
            self.head = message.head.position
            return message.head.position == state.position and message.head.hash == state.hash
        try:
            self._apply(message.records)
        except (BrokenRecord, ValueError):
            return False
        return True

    def _apply(self, records: Sequence[bytes]) -> None:
        """Applies the records that are new. Raises ValueError at a gap, BrokenRecord at one that does not fit."""
        state = self.state
        assert state is not None  # noqa: S101 - the callers have one
        applied: list[tuple[Commit, Affected]] = []
        try:
            for record in records:
                commit, digest = peek(record)
                if commit.epoch == state.position.epoch and commit.seq <= state.position.seq:
                    continue
                if commit.epoch != state.position.epoch or commit.seq != state.position.seq + 1:
                    raise ValueError(f"expected what follows {state.position}, got {commit.epoch}-{commit.seq}")
                check(record, state.hash)
                applied.append((commit, apply(state, commit, digest)))
        finally:
            if applied:
                self.head = state.position
                self._listener.on_commits(applied)
                self._wake()

    async def _restart(self) -> State:
        head = await self._journal.head()
        if head is None and self.acknowledged is not None and self.acknowledged.seq > 0:
            raise Rewritten(f"the server is empty, but {self.acknowledged} was followed: {_WAY_OUT}")
        if head is None:
            raise Unreachable("there is no journal yet: no command service has started on this server")
        await self._check_kept(head)
        for position in await self._journal.snapshots():
            if position.epoch == head.position.epoch:
                try:
                    return await load_state(self._journal.load_snapshot(position))
                except BrokenSnapshot as error:
                    log.warning("snapshot %s is damaged, trying the one before: %s", position, error)
        return State(Position(head.position.epoch, 0), GENESIS)

    async def _check_kept(self, head: Head) -> None:
        """Raises Rewritten where what was seen here is not what led to ``head``, and nobody wanted that."""
        seen, there = self.acknowledged, head.position
        if seen is None or seen.seq == 0:
            return
        if seen.epoch == there.epoch and there.seq < seen.seq:
            raise Rewritten(f"the journal went back from {seen} to {there}: {_WAY_OUT}")
        if seen.epoch != there.epoch and not await self._journal.was_replaced_by_operator():
            raise Rewritten(f"the journal was emptied and begun anew at {there}, behind {seen}: {_WAY_OUT}")

    def _replace(self, state: State) -> None:
        self.state = state
        self.head = state.position
        self._listener.on_snapshot(state)
        self._wake()

    def _up_to_date(self) -> None:
        if self.trouble is not None:
            log.info("up to date at %s", self.state.position if self.state else None)
        self.trouble = None
        if not self._deaf:
            self._heard_at = self._clock()

    def _wake(self) -> None:
        assert self.state is not None  # noqa: S101 - the callers have one
        here = self.state.position
        if self.acknowledged is None or not self.acknowledged.reaches(here):
            self.acknowledged = here
        for position, arrival in self._waiting:
            if here.reaches(position) and not arrival.done():
                arrival.set_result(None)
