"""Replays the journal once, and compares every response and view with the State at its position."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from chaos.checker.clock_commits import check_without_request, is_without_request, wrong_ends
from chaos.checker.expect import (
    Expected,
    actor_of,
    expected_changes,
    key_of,
    response_to_effect,
    response_without_effect,
    without_time,
)
from chaos.checker.keyless import KeylessEffects, signs_in
from chaos.checker.merges import Merge
from chaos.checker.operator_commands import OperatorCommands
from chaos.checker.oracle import PRESENCE, Oracle, Page, digest
from chaos.checker.seats import check_seats
from chaos.checker.tokens import Tokens
from chaos.history.events import LiveView, Request, Response, ViewRead
from chaos.history.history_index import HistoryIndex, Violation
from turnout_command.write.idempotency import store
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit
from turnout_core.domain.moderation_changes import EventHidden
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import State
from turnout_core.journal.record import GENESIS, BrokenRecord, unseal
from turnout_gateway.views.kinds import parse


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
        hidden_events: those that a moderator has hidden at some time.
    """

    def __init__(self, index: HistoryIndex) -> None:
        self.state = State(Position(index.epoch or "none", 0), GENESIS)
        self.effects: dict[int, int] = {}
        self.hidden_events: set[str] = set()
        self._index = index
        self._oracle = Oracle()
        self._by_key: dict[tuple[str, str], Request] = {}
        self._commit_by_key: dict[str, int] = {}
        self._answered_first: set[tuple[int, int]] = set()
        self._keyless = KeylessEffects(index, self._gives)
        self._operator = OperatorCommands(index)
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
        self._digests: dict[tuple[str, str | None, str | None], str | None] = {}

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
            request = None
            if self._operator.has_made(commit):
                yield from self._operator.check(self.state, commit)
            elif is_without_request(commit):
                yield from check_without_request(self.state, commit)
            else:
                request = self._request_of(commit)
                yield from self._check_decision(commit, request)
            merge = Merge.of(self.state, commit)
            try:
                affected = apply(self.state, commit, digest_after)
            except (KeyError, ValueError) as error:
                yield Violation("decision", f"commit {commit.seq} cannot be applied: {error!r}", seq=commit.seq)
                return
            self._digests.clear()
            self.hidden_events |= {each.event for each in commit.changes if isinstance(each, EventHidden)}
            if merge is not None:
                yield from (Violation("merge", each, seq=commit.seq) for each in merge.losses(self.state))
            for event in affected.events:
                if event in self.state.events:
                    yield from check_seats(self.state.events[event], commit)
            yield from self._check_observations((commit, request) if request else None)
        yield from wrong_ends(self.state, self._index.finished_ms)
        yield from self._lost_positions()
        yield from self._operator.lost()

    def digest_at_end(self, view: str, user: str | None, viewer: str | None) -> str | None:
        """The digest of the view at the head; None if the view does not exist."""
        return self._view_digest(view, user, viewer)

    def _request_of(self, commit: Commit) -> Request | None:
        content = commit.answered
        if content is None:
            return self._keyless.request_of(commit)
        return self._by_key.get((content.key, content.request))

    def _gives(self, request: Request, commit: Commit) -> bool:
        """True if the rules give the changes of the next commit for the request."""
        try:
            return actor_of(request) == commit.actor and self._changes_of(request, commit) == commit.changes
        except Rejection:
            return False

    def _changes_of(self, request: Request, commit: Commit) -> tuple[AnyChange, ...]:
        """The changes that the rules give. A sign-in with a token that is too old has no guest. Raises Rejection."""
        validities = self._tokens.validities(request.user, commit.at) if signs_in(request) else {True}
        possible = [expected_changes(self.state, request, commit, is_token_valid=each) for each in validities]
        return commit.changes if commit.changes in possible else possible[0]

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
            changes = self._changes_of(request, commit)
        except Rejection as rejection:
            yield Violation(
                "decision", f"commit {commit.seq} is refused by the rules: {rejection.code}", request.op, commit.seq
            )
            return
        if changes != commit.changes or commit.actor != actor_of(request):
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
            if live_view.digest != self._view_digest(live_view.view, live_view.user, live_view.viewer):
                client, view = f"{live_view.client} at {live_view.service}", f"{live_view.view} at {live_view.at}"
                message = f"{client} has another {view}, after a {live_view.kind}"
                yield Violation("live", message, seq=seq, time=live_view.time)

    def _check_stored_response(self, commit: Commit, request: Request) -> Iterator[Violation]:
        key = key_of(request)
        if key is None:
            return  # a commit that stores a response has the request of its key
        try:
            _, content = response_to_effect(self.state, request, commit, self._index.secret)
        except (Rejection, LookupError):
            return  # the decision was wrong, which is reported
        if commit.answered != store(key, content):
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
        seq = self.state.position.seq
        effect = (response.op, 0 if request.key is not None else seq)  # without a key each attempt can have an effect
        if cause is not None and is_first_response and effect not in self._answered_first:
            self._answered_first.add(effect)
            expected = self._expected_with_effect(request, cause[0]) or actual
        else:
            expected = self._expected_without_effect(request, response, actual)
        if expected.changes:
            observed = f"{response.service} answered {response.status} at {response.position}"
            message = f"{observed}; the rules give {_change_names(expected)}"
            yield Violation("lost" if response.status < 400 else "rejection", message, response.op, seq)
            return
        if actual != expected:
            yield Violation("answer", f"{response.service} answered {actual}, expected {expected}", response.op, seq)

    def _expected_with_effect(self, request: Request, commit: Commit) -> Expected | None:
        """The response to the effect; None if there is none, since the rules refuse the request."""
        try:
            return response_to_effect(self.state, request, commit, self._index.secret)[0]
        except (Rejection, LookupError):
            return None

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

    def _view_digest(self, view: str, user: str | None, viewer: str | None) -> str | None:
        if (view, user, viewer) not in self._digests:
            page = self._oracle.page(self.state, parse(view, user), viewer)
            self._digests[view, user, viewer] = digest(page.order, page.items) if page is not None else None
        return self._digests[view, user, viewer]

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


def _change_names(expected: Expected) -> str:
    return " and ".join(type(each).__name__ for each in expected.changes)
