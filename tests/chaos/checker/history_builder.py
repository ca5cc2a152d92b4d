"""Builds valid histories for the tests of the checker."""

from collections.abc import Iterable

import msgspec
from history import EPOCH, History

from chaos.checker.expect import command_of, key_of
from chaos.checker.oracle import Oracle, digest
from chaos.history.events import (
    Answered,
    AnyEvent,
    Asked,
    Began,
    Read,
    Recorded,
    Shown,
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


class HistoryBuilder:
    """A sound history, one request after the other; tests take something out of it or change it."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.journal = History()
        self.state = State(Position(EPOCH, 0), GENESIS)
        self._now = 0.0

    def add_command(self, user: str | None, method: str, path: str, body: str = "", new: str = ADA) -> Answered:
        """A request that has an effect, with its answer."""
        asked = self.add_request(user, method, path, body)
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
            session = msgspec.json.decode(text, type=SessionAnswer)
            token = Identity(SECRET).token(User(session.user.id, session.user.name))
            text = msgspec.json.encode(NewSessionAnswer(session.user, token)).decode()
        headers = dict(said.headers)
        return self.add_answer(asked, said.status, text, location=headers.get("location"), etag=headers.get("etag"))

    def add_request(self, user: str | None, method: str, path: str, body: str = "") -> Asked:
        self._now += 1
        op = len(self.events) + 1
        asked = Asked(op, self._now, user, method, path, body, f"key-{op:016}")
        self.events.append(asked)
        return asked

    def add_answer(self, asked: Asked, status: int, body: str, **rest: str | None) -> Answered:
        said = Answered(asked.op, self._now, self._now + 0.5, 0, "command-1", status, self.position(), body, **rest)  # type: ignore[arg-type] # headers
        self._now += 0.5
        self.events.append(said)
        return said

    def position(self) -> str:
        return str(self.state.position)

    def add_read(self, view: str, *, last: bool = True) -> Read:
        """A gateway's answer, at the end of what there is."""
        page = Oracle().page(self.state, parse(view, None))
        assert page is not None
        items = b",".join(page.items).decode()
        body = (
            f'{{"type":"snapshot","view":"{view}","at":"{self.position()}","order":"{page.order}","items":[{items}]}}'
        )
        self._now += 1
        shown = Read(self._now, self._now, "gateway-1#1", view, None, None, 200, self.position(), body, last)
        self.events.append(shown)
        return shown

    def add_shown(self, view: str, *, last: bool = False) -> Shown:
        """The views that a live client holds."""
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
            self.position(),
            digest(page.order, page.items),
            last,
        )
        self.events.append(held)
        return held

    def history(self, *more: AnyEvent) -> list[AnyEvent]:
        records = [Recorded(record.decode()) for record in self.journal.records]
        return [Began("test", SECRET), *self.events, *records, *more]

    def with_changed(self, event: AnyEvent, **fields: object) -> list[AnyEvent]:
        """The history with one event builder otherwise."""
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
