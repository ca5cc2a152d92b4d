"""Each rule of the checker, on the smallest history that breaks it."""

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
    Answered,
    AnyEvent,
    Asked,
    Declined,
    Failed,
    Held,
    Missing,
    Read,
    Rewritten,
    Shown,
    Unanswered,
    read,
    save,
)
from turnout_core.journal.record import peek


@pytest.fixture
def builder() -> HistoryBuilder:
    builder = HistoryBuilder()
    builder.add_command(None, "POST", "/api/session", '{"name":"Ada"}')
    builder.add_command(ADA, "POST", "/api/events", DRAFT)
    return builder


def rules(history: Iterable[AnyEvent]) -> set[str]:
    return {each.rule for each in check(history)}


def test_a_sound_history_is_sound(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    builder.add_shown(f"events/{ADA}", last=True)
    assert check(builder.history()) == []


def test_an_acknowledged_command_that_is_not_there_is_lost(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    history = builder.history()
    assert "lost" in rules(history[:-1])


def test_an_answer_at_the_position_of_something_else_is_lost(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    asked = builder.add_request(ADA, "POST", f"/api/events/{ADA}/attendees")
    builder.add_answer(asked, 201, "{}")
    assert "lost" in rules(builder.history())


def test_a_commit_that_nobody_asked_for_is_a_phantom(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    asked = next(each for each in builder.events if isinstance(each, Asked) and each.user == ADA)
    assert "phantom" in rules(builder.with_changed(asked, key="another-key-000000"))


def test_two_requests_of_one_key_and_content_are_no_evidence(builder: HistoryBuilder) -> None:
    asked = builder.add_request(ADA, "POST", f"/api/events/{ADA}/cancel")
    assert rules(builder.history(msgspec.structs.replace(asked, op=asked.op + 1))) == {"missing", "twins"}


def test_one_key_has_one_effect(builder: HistoryBuilder) -> None:
    commit, _ = peek(builder.journal.records[-1])
    builder.journal.add(*commit.changes, actor=ADA, at=commit.at, answered=commit.answered)
    assert "twice" in rules(builder.history())


def test_the_recorded_changes_are_those_of_the_rules(builder: HistoryBuilder) -> None:
    asked = next(each for each in builder.events if isinstance(each, Asked) and each.user == ADA)
    key = msgspec.structs.replace(asked, body=DRAFT.replace("Chess", "Go"))
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
    builder.events[builder.events.index(asked)] = key
    assert "decision" in rules(builder.history())


def test_an_answer_with_another_body_is_wrong(builder: HistoryBuilder) -> None:
    said = next(each for each in builder.events if isinstance(each, Answered) and each.etag)
    assert rules(builder.with_changed(said, etag='"7"')) == {"answer", "missing"}


def test_a_token_of_somebody_else_is_wrong(builder: HistoryBuilder) -> None:
    said = next(each for each in builder.events if isinstance(each, Answered))
    assert "answer" in rules(builder.with_changed(said, body=said.body.replace("token", "nekot")))


def test_a_rejection_has_to_be_right_where_it_was_made(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    asked = builder.add_request(ADA, "POST", f"/api/events/{ADA}/attendees")
    builder.add_answer(asked, 409, "{}")
    assert rules(builder.history()) == {"rejection"}


def test_a_command_that_was_only_ever_refused_has_no_effect(builder: HistoryBuilder) -> None:
    said = next(each for each in builder.events if isinstance(each, Answered) and each.etag)
    assert "refused-yet-done" in rules(builder.with_changed(said, status=409))


def test_a_later_request_sees_no_earlier_position(builder: HistoryBuilder) -> None:
    asked = builder.add_request(ADA, "GET", "/api/session")
    said = builder.add_answer(asked, 200, f'{{"user":{{"id":"{ADA}","name":"Ada"}}}}')
    assert rules(builder.history()) == {"missing"}
    assert "real-time" in rules(builder.with_changed(said, position=f"{EPOCH}-1"))


def test_an_effect_comes_behind_what_was_told_before_it_was_asked_for(builder: HistoryBuilder) -> None:
    builder.events.insert(0, Read(0, 0, "gateway-1#1", "events?when=upcoming", None, None, 404, f"{EPOCH}-2", ""))
    assert "real-time" in rules(builder.history())


def test_a_view_shows_what_the_position_holds(builder: HistoryBuilder) -> None:
    shown = builder.add_read("events?when=upcoming")
    assert "view" in rules(builder.with_changed(shown, body=shown.body.replace("Chess", "Chexx")))
    assert "view" in rules(builder.with_changed(shown, status=404))


def test_a_read_waits_for_what_the_reader_has_seen(builder: HistoryBuilder) -> None:
    shown = builder.add_read("events?when=upcoming")
    assert rules(builder.with_changed(shown, at_least=f"{EPOCH}-3")) == {"at-least"}


def test_a_gateway_never_goes_back(builder: HistoryBuilder) -> None:
    shown = builder.add_read("events?when=upcoming")
    earlier = msgspec.structs.replace(shown, position=f"{EPOCH}-1", status=404, began=99, ended=99, last=False)
    assert "backwards" in rules([*builder.history(), earlier])


def test_a_live_client_never_goes_back(builder: HistoryBuilder) -> None:
    held = builder.add_shown("events?when=upcoming")
    assert "backwards" in rules([*builder.history(), msgspec.structs.replace(held, at=f"{EPOCH}-1")])


def test_a_live_client_holds_what_the_position_holds(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    held = builder.add_shown("events?when=upcoming")
    assert rules(builder.with_changed(held, digest="another")) == {"live"}


def test_a_gateway_ends_at_the_end(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    builder.add_command(ADA, "POST", f"/api/events/{ADA}/attendees")
    assert rules(builder.history()) == {"end"}


def test_a_live_client_ends_with_everything(builder: HistoryBuilder) -> None:
    builder.add_shown("events?when=upcoming")
    builder.add_command(ADA, "POST", f"/api/events/{ADA}/attendees")
    builder.add_read("events?when=upcoming")
    stale = next(each for each in builder.events if isinstance(each, Shown))
    assert rules([*builder.history(), msgspec.structs.replace(stale, last=True)]) == {"end"}


def test_a_view_that_somebody_has_had_is_there_as_long_as_the_event_is(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    failed = Failed(99, "client-1", "gateway-1#1", f"events/{ADA}", None, "event-not-found")
    assert rules(builder.history(failed)) == set()
    builder.add_shown(f"events/{ADA}")
    assert rules(builder.history(failed)) == {"live"}


def test_a_standby_holds_what_the_journal_gives(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    held = Held(99, "command-2", builder.position(), digest_of(builder.state))
    assert rules(builder.history(held)) == set()
    assert rules(builder.history(msgspec.structs.replace(held, digest="0" * 32))) == {"memory"}
    assert rules(builder.history(msgspec.structs.replace(held, position=f"{EPOCH}-1"))) == {"memory"}


def test_the_chain_of_hashes_holds(builder: HistoryBuilder) -> None:
    builder.journal.records[1] = builder.journal.records[1].replace(b"Chess", b"Chexx")
    assert "chain" in rules(builder.history())
    assert "chain" in rules(builder.history(Rewritten(1, "a", "b")))


OPEN = Declined(9, "command-1", "POST /api/session", 503, "not-leader", "1", op=2)


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
    builder.add_read("events?when=upcoming")
    said = msgspec.structs.replace(OPEN, **fields)
    assert rules(builder.history(said)) == ({rule} if rule else set())


def test_an_unanswered_request_is_reported(builder: HistoryBuilder) -> None:
    asked = builder.add_request(ADA, "GET", "/api/session")
    builder.add_read("events?when=upcoming")
    assert rules(builder.history(Unanswered(asked.op, asked.at, asked.at + 60))) == {"unanswered"}


def test_a_missing_service_is_reported(builder: HistoryBuilder) -> None:
    builder.add_read("events?when=upcoming")
    assert rules(builder.history(Missing(9, "command-2"))) == {"missing"}


def test_a_history_survives_its_file(builder: HistoryBuilder, tmp_path: Path) -> None:
    builder.add_read("events?when=upcoming")
    path = tmp_path / "history.jsonl"
    save(builder.history(), path)
    assert list(read(path)) == builder.history()
