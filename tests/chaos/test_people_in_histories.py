"""The checker judges what has no Idempotency-Key: recovery links, sign-ins with their merges, and the operator."""

import json
from collections.abc import Iterable

import pytest

from chaos.checker.checker import check
from chaos.checker.history_builder import ADA, DRAFT, SECRET, HistoryBuilder
from chaos.history.events import AnyEvent, OperatorCommand, Response, UnknownOutcome
from turnout_command.sign_in.recovery import digest
from turnout_core.domain.changes import AnyChange, Left
from turnout_core.domain.host_changes import AttendanceMoved
from turnout_core.domain.moderation_changes import Audited, ModeratorAdded
from turnout_core.domain.moderation_commands import OperatePerson
from turnout_core.domain.people_changes import RecoverySet, SessionOpened, UserRemoved
from turnout_core.protocol.items import NewSessionAnswer, Person, RecoveryAnswer
from turnout_core.web.identity import Identity

GUEST = "b" * 11 + "2"
PHONE = "c" * 11 + "2"
LINK = "k" * 26
BRING = json.dumps({"way": "recovery", "secret": LINK, "bring": True})


@pytest.fixture
def builder() -> HistoryBuilder:
    """Ada has an event and a recovery link, and a guest has joined the event."""
    builder = HistoryBuilder()
    builder.add_command(None, "POST", "/api/session", '{"name":"Ada"}')
    builder.add_command(None, "POST", "/api/session", '{"name":"Guest"}', new=GUEST, opened="b" * 12)
    builder.add_command(ADA, "POST", "/api/events", DRAFT)
    builder.add_command(GUEST, "POST", f"/api/events/{ADA}/attendees")
    set_link(builder, LINK)
    return builder


def set_link(builder: HistoryBuilder, secret: str) -> Response:
    return builder.add_keyless_command(
        ADA, "/api/recovery", "", [RecoverySet(ADA, digest(secret))], RecoveryAnswer(secret)
    )


def bring_along(builder: HistoryBuilder, *seats: AnyChange) -> Response:
    """Ada signs in on the guest's device; ``seats`` are the changes at her event."""
    answer = NewSessionAnswer(Person(ADA, "Ada"), PHONE, token=Identity(SECRET).token(ADA, PHONE))
    opened = SessionOpened(ADA, PHONE, "")
    return builder.add_keyless_command(GUEST, "/api/sign-in", BRING, [*seats, UserRemoved(GUEST), opened], answer)


def rules(history: Iterable[AnyEvent]) -> set[str]:
    return {each.rule for each in check(history)}


def finished(builder: HistoryBuilder) -> list[AnyEvent]:
    builder.add_view_read("events?when=upcoming")
    return builder.history()


def test_a_sound_merge_has_no_violations(builder: HistoryBuilder) -> None:
    bring_along(builder, AttendanceMoved(ADA, GUEST, ADA))
    assert check(finished(builder)) == []


def test_a_merge_that_loses_a_seat_is_reported(builder: HistoryBuilder) -> None:
    bring_along(builder, Left(ADA, GUEST))
    assert rules(finished(builder)) == {"decision", "merge"}


def test_a_former_link_signs_no_one_in(builder: HistoryBuilder) -> None:
    set_link(builder, "another" * 3)
    bring_along(builder, AttendanceMoved(ADA, GUEST, ADA))
    assert "decision" in rules(finished(builder))


def test_an_acknowledged_sign_in_without_a_commit_is_lost(builder: HistoryBuilder) -> None:
    response = bring_along(builder, AttendanceMoved(ADA, GUEST, ADA))
    history = builder.with_changed(response, position="test-5")
    assert "lost" in rules(history)
    assert "phantom" in rules(history)


def test_a_response_with_the_secret_of_another_link_is_wrong(builder: HistoryBuilder) -> None:
    response = next(each for each in builder.events if isinstance(each, Response) and LINK in each.body)
    builder.add_view_read("events?when=upcoming")
    assert rules(builder.with_changed(response, body=response.body.replace("k", "l"))) == {"answer"}


def test_the_commit_of_a_lost_response_needs_an_attempt(builder: HistoryBuilder) -> None:
    response = set_link(builder, "another" * 3)
    builder.add_view_read("events?when=upcoming")
    lost = UnknownOutcome(response.op, response.began, response.ended, response.service, "no answer")
    assert rules(lost if each is response else each for each in builder.history()) == set()
    assert rules(each for each in builder.history() if each is not response) == {"phantom"}


@pytest.mark.parametrize(("is_done", "is_recorded", "expected"), [
    (True, True, set()), (False, True, set()), (True, False, {"lost"}), (False, False, set()),
])  # fmt: skip
def test_a_command_of_the_operator_has_one_commit(
    builder: HistoryBuilder, is_done: bool, is_recorded: bool, expected: set[str]
) -> None:
    command = OperatePerson(action="add-moderator", user=ADA, reason="for the run")
    if is_recorded:
        entry = Audited("", "add-moderator", "person", ADA, "Ada", "for the run")
        builder.add_keyless_commit(ModeratorAdded(ADA, "command"), entry)
    history = finished(builder)
    assert rules([*history, OperatorCommand(9, command.model_dump_json(), is_done)]) == expected
    assert rules(history) == ({"phantom"} if is_recorded else set())
