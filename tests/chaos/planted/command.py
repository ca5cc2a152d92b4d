"""Bugs of the command service and of the journal that it writes."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from fastapi import Response

from chaos.planted.replacement import Replacement
from fakes.memory_journal import MemoryJournal
from turnout_command.http import endpoint, raw_route
from turnout_command.rules.decide import decide
from turnout_command.write import committer
from turnout_command.write.append_queue import AppendQueue, Outcome, Refusal, Success
from turnout_command.write.committer import Committer
from turnout_command.write.event_ends import EventEnds
from turnout_command.write.idempotency import Key, lookup
from turnout_command.write.leadership import Leadership
from turnout_command.write.responses import StoredResponse
from turnout_core.domain import apply as model
from turnout_core.domain.changes import AnyChange, Commit, EventEnded, EventReopened, Left, Promoted
from turnout_core.domain.commands import ChangeParty, Command, DeleteEvent
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.journal import follower as following
from turnout_core.journal import valkey as journal_valkey
from turnout_core.journal.port import Head, Heartbeat, JournalError, Records, Unreachable
from turnout_core.journal.record import GENESIS, peek, seal


def answer_before_append() -> Iterable[Replacement]:
    """The answer leaves when the command is decided, not when it is on disk."""
    enqueue = Committer._apply_and_enqueue

    def hasty(self: Committer, commit: Commit, command: Command, key: Key | None) -> Any:
        future = enqueue(self, commit, command, key)
        batch = self._queue.pending_batches[-1]
        future.set_result(batch.waiters[-1][1])
        return future

    yield Committer, "_apply_and_enqueue", hasty


def speculative_rejection() -> Iterable[Replacement]:
    """A rejection leaves at once, although it was read off a State that is not on disk."""
    respond = Committer.respond_when_durable

    def hasty(self: Committer, outcome: Outcome) -> Any:
        future = respond(self, outcome)
        if isinstance(outcome, Refusal) and not future.done():
            future.set_result(outcome)
        return future

    yield Committer, "respond_when_durable", hasty


def key_ignored() -> Iterable[Replacement]:
    """A repeated command is done again: its key is never looked up."""
    yield committer, "lookup", lambda *_: None


def wrong_replay() -> Iterable[Replacement]:
    """The answer that is replayed is the newest one of all, not the one of the key."""

    def newest(state: State, key: Key, now: int) -> StoredResponse | None:
        if lookup(state, key, now) is None:
            return None
        said = next(reversed(state.answers.values())).answered
        return StoredResponse(said.status, said.body.encode(), said.headers)

    yield committer, "lookup", newest
    yield endpoint, "lookup", newest


def replay_unmarked() -> Iterable[Replacement]:
    """A replayed answer claims to be fresh: the client takes the position for that of its effect."""
    respond = Committer.respond_when_durable

    def fresh(self: Committer, outcome: Outcome) -> Any:
        return respond(
            self, msgspec.structs.replace(outcome, replayed=False) if isinstance(outcome, Success) else outcome
        )

    yield Committer, "respond_when_durable", fresh


def promotion_lost() -> Iterable[Replacement]:
    """The waitlist does not move when a seat becomes free."""

    def without(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        return [each for each in decide(state, command, actor, now) if not isinstance(each, Promoted)]

    yield committer, "decide", without


def lease_trusted() -> Iterable[Replacement]:
    """A writer that was cut off goes on answering what changes nothing, without asking whether it still is one."""
    yield Leadership, "is_lease_valid", lambda _: True


def fence_ignored() -> Iterable[Replacement]:
    """The journal takes records from any writer, at any position.

    The lease must not hide that: no writer steps down because another one has it.
    """
    renew = Leadership.renew

    async def renew_on(self: Leadership, fence: int) -> None:
        while True:
            with suppress(JournalError):
                await renew(self, fence)

    async def append(self: MemoryJournal, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        for seq, record in enumerate(records, before.position.seq + 1):
            self._records[seq] = record
        self._head = after
        self._publish(Records(list(records)))

    async def publish_heartbeat(self: MemoryJournal, fence: int) -> Head:
        assert self._head is not None
        self._publish(Heartbeat(self._head))
        return self._head

    lua = journal_valkey.functions()
    for right, wrong in (
        ("fence ~= args[1]", "false"),
        ("head[1] ~= args[2] or head[2] ~= args[3] or head[3] ~= args[4]", "false"),
        ("redis.call('XADD'", "redis.pcall('XADD'"),  # Valkey itself would refuse a number that is not new
    ):
        assert right in lua, right
        lua = lua.replace(right, wrong)
    yield Leadership, "renew", renew_on
    yield MemoryJournal, "append", append
    yield MemoryJournal, "publish_heartbeat", publish_heartbeat
    yield journal_valkey, "functions", lambda: lua


def chain_restarted() -> Iterable[Replacement]:
    """Every so often a record does not continue the hash of the one before."""

    def careless(commit: Commit, before: str) -> tuple[bytes, str]:
        return seal(commit, GENESIS if commit.seq % 50 == 0 else before)

    yield committer, "seal", careless
    yield following, "check", lambda *_: None


def append_twice() -> Iterable[Replacement]:
    """An append whose outcome is unknown is made once more, as new records behind itself."""
    append = AppendQueue._append
    due = 20

    async def again(self: AppendQueue, batch: Any) -> None:
        nonlocal due
        before = self.durable_head
        await append(self, batch)
        if len(batch.records) != 1 or self.pending_batches:
            return
        commit, _ = peek(batch.records[0])
        if commit.answered is not None and commit.seq >= due:
            due = commit.seq + 200
            twin = msgspec.structs.replace(commit, seq=commit.seq + 1)
            record, digest = seal(twin, batch.after.hash)
            after = Head(Position(before.position.epoch, twin.seq), digest)
            await self._journal.append(self._fence, batch.after, [record], after)
            raise Unreachable("planted: the head has moved")

    yield AppendQueue, "_append", again


def seats_not_freed() -> Iterable[Replacement]:
    """Leaving does not free the seats."""
    how: dict[type, Callable[..., Sequence[str]]] = dict(model._APPLY)
    left = how[Left]

    def leave(state: State, change: Left, commit: Commit) -> Sequence[str]:
        event = state.events[change.event]
        going = event.going
        users = left(state, change, commit)
        event.going = going
        return users

    yield model, "_APPLY", {**how, Left: leave}


def mistake_in_a_rule() -> Iterable[Replacement]:
    """A rule raises what nobody expects, for one kind of command."""

    def broken(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        if isinstance(command, ChangeParty):
            raise ZeroDivisionError("planted")
        return decide(state, command, actor, now)

    yield committer, "decide", broken


def refused_for_ever() -> Iterable[Replacement]:
    """One kind of command is never done, and never refused."""

    def later(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        if isinstance(command, DeleteEvent):
            raise Unavailable("planted")
        return decide(state, command, actor, now)

    yield committer, "decide", later


def unknown_refused() -> Iterable[Replacement]:
    """An unknown outcome is reported as a refusal, as if nothing had happened."""
    refuse = raw_route.refuse

    def sure(rejection: Rejection, position: Position | None) -> Response:
        response = refuse(rejection, None if isinstance(rejection, Unavailable) else position)
        response.status_code = min(response.status_code, 409)
        return response

    yield endpoint, "refuse", sure
    yield raw_route, "refuse", sure


def no_retry_after() -> Iterable[Replacement]:
    """A service that cannot answer does not say when to come back."""
    refuse = raw_route.refuse

    def curt(rejection: Rejection, position: Position | None) -> Response:
        response = refuse(rejection, position)
        if "retry-after" in response.headers:
            del response.headers["retry-after"]
        return response

    yield endpoint, "refuse", curt
    yield raw_route, "refuse", curt


def ended_twice() -> Iterable[Replacement]:
    """The end of an event is committed two times."""
    commit_by_clock = Committer.commit_by_clock

    def twice(self: Committer, change: EventEnded | EventReopened) -> None:
        commit_by_clock(self, change)
        commit_by_clock(self, change)

    yield Committer, "commit_by_clock", twice


def never_ended() -> Iterable[Replacement]:
    """No end is ever due."""
    yield EventEnds, "pop_due", lambda *_: []


def ended_early() -> Iterable[Replacement]:
    """Ends are committed a minute before they have come."""
    due = EventEnds.pop_due
    yield EventEnds, "pop_due", lambda self, now_ms, limit: due(self, now_ms + 60_000, limit)


def standby_forgets_keys() -> Iterable[Replacement]:
    """A standby does not keep the answers: after a takeover every key is new."""

    def forgetful(state: State, commit: Commit, digest: str) -> Any:
        touched = model.apply(state, commit, digest)
        state.answers.clear()
        return touched

    yield following, "apply", forgetful
