"""Bugs of the command service and of the journal that it writes."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from fastapi import Response

from chaos.planted.replacement import Replacement
from fakes.memory_journal import MemoryJournal
from turnout_command.http import endpoint, raw_route
from turnout_command.rules.decide import decide
from turnout_command.write import committer
from turnout_command.write.append_queue import AppendQueue
from turnout_command.write.batch import Outcome, Refusal, Success
from turnout_command.write.committer import Committer
from turnout_command.write.event_ends import EventEnds
from turnout_command.write.idempotency import Key, lookup
from turnout_command.write.responses import StoredResponse
from turnout_core.domain import apply as model
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    EventCancelled,
    Joined,
    Left,
    Promoted,
)
from turnout_core.domain.commands import ChangeParty, Command, DeleteEvent, Join
from turnout_core.domain.host_commands import ApproveRequest
from turnout_core.domain.person_commands import EraseMe
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import KeptOut, Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.journal import follower as following
from turnout_core.journal import functions as journal_functions
from turnout_core.journal.leadership import Leadership
from turnout_core.journal.port import Head, Heartbeat, JournalError, Records, Unreachable
from turnout_core.journal.record import GENESIS, peek, seal


def answer_before_append() -> Iterable[Replacement]:
    """The response leaves when the command is decided, not when it is on disk."""
    enqueue = Committer._apply_and_enqueue

    def respond_early(self: Committer, commit: Commit, command: Command, key: Key | None) -> Any:
        future = enqueue(self, commit, command, key)
        batch = self._queue.pending_batches[-1]
        future.set_result(batch.waiters[-1][1])
        return future

    yield Committer, "_apply_and_enqueue", respond_early


def speculative_rejection() -> Iterable[Replacement]:
    """A rejection leaves at once, although it depends on a State that is not on disk."""
    respond = Committer.respond_when_durable

    def respond_early(self: Committer, outcome: Outcome) -> Any:
        future = respond(self, outcome)
        if isinstance(outcome, Refusal) and not future.done():
            future.set_result(outcome)
        return future

    yield Committer, "respond_when_durable", respond_early


def key_ignored() -> Iterable[Replacement]:
    """A repeated command is done again: its key is never looked up."""
    yield committer, "lookup", lambda *_: None


def wrong_replay() -> Iterable[Replacement]:
    """The replayed response is the newest one of all keys."""

    def newest_response(state: State, key: Key, actor: str | None) -> StoredResponse | None:
        if lookup(state, key, actor) is None:
            return None
        stored = next(reversed(state.answers.values())).answered
        return lookup(state, Key(stored.key, stored.request), actor)

    yield committer, "lookup", newest_response
    yield endpoint, "lookup", newest_response


def replay_unmarked() -> Iterable[Replacement]:
    """A replayed response is not marked as one, so the client takes its position for that of the effect."""
    respond = Committer.respond_when_durable

    def without_replayed(self: Committer, outcome: Outcome) -> Any:
        return respond(
            self, msgspec.structs.replace(outcome, replayed=False) if isinstance(outcome, Success) else outcome
        )

    yield Committer, "respond_when_durable", without_replayed


def promotion_lost() -> Iterable[Replacement]:
    """The waitlist does not move when a seat becomes free."""

    def without_promotions(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        return [each for each in decide(state, command, actor, now) if not isinstance(each, Promoted)]

    yield committer, "decide", without_promotions


def expired_lease_trusted() -> Iterable[Replacement]:
    """A writer whose lease may have expired answers reads without a check of its leadership."""
    yield Leadership, "is_lease_valid", lambda _: True


def fence_ignored() -> Iterable[Replacement]:
    """The journal takes records from any writer, at any position.

    The lease must not hide the bug: no writer steps down when another one has it.
    """
    renew = Leadership.renew

    async def renew_despite_errors(self: Leadership, fence: int) -> None:
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

    lua = journal_functions.functions()
    for original, replacement in (
        ("newest ~= fence", "false"),
        ("head[1] ~= args[2] or head[2] ~= args[3] or head[3] ~= args[4]", "false"),
        (
            "redis.call('XADD'",
            "redis.pcall('XADD'",
        ),  # Valkey itself would refuse an id that is not greater than the last
    ):
        assert original in lua, original
        lua = lua.replace(original, replacement)
    yield Leadership, "renew", renew_despite_errors
    yield MemoryJournal, "append", append
    yield MemoryJournal, "publish_heartbeat", publish_heartbeat
    yield journal_functions, "functions", lambda: lua


def chain_restarted() -> Iterable[Replacement]:
    """Every 50th record does not continue the hash of the one before."""

    def seal_from_genesis(commit: Commit, before: str) -> tuple[bytes, str]:
        return seal(commit, GENESIS if commit.seq % 50 == 0 else before)

    yield committer, "seal", seal_from_genesis
    yield following, "check", lambda *_: None


def append_repeated() -> Iterable[Replacement]:
    """An append with an unknown outcome is repeated under the next number."""
    append = AppendQueue._append
    next_seq = 20

    async def append_and_repeat(self: AppendQueue, batch: Any) -> None:
        nonlocal next_seq
        before = self.durable_head
        await append(self, batch)
        if len(batch.records) != 1 or self.pending_batches:
            return
        commit, _ = peek(batch.records[0])
        if commit.answered is not None and commit.seq >= next_seq:
            next_seq = commit.seq + 200
            copy = msgspec.structs.replace(commit, seq=commit.seq + 1)
            record, digest = seal(copy, batch.after.hash)
            after = Head(Position(before.position.epoch, copy.seq), digest)
            await self._journal.append(self._fence, batch.after, [record], after)
            raise Unreachable("planted: the head has moved")

    yield AppendQueue, "_append", append_and_repeat


def seats_not_freed() -> Iterable[Replacement]:
    """Leaving does not free the seats."""
    apply_left = model._APPLY[Left]

    def leave_without_freeing(state: State, change: Left, commit: Commit, affected: Affected) -> None:
        event = state.events[change.event]
        going = event.going
        apply_left(state, change, commit, affected)
        event.going = going

    yield model, "_APPLY", {**model._APPLY, Left: leave_without_freeing}


def bug_in_a_rule() -> Iterable[Replacement]:
    """A rule raises an unexpected exception for one kind of command."""

    def raise_on_party_change(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        if isinstance(command, ChangeParty):
            raise ZeroDivisionError("planted")
        return decide(state, command, actor, now)

    yield committer, "decide", raise_on_party_change


def never_answered() -> Iterable[Replacement]:
    """One kind of command always gets 503."""

    def postpone_deletion(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        if isinstance(command, DeleteEvent):
            raise Unavailable("planted")
        return decide(state, command, actor, now)

    yield committer, "decide", postpone_deletion


def unknown_outcome_as_refusal() -> Iterable[Replacement]:
    """An unknown outcome is reported as a rejection, as if there were no effect."""
    refuse = raw_route.refuse

    def report_as_refusal(rejection: Rejection, position: Position | None) -> Response:
        response = refuse(rejection, None if isinstance(rejection, Unavailable) else position)
        response.status_code = min(response.status_code, 409)
        return response

    yield endpoint, "refuse", report_as_refusal
    yield raw_route, "refuse", report_as_refusal


def no_retry_after() -> Iterable[Replacement]:
    """A 503 has no Retry-After."""
    refuse = raw_route.refuse

    def without_retry_after(rejection: Rejection, position: Position | None) -> Response:
        response = refuse(rejection, position)
        if "retry-after" in response.headers:
            del response.headers["retry-after"]
        return response

    yield endpoint, "refuse", without_retry_after
    yield raw_route, "refuse", without_retry_after


def ended_twice() -> Iterable[Replacement]:
    """The end of an event is committed twice."""
    commit_by_clock = Committer.commit_by_clock

    def commit_twice(self: Committer, *made: AnyChange) -> None:
        commit_by_clock(self, *made)
        commit_by_clock(self, *made)

    yield Committer, "commit_by_clock", commit_twice


def never_ended() -> Iterable[Replacement]:
    """The end of an event is never committed."""
    yield EventEnds, "pop_due", lambda *_: []


def ended_early() -> Iterable[Replacement]:
    """Ends are committed a minute early."""
    due = EventEnds.pop_due
    yield EventEnds, "pop_due", lambda self, now_ms, limit: due(self, now_ms + 60_000, limit)


def standby_forgets_keys() -> Iterable[Replacement]:
    """A standby drops the stored responses, so that after a takeover every key is new."""

    def apply_without_keys(state: State, commit: Commit, digest: str) -> Any:
        affected = model.apply(state, commit, digest)
        state.answers.clear()
        return affected

    yield following, "apply", apply_without_keys


def approval_without_capacity() -> Iterable[Replacement]:
    """A host's approval gives seats that the event does not have."""

    def approve_all(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        made = decide(state, command, actor, now)
        if isinstance(command, ApproveRequest):
            return [
                msgspec.structs.replace(each, status="going") if isinstance(each, Joined) else each for each in made
            ]
        return made

    yield committer, "decide", approve_all


def kept_out_guest_joins() -> Iterable[Replacement]:
    """Another way to join does not ask whether the guest is kept out."""

    def join_anyway(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        try:
            return decide(state, command, actor, now)
        except KeptOut:
            assert isinstance(command, Join)
            assert actor is not None
            return [Joined(command.event, actor, command.party, "going")]

    yield committer, "decide", join_anyway


def erasure_keeps_events() -> Iterable[Replacement]:
    """A person leaves for good, and what they organize goes on without them."""

    def cancel_nothing(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        made = decide(state, command, actor, now)
        if isinstance(command, EraseMe):
            return [each for each in made if not isinstance(each, EventCancelled)]
        return made

    yield committer, "decide", cancel_nothing
