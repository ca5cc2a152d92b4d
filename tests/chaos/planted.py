"""Bugs, planted on purpose to see that the checker catches them. Nothing in ``services`` knows of this file.

Each one replaces a piece of a real part by a wrong one, as a careless change would, for as long as ``planted`` is open.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

import msgspec
from fastapi import Response

from fakes.memory_journal import MemoryJournal
from turnout_command.http import endpoint, raw_route
from turnout_command.rules.decide import decide
from turnout_command.snapshots import snapshotter
from turnout_command.write import committer
from turnout_command.write.append_queue import AppendQueue, Done, Outcome, Refused
from turnout_command.write.committer import Committer
from turnout_command.write.event_ends import EventEnds
from turnout_command.write.idempotency import Key, lookup
from turnout_command.write.leadership import Leadership
from turnout_command.write.responses import StoredResponse
from turnout_core.domain import apply as model
from turnout_core.domain.changes import AnyChange, Commit, EventDeleted, EventEnded, EventReopened, Left, Promoted
from turnout_core.domain.commands import ChangeParty, Command, DeleteEvent
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.journal import follower as following
from turnout_core.journal import valkey as journal_valkey
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Beat, Head, Journal, JournalError, Records, Unreachable
from turnout_core.journal.record import GENESIS, peek, seal
from turnout_gateway.views.frame_cache import FrameCache
from turnout_gateway.views.history import History, Seen
from turnout_gateway.views.item_cache import Item

Replacement = tuple[Any, str, Any]
"""Where, which attribute, and what it becomes."""


def _answer_before_append() -> Iterable[Replacement]:
    """The answer leaves when the command is decided, not when it is on disk."""
    enqueue = Committer._apply_and_enqueue

    def hasty(self: Committer, commit: Commit, command: Command, key: Key | None) -> Any:
        future = enqueue(self, commit, command, key)
        batch = self._queue.waiting[-1]
        future.set_result(batch.waiters[-1][1])
        return future

    yield Committer, "_apply_and_enqueue", hasty


def _speculative_rejection() -> Iterable[Replacement]:
    """A rejection leaves at once, although it was read off a State that is not on disk."""
    respond = Committer.respond_when_durable

    def hasty(self: Committer, outcome: Outcome) -> Any:
        future = respond(self, outcome)
        if isinstance(outcome, Refused) and not future.done():
            future.set_result(outcome)
        return future

    yield Committer, "respond_when_durable", hasty


def _key_ignored() -> Iterable[Replacement]:
    """A repeated command is done again: its key is never looked up."""
    yield committer, "lookup", lambda *_: None


def _wrong_replay() -> Iterable[Replacement]:
    """The answer that is replayed is the newest one of all, not the one of the key."""

    def newest(state: State, key: Key, now: int) -> StoredResponse | None:
        if lookup(state, key, now) is None:
            return None
        said = next(reversed(state.answers.values())).answered
        return StoredResponse(said.status, said.body.encode(), said.headers)

    yield committer, "lookup", newest
    yield endpoint, "lookup", newest


def _replay_unmarked() -> Iterable[Replacement]:
    """A replayed answer claims to be fresh: the client takes the position for that of its effect."""
    respond = Committer.respond_when_durable

    def fresh(self: Committer, outcome: Outcome) -> Any:
        return respond(self, msgspec.structs.replace(outcome, replayed=False) if isinstance(outcome, Done) else outcome)

    yield Committer, "respond_when_durable", fresh


def _promotion_lost() -> Iterable[Replacement]:
    """Who waits stays there when a seat becomes free."""

    def without(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        return [each for each in decide(state, command, actor, now) if not isinstance(each, Promoted)]

    yield committer, "decide", without


def _lease_trusted() -> Iterable[Replacement]:
    """A writer that was cut off goes on answering what changes nothing, without asking whether it still is one."""
    yield Leadership, "is_lease_valid", lambda _: True


def _fence_ignored() -> Iterable[Replacement]:
    """The journal takes records from whoever sends some, and wherever they say that they belong.

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

    async def beat(self: MemoryJournal, fence: int) -> Head:
        assert self._head is not None
        self._publish(Beat(self._head))
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
    yield MemoryJournal, "beat", beat
    yield journal_valkey, "functions", lambda: lua


def _chain_restarted() -> Iterable[Replacement]:
    """Every so often a record does not continue the hash of the one before."""

    def careless(commit: Commit, before: str) -> tuple[bytes, str]:
        return seal(commit, GENESIS if commit.seq % 50 == 0 else before)

    yield committer, "seal", careless
    yield following, "check", lambda *_: None


def _trim_before_snapshot() -> Iterable[Replacement]:
    """The journal is cut at its head, although the snapshots that are listed are older."""

    async def forget(journal: Journal, newest: Position) -> None:
        await journal.drop_snapshot(newest, epoch=newest.epoch)
        await journal.trim(newest)

    yield snapshotter, "_forget", forget


def _append_twice() -> Iterable[Replacement]:
    """An append whose outcome is unknown is made once more, as new records behind itself."""
    append = AppendQueue._append
    due = 20

    async def again(self: AppendQueue, batch: Any) -> None:
        nonlocal due
        before = self.committed
        await append(self, batch)
        if len(batch.records) != 1 or self.waiting:
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


def _gap_skipped() -> Iterable[Replacement]:
    """A follower that missed something goes on with what comes next."""

    def skip(self: Follower, message: Records | Beat) -> bool:
        state = self.state
        if state is None:
            return False
        if isinstance(message, Records):
            first, _ = peek(message.records[0])
            if first.seq > state.position.seq + 1:
                state.position = Position(first.epoch, first.seq - 1)
            applied = []
            for record in message.records:
                commit, digest = peek(record)
                if commit.seq > state.position.seq:
                    try:
                        applied.append((commit, model.apply(state, commit, digest)))
                    except KeyError:
                        state.position = Position(commit.epoch, commit.seq)
            self._listener.on_commits(applied)
            self._advance_to(state.position)
        return True

    yield Follower, "_continues_with", skip


def _last_message_dropped() -> Iterable[Replacement]:
    """Of an append with several records the last one never reaches the followers, and no beat tells."""
    take = Follower._continues_with

    def drop(self: Follower, message: Records | Beat) -> bool:
        if isinstance(message, Beat):
            return True
        told = take(self, Records(message.records[:-1] or message.records))
        if self.state is not None and len(message.records) > 1:
            commit, digest = peek(message.records[-1])
            self.state.position, self.state.hash = Position(commit.epoch, commit.seq), digest
        return told

    yield Follower, "_continues_with", drop


def _claims_beyond() -> Iterable[Replacement]:
    """A gateway tells the position that it heard of, and shows what it has."""
    frame = FrameCache._frame

    def boast(self: FrameCache, kind: Any, here: Position, tail: bytes) -> Any:
        return frame(self, kind, Position(here.epoch, here.seq + 1), tail)

    yield FrameCache, "_frame", boast


def _tombstone_lost() -> Iterable[Replacement]:
    """A patch never says what has left."""
    patch = FrameCache.patch

    def without(self: FrameCache, seen: Seen, items: Mapping[str, Item], keys: Iterable[str], here: Position) -> Any:
        return patch(self, seen, items, [key for key in keys if key in items], here)

    yield FrameCache, "patch", without


def _resume_empty() -> Iterable[Replacement]:
    """Whoever comes back with an old position is told that nothing has happened."""
    yield History, "_keys_since_seq", lambda *_: []


def _seats_not_freed() -> Iterable[Replacement]:
    """Whoever leaves does not make room."""
    how: dict[type, Callable[..., Sequence[str]]] = dict(model._APPLY)
    left = how[Left]

    def leave(state: State, change: Left, commit: Commit) -> Sequence[str]:
        event = state.events[change.event]
        going = event.going
        users = left(state, change, commit)
        event.going = going
        return users

    yield model, "_APPLY", {**how, Left: leave}


def _deletion_half_done() -> Iterable[Replacement]:
    """An event that is deleted stays in the replica of the gateways."""

    def without(state: State, commit: Commit, digest: str) -> Any:
        event = next((state.events[each.event] for each in commit.changes if isinstance(each, EventDeleted)), None)
        touched = model.apply(state, commit, digest)
        if event is not None:
            state.events[event.id] = event
        return touched

    yield following, "apply", without


def _mistake_in_a_rule() -> Iterable[Replacement]:
    """A rule raises what nobody expects, for one kind of command."""

    def broken(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        if isinstance(command, ChangeParty):
            raise ZeroDivisionError("planted")
        return decide(state, command, actor, now)

    yield committer, "decide", broken


def _refused_for_ever() -> Iterable[Replacement]:
    """One kind of command is never done, and never refused."""

    def later(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        if isinstance(command, DeleteEvent):
            raise Unavailable("planted")
        return decide(state, command, actor, now)

    yield committer, "decide", later


def _unknown_refused() -> Iterable[Replacement]:
    """What is not known is told as a refusal, as if nothing had happened."""
    refuse = raw_route.refuse

    def sure(rejection: Rejection, position: Position | None) -> Response:
        response = refuse(rejection, None if isinstance(rejection, Unavailable) else position)
        response.status_code = min(response.status_code, 409)
        return response

    yield endpoint, "refuse", sure
    yield raw_route, "refuse", sure


def _no_retry_after() -> Iterable[Replacement]:
    """A service that can not answer does not say when to come back."""
    refuse = raw_route.refuse

    def curt(rejection: Rejection, position: Position | None) -> Response:
        response = refuse(rejection, position)
        if "retry-after" in response.headers:
            del response.headers["retry-after"]
        return response

    yield endpoint, "refuse", curt
    yield raw_route, "refuse", curt


def _ended_twice() -> Iterable[Replacement]:
    """The end of an event is committed two times."""
    commit_by_clock = Committer.commit_by_clock

    def twice(self: Committer, change: EventEnded | EventReopened) -> None:
        commit_by_clock(self, change)
        commit_by_clock(self, change)

    yield Committer, "commit_by_clock", twice


def _never_ended() -> Iterable[Replacement]:
    """No end is ever due."""
    yield EventEnds, "due", lambda *_: []


def _ended_early() -> Iterable[Replacement]:
    """Ends are committed a minute before they have come."""
    due = EventEnds.due
    yield EventEnds, "due", lambda self, now_ms, limit: due(self, now_ms + 60_000, limit)


def _standby_forgets_keys() -> Iterable[Replacement]:
    """Who follows does not keep the answers: after a takeover every key is new."""

    def forgetful(state: State, commit: Commit, digest: str) -> Any:
        touched = model.apply(state, commit, digest)
        state.answers.clear()
        return touched

    yield following, "apply", forgetful


class Bug(NamedTuple):
    """
    Attributes:
        scene: of a rehearsal, the one that it takes to see the bug.
        rule: of the checker, the one that is broken by it, whatever else is.
    """

    replacements: Callable[[], Iterable[Replacement]]
    scene: str
    rule: str


BUGS: Final[Mapping[str, Bug]] = {
    bug.replacements.__name__[1:].replace("_", "-"): bug
    for bug in (
        Bug(_answer_before_append, "deposed_writer", "lost"),
        Bug(_speculative_rejection, "deposed_writer", "rejection"),
        Bug(_key_ignored, "work", "twice"),
        Bug(_wrong_replay, "work", "answer"),
        Bug(_replay_unmarked, "work", "answer"),
        Bug(_promotion_lost, "work", "decision"),
        Bug(_lease_trusted, "forgotten_writer", "real-time"),
        Bug(_fence_ignored, "deposed_writer", "chain"),
        Bug(_chain_restarted, "work", "chain"),
        Bug(_trim_before_snapshot, "new_gateway", "missing"),
        Bug(_append_twice, "work", "twice"),
        Bug(_gap_skipped, "lossy_bus", "view"),
        Bug(_last_message_dropped, "work", "view"),
        Bug(_claims_beyond, "work", "view"),
        Bug(_tombstone_lost, "work", "live"),
        Bug(_resume_empty, "dropped_watchers", "live"),
        Bug(_seats_not_freed, "work", "seats"),
        Bug(_deletion_half_done, "work", "view"),
        Bug(_mistake_in_a_rule, "work", "broken"),
        Bug(_refused_for_ever, "work", "unanswered"),
        Bug(_unknown_refused, "deposed_writer", "no-position"),
        Bug(_standby_forgets_keys, "deposed_writer", "answer"),
        Bug(_ended_twice, "time_passes", "event-end"),
        Bug(_never_ended, "time_passes", "event-end"),
        Bug(_ended_early, "time_passes", "event-end"),
        Bug(_no_retry_after, "deposed_writer", "refusal"),
    )
}
"""Each bug by its name."""


@contextmanager
def planted(bug: str) -> Iterator[None]:
    """The real parts, with this bug in them."""
    replaced: list[Replacement] = []
    try:
        for where, name, wrong in BUGS[bug].replacements():
            replaced.append((where, name, getattr(where, name)))
            setattr(where, name, wrong)
        yield
    finally:
        for where, name, right in reversed(replaced):
            setattr(where, name, right)
