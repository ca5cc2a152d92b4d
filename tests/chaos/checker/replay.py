"""Replays the journal once, and compares every response and view with the State at its position."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import msgspec

from chaos.checker.expect import (
    Expected,
    expected_changes,
    key_of,
    response_to_effect,
    response_without_effect,
    without_time,
)
from chaos.checker.oracle import PRESENCE, Oracle, Page, digest
from chaos.checker.tokens import Tokens
from chaos.history.events import LiveView, Request, Response, ViewRead
from chaos.history.history_index import HistoryIndex, Violation
from turnout_command.write.idempotency import store
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import Commit, EventEnded, EventReopened
from turnout_core.domain.notice_changes import RemindersDue
from turnout_core.domain.people_changes import SessionUsed
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.reminders import due_reminder
from turnout_core.domain.state import Event, State
from turnout_core.journal.record import GENESIS, BrokenRecord, unseal
from turnout_gateway.views.kinds import parse

_SEEN_AFTER_MS: Final = 20 * 3_600_000
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


def parse_view(body: str) -> tuple[str, Page]:
    """Parses the position and the items in the body of a read."""
    content = _body.decode(body)
    items = tuple(bytes(item) for item in content.items if _item.decode(item).key != PRESENCE)
    return content.at, Page(content.order, items)


class Replay:
    """One replay of the journal.

    Attributes:
        state: the State at the head, once ``violations`` is exhausted.
        effects: number of the commit of each request that has one.
    """

    def __init__(self, index: HistoryIndex) -> None:
        self.state = State(Position(index.epoch or "none", 0), GENESIS)
        self.effects: dict[int, int] = {}
        self._index = index
        self._oracle = Oracle()
        self._by_key: dict[tuple[str, str], Request] = {}
        self._commit_by_key: dict[str, int] = {}
        self._answered_first: set[int] = set()
        for request in index.requests.values():
            if (key := key_of(request)) is not None:
                self._by_key[key.key, key.request] = request
        self._tokens = Tokens(index)
        self._responses: dict[int, list[Response]] = defaultdict(list)
        self._reads: dict[int, list[ViewRead]] = defaultdict(list)
        self._live_views: dict[int, list[LiveView]] = defaultdict(list)
        for responses in index.responses.values():
            for each in responses:
                self._responses[index.seq(each.position)].append(each)
        for read in index.reads:
            self._reads[index.seq(read.position)].append(read)
        for live_view in index.live_views:
            self._live_views[index.seq(live_view.at)].append(live_view)
        self._digests: dict[tuple[str, str | None], str | None] = {}

    def violations(self) -> Iterator[Violation]:
        yield from self._check_observations(None)
        for record in self._index.records:
            try:
                commit, digest_after = unseal(record, self.state.hash)
                if (commit.epoch, commit.seq) != (self.state.position.epoch, self.state.position.seq + 1):
                    raise BrokenRecord(f"it is numbered {commit.epoch}-{commit.seq}")  # noqa: TRY301 - one report for both
            except BrokenRecord as error:
                yield Violation("chain", f"behind {self.state.position}: {error}", seq=self.state.position.seq + 1)
                return
            request = None if _is_without_request(commit) else self._request_of(commit)
            yield from (
                self._check_without_request(commit)
                if _is_without_request(commit)
                else self._check_decision(commit, request)
            )
            try:
                affected = apply(self.state, commit, digest_after)
            except (KeyError, ValueError) as error:
                yield Violation("decision", f"commit {commit.seq} cannot be applied: {error!r}", seq=commit.seq)
                return
            self._digests.clear()
            for event in affected.events:
                if event in self.state.events:
                    yield from _check_seats(self.state.events[event], commit)
            yield from self._check_observations((commit, request) if request else None)
        yield from self._wrong_ends()
        yield from self._lost_positions()

    def _check_without_request(self, commit: Commit) -> Iterator[Violation]:
        """An end is committed once and not early; a reopening only after an early end; a checkpoint at any time."""
        if not commit.changes and (commit.actor, commit.answered) == (None, None):
            return
        (change,) = commit.changes if len(commit.changes) == 1 else (None,)
        if isinstance(change, SessionUsed):
            yield from self._check_use(commit, change)
            return
        if isinstance(change, RemindersDue):
            event = self.state.events.get(change.event)
            if event is None or due_reminder(event, commit.at) != change.lead:
                yield Violation("reminder", f"commit {commit.seq} does not fit the state: {change}", seq=commit.seq)
            return
        if not isinstance(change, EventEnded | EventReopened) or (commit.actor, commit.answered) != (None, None):
            yield Violation(
                "event-end",
                f"commit {commit.seq} has other changes beside the end, or an actor: {commit}",
                seq=commit.seq,
            )
            return
        event = self.state.events.get(change.event)
        ends = isinstance(change, EventEnded)
        if event is None or event.ended is ends:
            yield Violation(
                "event-end", f"commit {commit.seq} does not fit the state of its event: {change}", seq=commit.seq
            )
        elif ends is (commit.at < event.details.ends_at):
            message = f"commit {commit.seq} is of {commit.at}, {event.id} ends at {event.details.ends_at}: {change}"
            yield Violation("event-end", message, seq=commit.seq)

    def _check_use(self, commit: Commit, change: SessionUsed) -> Iterator[Violation]:
        """The first read of a session on a day is committed, for the user whose session it is."""
        user = self.state.users.get(change.user)
        sessions = [each for each in user.sessions if each.id == change.session] if user is not None else []
        if commit.actor != change.user or not sessions or commit.at - sessions[0].seen_at < _SEEN_AFTER_MS:
            yield Violation("session", f"commit {commit.seq} does not fit the state: {change}", seq=commit.seq)

    def _wrong_ends(self) -> Iterator[Violation]:
        finished_ms = self._index.finished_ms
        for event in self.state.events.values():
            ends_at = event.details.ends_at
            if not event.ended and ends_at <= finished_ms - _END_MARGIN_MS:
                yield Violation("event-end", f"the end of {event.id} at {ends_at} has no commit")
            if event.ended and ends_at > finished_ms > 0:
                yield Violation(
                    "event-end", f"{event.id} ends at {ends_at}, but it was not reopened after an early end"
                )

    def digest_at_end(self, view: str, user: str | None) -> str | None:
        """The digest of the view at the head; None if the view does not exist."""
        return self._view_digest(view, user)

    def _request_of(self, commit: Commit) -> Request | None:
        content = commit.answered
        return self._by_key.get((content.key, content.request)) if content is not None else None

    def _check_decision(self, commit: Commit, request: Request | None) -> Iterator[Violation]:
        if request is None:
            yield Violation("phantom", f"commit {commit.seq} has no request: {commit.changes}", seq=commit.seq)
            return
        if (key := key_of(request)) is not None and key.key in self._commit_by_key:
            message = f"commits {self._commit_by_key[key.key]} and {commit.seq} are of one Idempotency-Key"
            yield Violation("twice", message, op=request.op, seq=commit.seq)
        elif key is not None:
            self._commit_by_key[key.key] = commit.seq
        self.effects.setdefault(request.op, commit.seq)
        try:
            changes = expected_changes(self.state, request, commit)
        except Rejection as rejection:
            yield Violation(
                "decision", f"commit {commit.seq} is refused by the rules: {rejection.code}", request.op, commit.seq
            )
            return
        if changes != commit.changes or commit.actor != request.user:
            message = f"commit {commit.seq} holds {commit.changes} of {commit.actor}, the rules give {changes}"
            yield Violation("decision", message, request.op, commit.seq)

    def _check_observations(self, cause: tuple[Commit, Request] | None) -> Iterator[Violation]:
        seq = self.state.position.seq
        if cause is not None:
            yield from self._check_stored_response(*cause)
        for response in self._responses.pop(seq, ()):
            yield from self._check_response(response, cause)
        for read in self._reads.pop(seq, ()):
            yield from self._check_read(read)
        for live_view in self._live_views.pop(seq, ()):
            if live_view.digest != self._view_digest(live_view.view, live_view.user):
                client, view = f"{live_view.client} at {live_view.service}", f"{live_view.view} at {live_view.at}"
                message = f"{client} has another {view}, after a {live_view.kind}"
                yield Violation("live", message, seq=seq, time=live_view.time)

    def _check_stored_response(self, commit: Commit, request: Request) -> Iterator[Violation]:
        key = key_of(request)
        _, content = response_to_effect(self.state, request, commit, self._index.secret)
        if key is None or commit.answered != store(key, content):
            yield Violation(
                "answer", f"commit {commit.seq} stores {commit.answered}, expected {content}", request.op, commit.seq
            )

    def _check_response(self, response: Response, cause: tuple[Commit, Request] | None) -> Iterator[Violation]:
        request = self._index.requests[response.op]
        is_first_response = (
            cause is not None and cause[1].op == response.op and not response.replayed and response.status < 400
        )
        body = without_time(request, response.body, self._index.secret)
        actual = Expected(response.status, body, response.replayed, response.location, response.etag)
        if cause is not None and is_first_response and response.op not in self._answered_first:
            self._answered_first.add(response.op)
            expected, _ = response_to_effect(self.state, request, cause[0], self._index.secret)
        else:
            expected = self._expected_without_effect(request, response, actual)
        seq = self.state.position.seq
        if expected.changes:
            observed = f"{response.service} answered {response.status} at {response.position}"
            message = f"{observed}; the rules give {_change_names(expected)}"
            yield Violation("lost" if response.status < 400 else "rejection", message, response.op, seq)
            return
        if actual != expected:
            yield Violation("answer", f"{response.service} answered {actual}, expected {expected}", response.op, seq)

    def _expected_without_effect(self, request: Request, response: Response, actual: Expected) -> Expected:
        """The response at some time between the attempt and its response: the ``actual`` one if that can be."""
        times_ms = (*response.steps_ms, response.sent_ms or response.wall_ms, response.wall_ms)
        possible = [
            response_without_effect(self.state, request, time_ms, self._index.secret, is_token_valid=is_valid)
            for time_ms in times_ms
            for is_valid in self._tokens.validities(request.user, time_ms)
        ]
        return next((each for each in possible if each == actual and not each.changes), possible[-1])

    def _check_read(self, read: ViewRead) -> Iterator[Violation]:
        page = self._oracle.page(self.state, parse(read.view, read.user))
        seq = self.state.position.seq
        if page is None or read.status != 200:
            if page is not None or read.status not in (401, 404):
                message = f"{read.service} answered {read.status} for {read.view} at {read.position}"
                yield Violation("view", message, seq=seq, time=read.ended)
            return
        at, live_view = parse_view(read.body)
        if (at, live_view) != (read.position, page):
            differing = [pair for pair in zip(live_view.items, page.items, strict=False) if pair[0] != pair[1]][:1]
            difference = differing or f"{len(live_view.items)} items, not {len(page.items)}"
            message = f"{read.service} shows another {read.view} at {read.position} (body: {at}): {difference}"
            yield Violation("view", message, seq=seq, time=read.ended)

    def _view_digest(self, view: str, user: str | None) -> str | None:
        if (view, user) not in self._digests:
            page = self._oracle.page(self.state, parse(view, user))
            self._digests[view, user] = digest(page.order, page.items) if page is not None else None
        return self._digests[view, user]

    def _lost_positions(self) -> Iterator[Violation]:
        """Yields the responses and views at positions that the journal does not have."""
        for responses in self._responses.values():
            for each in responses:
                yield Violation(
                    "lost", f"{each.service} answered {each.status} at {each.position}, which is not there", each.op
                )
        for reads in self._reads.values():
            for read in reads:
                yield Violation(
                    "lost", f"{read.service} showed {read.view} at {read.position}, which is not there", time=read.ended
                )
        for live_views in self._live_views.values():
            for live_view in live_views:
                yield Violation(
                    "lost",
                    f"{live_view.client} saw {live_view.view} at {live_view.at}, which is not there",
                    time=live_view.time,
                )


def _is_without_request(commit: Commit) -> bool:
    return not commit.changes or any(
        isinstance(change, EventEnded | EventReopened | SessionUsed | RemindersDue) for change in commit.changes
    )


def _check_seats(event: Event, commit: Commit) -> Iterator[Violation]:
    """Checks the invariants of an event, independently of the rules."""
    seats = {"going": 0, "waitlisted": 0}
    for each in event.attendances.values():
        seats[each.status] += each.party
    if (seats["going"], seats["waitlisted"]) != (event.going, event.waiting):
        yield Violation("seats", f"{event.id} counts {event.going}+{event.waiting}, has {seats}", seq=commit.seq)
    free = event.free_seats()
    if free is not None and free < 0:
        yield Violation("seats", f"{event.id} is overbooked by {-free}", seq=commit.seq)
    promotable = [each.user for each in event.waitlist() if free is None or each.party <= free]
    if event.status == "scheduled" and promotable:
        yield Violation("seats", f"{promotable[0]} waits for {event.id}, where {free} seats are free", seq=commit.seq)


def _change_names(expected: Expected) -> str:
    return " and ".join(type(each).__name__ for each in expected.changes)
