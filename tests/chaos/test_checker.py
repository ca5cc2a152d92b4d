"""Each rule of the checker, on the smallest history that breaks it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from history import EPOCH, History

from chaos.checker.checker import check
from chaos.checker.expect import command_of, key_of
from chaos.checker.oracle import Oracle, digest
from chaos.checker.state_dump import digest_of
from chaos.history.events import (
    Answered,
    AnyEvent,
    Asked,
    Began,
    Declined,
    Failed,
    Held,
    Missing,
    Read,
    Recorded,
    Rewritten,
    Shown,
    Unanswered,
    read,
    save,
)
from turnout_command.rules.decide import decide
from turnout_command.write.idempotency import store
from turnout_command.write.responses import response_to
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.position import Position
from turnout_core.domain.state import State, User
from turnout_core.journal.record import GENESIS, peek
from turnout_core.protocol.items import NewSessionAnswer, SessionAnswer
from turnout_core.web.identity import Identity
from turnout_gateway.views.kinds import parse

SECRET = "a secret for tests"
ADA = "a" * 11 + "2"
DRAFT = '{"title":"Chess","starts":"2090-01-01T19:30","zone":"UTC","capacity":1}'


class Told:
    """A sound history, one request after the other; tests take something out of it or change it."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.journal = History()
        self.state = State(Position(EPOCH, 0), GENESIS)
        self._now = 0.0

    def does(self, user: str | None, method: str, path: str, body: str = "", new: str = ADA) -> Answered:
        """A request that has an effect, with its answer."""
        asked = self.asks(user, method, path, body)
        command = command_of(asked, new)
        changes: list[AnyChange] = decide(self.state, command, user, self.state.now + 1)
        record = self._add(asked, changes, None)
        trial = peek(record)
        apply(self.state, *trial)
        said = response_to(self.state, command, user)
        key = key_of(asked)
        assert key is not None
        self._seal_again(asked, changes, store(key, said))
        text = said.body.decode()
        if user is None:
            session = SessionAnswer.model_validate_json(text)
            token = Identity(SECRET).token(User(session.user.id, session.user.name))
            text = NewSessionAnswer(user=session.user, token=token).model_dump_json()
        headers = dict(said.headers)
        return self.answers(asked, said.status, text, location=headers.get("location"), etag=headers.get("etag"))

    def asks(self, user: str | None, method: str, path: str, body: str = "") -> Asked:
        self._now += 1
        op = len(self.events) + 1
        asked = Asked(op, self._now, user, method, path, body, f"key-{op:016}")
        self.events.append(asked)
        return asked

    def answers(self, asked: Asked, status: int, body: str, **rest: str | None) -> Answered:
        said = Answered(asked.op, self._now, self._now + 0.5, 0, "command-1", status, self.at(), body, **rest)  # type: ignore[arg-type] # headers
        self._now += 0.5
        self.events.append(said)
        return said

    def at(self) -> str:
        return str(self.state.position)

    def shows(self, view: str, *, last: bool = True) -> Read:
        """A gateway's answer, at the end of what there is."""
        page = Oracle().page(self.state, parse(view, None))
        assert page is not None
        items = b",".join(page.items).decode()
        body = f'{{"type":"snapshot","view":"{view}","at":"{self.at()}","order":"{page.order}","items":[{items}]}}'
        self._now += 1
        shown = Read(self._now, self._now, "gateway-1#1", view, None, None, 200, self.at(), body, last)
        self.events.append(shown)
        return shown

    def holds(self, view: str, *, last: bool = False) -> Shown:
        """What a live client has."""
        page = Oracle().page(self.state, parse(view, None))
        assert page is not None
        self._now += 1
        held = Shown(
            self._now,
            "client-1",
            "gateway-1#1",
            1,
            "patch",
            view,
            None,
            self.at(),
            digest(page.order, page.items),
            last,
        )
        self.events.append(held)
        return held

    def history(self, *more: AnyEvent) -> list[AnyEvent]:
        records = [Recorded(record.decode()) for record in self.journal.records]
        return [Began("test", SECRET), *self.events, *records, *more]

    def changed(self, event: AnyEvent, **fields: object) -> list[AnyEvent]:
        """The history with one event told otherwise."""
        other = msgspec.structs.replace(event, **fields)
        return [other if each is event else each for each in self.history()]

    def _add(self, asked: Asked, changes: Iterable[AnyChange], answered: object) -> bytes:
        return self.journal.add(*changes, actor=asked.user, at=self.state.now + 1, answered=answered)  # type: ignore[arg-type] # Answered or None

    def _seal_again(self, asked: Asked, changes: Iterable[AnyChange], answered: object) -> None:
        """With the answer, which is only known once the changes were applied."""
        before = self.journal.records[:-1]
        self.journal = History()
        self.state = State(Position(EPOCH, 0), GENESIS)
        for each in before:
            commit, _ = peek(each)
            self.journal.add(*commit.changes, actor=commit.actor, at=commit.at, answered=commit.answered)
            apply(self.state, *peek(self.journal.records[-1]))
        apply(self.state, *peek(self._add(asked, changes, answered)))


@pytest.fixture
def told() -> Told:
    told = Told()
    told.does(None, "POST", "/api/session", '{"name":"Ada"}')
    told.does(ADA, "POST", "/api/events", DRAFT)
    return told


def rules(history: Iterable[AnyEvent]) -> set[str]:
    return {each.rule for each in check(history)}


def test_a_sound_history_is_sound(told: Told) -> None:
    told.shows("events?when=upcoming")
    told.holds(f"events/{ADA}", last=True)
    assert check(told.history()) == []


def test_an_acknowledged_command_that_is_not_there_is_lost(told: Told) -> None:
    told.shows("events?when=upcoming")
    history = told.history()
    assert "lost" in rules(history[:-1])


def test_an_answer_at_the_position_of_something_else_is_lost(told: Told) -> None:
    told.shows("events?when=upcoming")
    asked = told.asks(ADA, "POST", f"/api/events/{ADA}/attendees")
    told.answers(asked, 201, "{}")
    assert "lost" in rules(told.history())


def test_a_commit_that_nobody_asked_for_is_a_phantom(told: Told) -> None:
    told.shows("events?when=upcoming")
    asked = next(each for each in told.events if isinstance(each, Asked) and each.user == ADA)
    assert "phantom" in rules(told.changed(asked, key="another-key-000000"))


def test_two_requests_of_one_key_and_content_are_no_index(told: Told) -> None:
    asked = told.asks(ADA, "POST", f"/api/events/{ADA}/cancel")
    assert rules(told.history(msgspec.structs.replace(asked, op=asked.op + 1))) == {"missing", "twins"}


def test_one_key_has_one_effect(told: Told) -> None:
    commit, _ = peek(told.journal.records[-1])
    told.journal.add(*commit.changes, actor=ADA, at=commit.at, answered=commit.answered)
    assert "twice" in rules(told.history())


def test_the_recorded_changes_are_those_of_the_rules(told: Told) -> None:
    asked = next(each for each in told.events if isinstance(each, Asked) and each.user == ADA)
    key = msgspec.structs.replace(asked, body=DRAFT.replace("Chess", "Go"))
    commit, _ = peek(told.journal.records[-1])
    assert commit.answered is not None
    digest_of = key_of(key)
    assert digest_of is not None
    told.journal.records.pop()
    told.journal.head = History().head
    sound = peek(told.journal.records[0])[0]
    told.journal.records.clear()
    told.journal.add(*sound.changes, at=sound.at, answered=sound.answered)
    other = msgspec.structs.replace(commit.answered, request=digest_of.request)
    told.journal.add(*commit.changes, actor=ADA, at=commit.at, answered=other)
    told.events[told.events.index(asked)] = key
    assert "decision" in rules(told.history())


def test_an_answer_with_another_body_is_wrong(told: Told) -> None:
    said = next(each for each in told.events if isinstance(each, Answered) and each.etag)
    assert rules(told.changed(said, etag='"7"')) == {"answer", "missing"}


def test_a_token_of_somebody_else_is_wrong(told: Told) -> None:
    said = next(each for each in told.events if isinstance(each, Answered))
    assert "answer" in rules(told.changed(said, body=said.body.replace("token", "nekot")))


def test_a_rejection_has_to_be_right_where_it_was_made(told: Told) -> None:
    told.shows("events?when=upcoming")
    asked = told.asks(ADA, "POST", f"/api/events/{ADA}/attendees")
    told.answers(asked, 409, "{}")
    assert rules(told.history()) == {"rejection"}


def test_a_command_that_was_only_ever_refused_has_no_effect(told: Told) -> None:
    said = next(each for each in told.events if isinstance(each, Answered) and each.etag)
    assert "refused-yet-done" in rules(told.changed(said, status=409))


def test_who_asks_later_sees_no_less(told: Told) -> None:
    asked = told.asks(ADA, "GET", "/api/session")
    said = told.answers(asked, 200, f'{{"user":{{"id":"{ADA}","name":"Ada"}}}}')
    assert rules(told.history()) == {"missing"}
    assert "real-time" in rules(told.changed(said, position=f"{EPOCH}-1"))


def test_an_effect_comes_behind_what_was_told_before_it_was_asked_for(told: Told) -> None:
    told.events.insert(0, Read(0, 0, "gateway-1#1", "events?when=upcoming", None, None, 404, f"{EPOCH}-2", ""))
    assert "real-time" in rules(told.history())


def test_a_view_shows_what_the_position_holds(told: Told) -> None:
    shown = told.shows("events?when=upcoming")
    assert "view" in rules(told.changed(shown, body=shown.body.replace("Chess", "Chexx")))
    assert "view" in rules(told.changed(shown, status=404))


def test_a_read_waits_for_what_the_reader_has_seen(told: Told) -> None:
    shown = told.shows("events?when=upcoming")
    assert rules(told.changed(shown, at_least=f"{EPOCH}-3")) == {"at-least"}


def test_a_gateway_never_goes_back(told: Told) -> None:
    shown = told.shows("events?when=upcoming")
    earlier = msgspec.structs.replace(shown, position=f"{EPOCH}-1", status=404, began=99, ended=99, last=False)
    assert "backwards" in rules([*told.history(), earlier])


def test_a_live_client_never_goes_back(told: Told) -> None:
    held = told.holds("events?when=upcoming")
    assert "backwards" in rules([*told.history(), msgspec.structs.replace(held, at=f"{EPOCH}-1")])


def test_a_live_client_holds_what_the_position_holds(told: Told) -> None:
    told.shows("events?when=upcoming")
    held = told.holds("events?when=upcoming")
    assert rules(told.changed(held, digest="another")) == {"live"}


def test_a_gateway_ends_at_the_end(told: Told) -> None:
    told.shows("events?when=upcoming")
    told.does(ADA, "POST", f"/api/events/{ADA}/attendees")
    assert rules(told.history()) == {"end"}


def test_a_live_client_ends_with_everything(told: Told) -> None:
    told.holds("events?when=upcoming")
    told.does(ADA, "POST", f"/api/events/{ADA}/attendees")
    told.shows("events?when=upcoming")
    stale = next(each for each in told.events if isinstance(each, Shown))
    assert rules([*told.history(), msgspec.structs.replace(stale, last=True)]) == {"end"}


def test_a_view_that_somebody_has_had_is_there_as_long_as_the_event_is(told: Told) -> None:
    told.shows("events?when=upcoming")
    failed = Failed(99, "client-1", "gateway-1#1", f"events/{ADA}", None, "event-not-found")
    assert rules(told.history(failed)) == set()
    told.holds(f"events/{ADA}")
    assert rules(told.history(failed)) == {"live"}


def test_a_standby_holds_what_the_journal_gives(told: Told) -> None:
    told.shows("events?when=upcoming")
    held = Held(99, "command-2", told.at(), digest_of(told.state))
    assert rules(told.history(held)) == set()
    assert rules(told.history(msgspec.structs.replace(held, digest="0" * 32))) == {"memory"}
    assert rules(told.history(msgspec.structs.replace(held, position=f"{EPOCH}-1"))) == {"memory"}


def test_the_chain_of_hashes_holds(told: Told) -> None:
    told.journal.records[1] = told.journal.records[1].replace(b"Chess", b"Chexx")
    assert "chain" in rules(told.history())
    assert "chain" in rules(told.history(Rewritten(1, "a", "b")))


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
def test_only_what_says_when_to_come_back_may_tell_nothing(
    told: Told, fields: dict[str, object], rule: str | None
) -> None:
    told.shows("events?when=upcoming")
    said = msgspec.structs.replace(OPEN, **fields)
    assert rules(told.history(said)) == ({rule} if rule else set())


def test_a_request_that_nobody_ever_answers_is_told(told: Told) -> None:
    asked = told.asks(ADA, "GET", "/api/session")
    told.shows("events?when=upcoming")
    assert rules(told.history(Unanswered(asked.op, asked.at, asked.at + 60))) == {"unanswered"}


def test_what_never_came_back_is_told(told: Told) -> None:
    told.shows("events?when=upcoming")
    assert rules(told.history(Missing(9, "command-2"))) == {"missing"}


def test_a_history_survives_its_file(told: Told, tmp_path: Path) -> None:
    told.shows("events?when=upcoming")
    path = tmp_path / "history.jsonl"
    save(told.history(), path)
    assert list(read(path)) == told.history()
