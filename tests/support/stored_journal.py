"""A sample journal, as a stopped product leaves it, for the tests of the operators' commands."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from history import BEGINNING, DETAILS, EPOCH, History
from redis.asyncio import Redis
from typer.testing import Result

from turnout_core.domain.apply import apply
from turnout_core.domain.changes import EventCreated, EventEdited, IdempotencyEntry, Joined, Left, Promoted, SignedUp
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.record import peek
from turnout_core.journal.snapshot import dump
from turnout_core.journal.valkey import ValkeyJournal

KEYS = Keys()

FENCE = 7
MIDDLE, LATER, END = 12, 20, 30  # the two snapshots, and the head

RunTurnout = Callable[..., Awaitable[Result]]
"""Runs ``turnout journal`` with the arguments of the call."""


def long_history() -> History:
    """Thirty commits: people join, one leaves, another is promoted, the event is edited."""
    history = History()
    history.add(SignedUp("ada", "Ada"))
    history.add(
        EventCreated("games", "ada", DETAILS), actor="ada", answered=IdempotencyEntry("key", "request", 201, "{}")
    )
    for number in range(13):
        user = f"user{number}"
        history.add(SignedUp(user, f"User {number}"))
        history.add(Joined("games", user, 1, "going" if number < 4 else "waitlisted"), actor=user)
        if number == 6:
            history.add(Left("games", "user1"), Promoted("games", "user4"), actor="user1")
        if number == 9:
            history.add(EventEdited("games", msgspec.structs.replace(DETAILS, place="Upstairs")), actor="ada")
    assert len(history.records) == END
    return history


def state_at(seq: int) -> State:
    state = State(BEGINNING.position, BEGINNING.hash)
    for record in long_history().records[:seq]:
        apply(state, *peek(record))
    return state


def content(state: State) -> tuple[object, ...]:
    """Everything in the state except the epoch."""
    attendees = {event.id: list(event.attendances) for event in state.events.values()}
    return (
        state.position.seq, state.hash, state.elapsed_ms, state.committed_at, state.users, state.events, attendees,
        state.answers, state.attending, state.organizing,
    )  # fmt: skip


async def store_untrimmed(valkey: Redis) -> ValkeyJournal:
    """Writes a journal with all thirty commits in the stream and no snapshot."""
    journal, history = ValkeyJournal(valkey, valkey, KEYS), long_history()
    await valkey.set(KEYS.fence, FENCE)
    await valkey.set(KEYS.secret, "the secret")
    await journal.create(EPOCH)
    await journal.append(FENCE, BEGINNING, history.records, history.head)
    return journal


async def save_snapshot(journal: ValkeyJournal, state: State) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for chunk in dump(state):
            yield chunk

    await journal.save_snapshot(state.position, chunks())


async def rewrite_stream(valkey: Redis, change: Callable[[int, bytes], bytes | None]) -> None:
    """Rewrites the stream: ``change`` maps each number and record to the new record, or to None to drop it."""
    entries: Any = await valkey.xrange(KEYS.stream)
    await valkey.delete(KEYS.stream)
    for name, fields in entries:
        record = change(int(name.partition(b"-")[0]), fields[b"r"])
        if record is not None:
            await valkey.xadd(KEYS.stream, {"r": record}, id=name)


def flip_bit(record: bytes, at: int) -> bytes:
    return record[:at] + bytes([record[at] ^ 1]) + record[at + 1 :]


def file_names(folder: Path) -> list[str]:
    """Names of the files in ``folder``, including hidden ones."""
    return sorted(path.name for path in folder.iterdir())


async def follow_to_end(valkey: Redis) -> State:
    """Returns the state that a service reads when it starts now."""
    return await Follower(ValkeyJournal(valkey, valkey, KEYS), NullListener()).catch_up()


async def append_one(journal: ValkeyJournal, valkey: Redis) -> None:
    """Takes the lease and appends one commit, as a new command service does."""
    grant = await ValkeyLease(valkey, 60, KEYS.writer_lease).acquire("a new command service")
    head = await journal.head()
    assert head is not None
    assert grant.fence is not None
    history = History(head)
    history.add(SignedUp("late", "Late"))
    await journal.append(grant.fence, head, history.records, history.head)
