"""Replays the journal once, and compares every answer and view with the State at its position."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import msgspec

from chaos.checker.expect import Expected, decided, effect, elsewhere, key_of
from chaos.checker.oracle import PRESENCE, Oracle, Page, digest
from chaos.history.events import Answered, Asked, Read, Shown
from chaos.history.history_index import HistoryIndex, Violation
from turnout_command.write.idempotency import store
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import Commit, EventEnded, EventReopened
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import Event, State
from turnout_core.journal.record import GENESIS, BrokenRecord, unseal
from turnout_gateway.views.kinds import parse

_END_MARGIN_MS: Final = 2_000  # a writer may take this long to commit an end


class _Body(msgspec.Struct):
    view: str
    at: str
    order: str
    items: list[msgspec.Raw]


class _Item(msgspec.Struct):
    key: str


_body = msgspec.json.Decoder(_Body)
_item = msgspec.json.Decoder(_Item)


def shown_by(body: str) -> tuple[str, Page]:
    """The position and the items of a GET's answer."""
    said = _body.decode(body)
    items = tuple(bytes(item) for item in said.items if _item.decode(item).key != PRESENCE)
    return said.at, Page(said.order, items)


class Replay:
    """
    Attributes:
        state: of the whole journal, once ``violations`` was exhausted.
        effects: the commit of each request that has one.
    """

    def __init__(self, index: HistoryIndex) -> None:
        self.state = State(Position(index.epoch or "none", 0), GENESIS)
        self.effects: dict[int, int] = {}
        self._index = index
        self._oracle = Oracle()
        self._by_key: dict[tuple[str, str], Asked] = {}
        self._done: dict[str, int] = {}
        self._fresh: set[int] = set()
        for asked in index.asked.values():
            if (key := key_of(asked)) is not None:
                self._by_key[key.key, key.request] = asked
        self._answers: dict[int, list[Answered]] = defaultdict(list)
        self._reads: dict[int, list[Read]] = defaultdict(list)
        self._shown: dict[int, list[Shown]] = defaultdict(list)
        for answers in index.answers.values():
            for each in answers:
                self._answers[index.seq(each.position)].append(each)
        for read in index.reads:
            self._reads[index.seq(read.position)].append(read)
        for shown in index.shown:
            self._shown[index.seq(shown.at)].append(shown)
        self._digests: dict[tuple[str, str | None], str | None] = {}

    def violations(self) -> Iterator[Violation]:
        yield from self._said_here(None)
        for record in self._index.records:
            try:
                commit, digest_after = unseal(record, self.state.hash)
                if (commit.epoch, commit.seq) != (self.state.position.epoch, self.state.position.seq + 1):
                    raise BrokenRecord(f"it is numbered {commit.epoch}-{commit.seq}")  # noqa: TRY301 - one report for both
            except BrokenRecord as error:
                yield Violation("chain", f"behind {self.state.position}: {error}", seq=self.state.position.seq + 1)
                return
            asked = None if _is_by_clock(commit) else self._asker(commit)
            yield from self._by_clock(commit) if _is_by_clock(commit) else self._decision(commit, asked)
            try:
                touched = apply(self.state, commit, digest_after)
            except (KeyError, ValueError) as error:
                yield Violation("decision", f"commit {commit.seq} cannot be applied: {error!r}", seq=commit.seq)
                return
            self._digests.clear()
            if touched.event in self.state.events:
                yield from _seats(self.state.events[touched.event], commit)
            yield from self._said_here((commit, asked) if asked else None)
        yield from self._never_ended()
        yield from self._never_reached()

    def _by_clock(self, commit: Commit) -> Iterator[Violation]:
        """An end is committed once, not early; a reopening only where an end was early. Nobody asks for either."""
        (change,) = commit.changes if len(commit.changes) == 1 else (None,)
        if not isinstance(change, EventEnded | EventReopened) or (commit.actor, commit.answered) != (None, None):
            yield Violation("event-end", f"commit {commit.seq} is no end alone: {commit}", seq=commit.seq)
            return
        event = self.state.events.get(change.event)
        ends = isinstance(change, EventEnded)
        if event is None or event.ended is ends:
            yield Violation("event-end", f"commit {commit.seq} is of no event that is open: {change}", seq=commit.seq)
        elif ends is (commit.at < event.details.ends_at):
            message = f"commit {commit.seq} is of {commit.at}, {event.id} ends at {event.details.ends_at}: {change}"
            yield Violation("event-end", message, seq=commit.seq)

    def _never_ended(self) -> Iterator[Violation]:
        last_ms = self._index.finished_ms - _END_MARGIN_MS
        for event in self.state.events.values():
            if not event.ended and event.details.ends_at <= last_ms:
                yield Violation("event-end", f"{event.id} ended at {event.details.ends_at}, and no commit says so")

    def digest_at_end(self, view: str, user: str | None) -> str | None:
        """Of what the view holds at the end; None where there is no such view."""
        return self._digest(view, user)

    def _asker(self, commit: Commit) -> Asked | None:
        said = commit.answered
        return self._by_key.get((said.key, said.request)) if said is not None else None

    def _decision(self, commit: Commit, asked: Asked | None) -> Iterator[Violation]:
        if asked is None:
            yield Violation("phantom", f"nobody asked for commit {commit.seq}: {commit.changes}", seq=commit.seq)
            return
        if (key := key_of(asked)) is not None and key.key in self._done:
            message = f"commits {self._done[key.key]} and {commit.seq} are of one Idempotency-Key"
            yield Violation("twice", message, op=asked.op, seq=commit.seq)
        elif key is not None:
            self._done[key.key] = commit.seq
        self.effects.setdefault(asked.op, commit.seq)
        try:
            changes = decided(self.state, asked, commit)
        except Rejection as rejection:
            yield Violation(
                "decision", f"commit {commit.seq} is refused by the rules: {rejection.code}", asked.op, commit.seq
            )
            return
        if changes != commit.changes or commit.actor != asked.user:
            message = f"commit {commit.seq} holds {commit.changes} of {commit.actor}, the rules give {changes}"
            yield Violation("decision", message, asked.op, commit.seq)

    def _said_here(self, led_here: tuple[Commit, Asked] | None) -> Iterator[Violation]:
        seq = self.state.position.seq
        if led_here is not None:
            yield from self._recorded_answer(*led_here)
        for answer in self._answers.pop(seq, ()):
            yield from self._answer(answer, led_here)
        for read in self._reads.pop(seq, ()):
            yield from self._read(read)
        for shown in self._shown.pop(seq, ()):
            if shown.digest != self._digest(shown.view, shown.user):
                message = f"{shown.client} at {shown.by} holds another {shown.view} at {shown.at}, after a {shown.kind}"
                yield Violation("live", message, seq=seq, time=shown.time)

    def _recorded_answer(self, commit: Commit, asked: Asked) -> Iterator[Violation]:
        key = key_of(asked)
        _, said = effect(self.state, asked, commit, self._index.secret)
        if key is None or commit.answered != store(key, said):
            yield Violation("answer", f"commit {commit.seq} keeps {commit.answered}, not {said}", asked.op, commit.seq)

    def _answer(self, answer: Answered, led_here: tuple[Commit, Asked] | None) -> Iterator[Violation]:
        asked = self._index.asked[answer.op]
        fresh = led_here is not None and led_here[1].op == answer.op and not answer.replayed and answer.status < 400
        actual = Expected(answer.status, answer.body, answer.replayed, answer.location, answer.etag)
        if led_here is not None and fresh and answer.op not in self._fresh:
            self._fresh.add(answer.op)
            expected, _ = effect(self.state, asked, led_here[0], self._index.secret)
        else:  # it was decided at some time between the attempt and its answer
            expected = elsewhere(self.state, asked, answer.wall_ms, self._index.secret)
            if answer.sent_ms and (expected.changes or actual != expected):
                expected = elsewhere(self.state, asked, answer.sent_ms, self._index.secret)
        seq = self.state.position.seq
        if expected.changes:
            message = f"{answer.by} answered {answer.status} at {answer.position}; the rules would {_names(expected)}"
            yield Violation("lost" if answer.status < 400 else "rejection", message, answer.op, seq)
            return
        if actual != expected:
            yield Violation("answer", f"{answer.by} answered {actual}, expected {expected}", answer.op, seq)

    def _read(self, read: Read) -> Iterator[Violation]:
        page = self._oracle.page(self.state, parse(read.view, read.user))
        seq = self.state.position.seq
        if page is None or read.status != 200:
            if page is not None or read.status not in (401, 404):
                message = f"{read.by} answered {read.status} for {read.view} at {read.position}"
                yield Violation("view", message, seq=seq, time=read.ended)
            return
        at, shown = shown_by(read.body)
        if (at, shown) != (read.position, page):
            differing = [pair for pair in zip(shown.items, page.items, strict=False) if pair[0] != pair[1]][:1]
            what = differing or f"{len(shown.items)} items, not {len(page.items)}"
            message = f"{read.by} shows another {read.view} at {read.position} (body: {at}): {what}"
            yield Violation("view", message, seq=seq, time=read.ended)

    def _digest(self, view: str, user: str | None) -> str | None:
        if (view, user) not in self._digests:
            page = self._oracle.page(self.state, parse(view, user))
            self._digests[view, user] = digest(page.order, page.items) if page is not None else None
        return self._digests[view, user]

    def _never_reached(self) -> Iterator[Violation]:
        """Finds answers about positions that the journal does not have."""
        for answers in self._answers.values():
            for each in answers:
                yield Violation(
                    "lost", f"{each.by} answered {each.status} at {each.position}, which is not there", each.op
                )
        for reads in self._reads.values():
            for read in reads:
                yield Violation(
                    "lost", f"{read.by} showed {read.view} at {read.position}, which is not there", time=read.ended
                )
        for showns in self._shown.values():
            for shown in showns:
                yield Violation(
                    "lost", f"{shown.client} saw {shown.view} at {shown.at}, which is not there", time=shown.time
                )


def _is_by_clock(commit: Commit) -> bool:
    return any(isinstance(change, EventEnded | EventReopened) for change in commit.changes)


def _seats(event: Event, commit: Commit) -> Iterator[Violation]:
    """The invariants of every event, independent of the rules."""
    seats = {"going": 0, "waitlisted": 0}
    for each in event.attendances.values():
        seats[each.status] += each.party
    if (seats["going"], seats["waitlisted"]) != (event.going, event.waiting):
        yield Violation("seats", f"{event.id} counts {event.going}+{event.waiting}, has {seats}", seq=commit.seq)
    free = event.free_seats()
    if free is not None and free < 0:
        yield Violation("seats", f"{event.id} is overbooked by {-free}", seq=commit.seq)
    waits = [each.user for each in event.waitlist() if free is None or each.party <= free]
    if event.status == "scheduled" and waits:
        yield Violation("seats", f"{waits[0]} waits for {event.id}, where {free} seats are free", seq=commit.seq)


def _names(expected: Expected) -> str:
    return " and ".join(type(each).__name__ for each in expected.changes)
