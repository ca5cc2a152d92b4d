"""The checker reports each broken rule on a minimal history."""

import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from history import EPOCH, History

from chaos.checker.checker import check
from chaos.checker.expect import key_of
from chaos.checker.history_builder import ADA, DRAFT, HistoryBuilder
from chaos.checker.state_dump import digest_of
from chaos.history.events import (
    AbandonedRequest,
    AnyEvent,
    FailedWatch,
    InconclusiveResponse,
    LiveView,
    MissingPart,
    Request,
    Response,
    RewrittenRecord,
    RunFinished,
    StateDump,
    ViewRead,
    read,
    save,
)
from turnout_core.domain.changes import EventEnded
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.journal.record import peek
from turnout_core.protocol.items import Person, SessionAnswer


@pytest.fixture
def builder() -> HistoryBuilder:
    builder = HistoryBuilder()
    builder.add_command(None, "POST", "/api/session", '{"name":"Ada"}')
    builder.add_command(ADA, "POST", "/api/events", DRAFT)
    return builder


def rules(history: Iterable[AnyEvent]) -> set[str]:
    return {each.rule for each in check(history)}


def test_a_sound_history_has_no_violations(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    builder.add_live_view(f"events/{ADA}", is_final=True)
    assert check(builder.history()) == []


def test_an_acknowledged_command_without_a_commit_is_lost(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    history = builder.history()
    assert "lost" in rules(history[:-1])


def test_a_response_at_the_position_of_another_commit_is_lost(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    request = builder.add_request(ADA, "POST", f"/api/events/{ADA}/attendees")
    builder.add_response(request, 201, "{}")
    assert "lost" in rules(builder.history())


def test_a_commit_without_a_request_is_a_phantom(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    request = next(each for each in builder.events if isinstance(each, Request) and each.user == ADA)
    assert "phantom" in rules(builder.with_changed(request, key="another-key-000000"))


def test_two_requests_with_the_same_key_and_content_are_reported(builder: HistoryBuilder) -> None:
    request = builder.add_request(ADA, "POST", f"/api/events/{ADA}/cancel")
    assert rules(builder.history(msgspec.structs.replace(request, op=request.op + 1))) == {"missing", "twins"}


def test_one_key_has_one_effect(builder: HistoryBuilder) -> None:
    commit, _ = peek(builder.journal.records[-1])
    builder.journal.add(*commit.changes, actor=ADA, at=commit.at, answered=commit.answered)
    assert "twice" in rules(builder.history())


def test_the_recorded_changes_must_be_those_of_the_rules(builder: HistoryBuilder) -> None:
    request = next(each for each in builder.events if isinstance(each, Request) and each.user == ADA)
    key = msgspec.structs.replace(request, body=DRAFT.replace("Chess", "Go"))
    commit, _ = peek(builder.journal.records[-1])
    assert commit.answered is not None
    digest_of = key_of(key)
    assert digest_of is not None
    builder.journal.records.pop()
    builder.journal.head = History().head
    sound = peek(builder.journal.records[0])[0]
    builder.journal.records.clear()
    builder.journal.add(*sound.changes, at=sound.at, answered=sound.answered)
    other = msgspec.structs.replace(commit.answered, request=digest_of.request)
    builder.journal.add(*commit.changes, actor=ADA, at=commit.at, answered=other)
    builder.events[builder.events.index(request)] = key
    assert "decision" in rules(builder.history())


def test_a_response_with_another_header_is_wrong(builder: HistoryBuilder) -> None:
    response = next(each for each in builder.events if isinstance(each, Response) and each.etag)
    assert rules(builder.with_changed(response, etag='"7"')) == {"answer", "missing"}


def test_a_response_with_another_token_is_wrong(builder: HistoryBuilder) -> None:
    response = next(each for each in builder.events if isinstance(each, Response))
    assert "answer" in rules(builder.with_changed(response, body=response.body.replace("token", "nekot")))


def test_a_rejection_must_be_right_at_its_position(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    request = builder.add_request(ADA, "POST", f"/api/events/{ADA}/attendees")
    builder.add_response(request, 409, "{}")
    assert rules(builder.history()) == {"rejection"}


def test_a_command_with_only_refused_attempts_has_no_effect(builder: HistoryBuilder) -> None:
    response = next(each for each in builder.events if isinstance(each, Response) and each.etag)
    assert "refused-yet-done" in rules(builder.with_changed(response, status=409))


def test_a_later_request_sees_no_earlier_position(builder: HistoryBuilder) -> None:
    request = builder.add_request(ADA, "GET", "/api/session")
    response = builder.add_response(request, 200, f'{{"user":{{"id":"{ADA}","name":"Ada"}},"session":"{"a" * 12}"}}')
    assert rules(builder.history()) == {"missing"}
    assert "real-time" in rules(builder.with_changed(response, position=f"{EPOCH}-1"))


def test_an_effect_comes_after_all_positions_seen_before_its_request(builder: HistoryBuilder) -> None:
    builder.events.insert(0, ViewRead(0, 0, "gateway-1#1", "events?when=upcoming", None, None, 404, f"{EPOCH}-2", ""))
    assert "real-time" in rules(builder.history())


def test_a_view_shows_the_state_at_its_position(builder: HistoryBuilder) -> None:
    view_read = builder.add_view_read("events?when=upcoming")
    assert "view" in rules(builder.with_changed(view_read, body=view_read.body.replace("Chess", "Chexx")))
    assert "view" in rules(builder.with_changed(view_read, status=404))


def test_a_read_respects_at_least(builder: HistoryBuilder) -> None:
    view_read = builder.add_view_read("events?when=upcoming")
    assert rules(builder.with_changed(view_read, at_least=f"{EPOCH}-3")) == {"at-least"}


def test_the_position_of_a_gateway_never_decreases(builder: HistoryBuilder) -> None:
    view_read = builder.add_view_read("events?when=upcoming")
    earlier = msgspec.structs.replace(view_read, position=f"{EPOCH}-1", status=404, began=99, ended=99, is_final=False)
    assert "backwards" in rules([*builder.history(), earlier])


def test_the_position_of_a_live_client_never_decreases(builder: HistoryBuilder) -> None:
    live_view = builder.add_live_view("events?when=upcoming")
    assert "backwards" in rules([*builder.history(), msgspec.structs.replace(live_view, at=f"{EPOCH}-1")])


def test_a_live_client_shows_the_state_at_its_position(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    live_view = builder.add_live_view("events?when=upcoming")
    assert rules(builder.with_changed(live_view, digest="another")) == {"live"}


def test_a_gateway_ends_at_the_head(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    builder.add_command(ADA, "POST", f"/api/events/{ADA}/attendees")
    assert rules(builder.history()) == {"end"}


def test_a_live_client_ends_at_the_head(builder: HistoryBuilder) -> None:
    builder.add_live_view("events?when=upcoming")
    builder.add_command(ADA, "POST", f"/api/events/{ADA}/attendees")
    builder.add_view_read("events?when=upcoming")
    stale = next(each for each in builder.events if isinstance(each, LiveView))
    assert rules([*builder.history(), msgspec.structs.replace(stale, is_final=True)]) == {"end"}


def test_a_shown_view_exists_as_long_as_its_event(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    failed = FailedWatch(99, "client-1", "gateway-1#1", f"events/{ADA}", None, "event-not-found")
    assert rules(builder.history(failed)) == set()
    builder.add_live_view(f"events/{ADA}")
    assert rules(builder.history(failed)) == {"live"}


def test_a_standby_has_the_state_of_the_journal(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    live_view = StateDump(99, "command-2", builder.position(), digest_of(builder.state))
    assert rules(builder.history(live_view)) == set()
    assert rules(builder.history(msgspec.structs.replace(live_view, digest="0" * 32))) == {"memory"}
    assert rules(builder.history(msgspec.structs.replace(live_view, position=f"{EPOCH}-1"))) == {"memory"}


def test_a_broken_chain_of_hashes_is_reported(builder: HistoryBuilder) -> None:
    builder.journal.records[1] = builder.journal.records[1].replace(b"Chess", b"Chexx")
    assert "chain" in rules(builder.history())
    assert "chain" in rules(builder.history(RewrittenRecord(1, "a", "b")))


OPEN = InconclusiveResponse(9, "command-1", "POST /api/session", 503, "not-leader", "1", op=2)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({}, None),
        ({"retry_after": None}, "refusal"),
        ({"code": "service-unavailable"}, "refusal"),
        ({"status": 500}, "broken"),
        ({"status": 504}, "broken"),
        ({"status": 409}, "no-position"),
        ({"status": 422, "op": None, "position": "a-1"}, "unread"),
        ({"status": 200, "op": None}, "no-position"),
    ],
)
def test_only_a_503_with_retry_after_may_leave_the_outcome_open(
    builder: HistoryBuilder, fields: dict[str, object], rule: str | None
) -> None:
    builder.add_view_read("events?when=upcoming")
    response = msgspec.structs.replace(OPEN, **fields)
    assert rules(builder.history(response)) == ({rule} if rule else set())


def test_an_unanswered_request_is_reported(builder: HistoryBuilder) -> None:
    request = builder.add_request(ADA, "GET", "/api/session")
    builder.add_view_read("events?when=upcoming")
    assert rules(builder.history(AbandonedRequest(request.op, request.at, request.at + 60))) == {"unanswered"}


def test_a_missing_service_is_reported(builder: HistoryBuilder) -> None:
    builder.add_view_read("events?when=upcoming")
    assert rules(builder.history(MissingPart(9, "command-2"))) == {"missing"}


def test_a_history_can_be_saved_and_read(builder: HistoryBuilder, tmp_path: Path) -> None:
    builder.add_view_read("events?when=upcoming")
    path = tmp_path / "history.jsonl"
    save(builder.history(), path)
    assert list(read(path)) == builder.history()


def test_an_event_that_ended_too_early_is_reopened(builder: HistoryBuilder) -> None:
    ends_at = builder.state.events[ADA].details.ends_at
    builder.journal.add(EventEnded(ADA), at=ends_at)
    builder.add_view_read("events?when=upcoming")
    assert "event-end" in rules([*builder.history(), RunFinished(ends_at - 60_000)])


@pytest.mark.parametrize(
    ("age_days", "is_signed_in", "expected"),
    [(399, True, set()), (399, False, {"answer"}), (401, False, set()), (401, True, {"answer"})],
)
def test_a_token_counts_for_400_days_of_the_clock_of_the_service(
    builder: HistoryBuilder, age_days: int, is_signed_in: bool, expected: set[str]
) -> None:
    builder.add_view_read("events?when=upcoming")
    request = builder.add_request(ADA, "GET", "/api/session")
    body = SessionAnswer(Person(ADA, "Ada"), "a" * 12) if is_signed_in else NotSignedIn().problem()
    status = 200 if is_signed_in else 401
    response = builder.add_response(request, status, msgspec.json.encode(body).decode())
    wall_ms = round((time.time() + age_days * 24 * 3600) * 1000)
    assert rules(builder.with_changed(response, wall_ms=wall_ms)) == expected
