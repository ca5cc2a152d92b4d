"""Builds valid histories for the tests of the checker."""

from collections.abc import Iterable

import msgspec
from history import EPOCH, History

from chaos.checker.expect import New, actor_of, command_of, key_of
from chaos.checker.oracle import Oracle, digest
from chaos.history.events import (
    AnyEvent,
    JournalRecord,
    LiveView,
    Request,
    Response,
    RunStarted,
    ViewRead,
)
from turnout_command.rules.decide import decide
from turnout_command.write.idempotency import store
from turnout_command.write.responses import response_to
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.record import GENESIS, peek
from turnout_core.protocol.items import NewSessionAnswer, SessionAnswer
from turnout_core.web.identity import Identity
from turnout_gateway.views.kinds import parse

SECRET = "a secret for tests"


ADA = "a" * 11 + "2"


DRAFT = '{"title":"Chess","starts":"2090-01-01T19:30","zone":"UTC","capacity":1}'


class HistoryBuilder:
    """Builds a valid history request by request. Tests then remove or change a part of it."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.journal = History()
        self.state = State(Position(EPOCH, 0), GENESIS)
        self._now = 0.0

    def add_command(
        self, user: str | None, method: str, path: str, body: str = "", new: str = ADA, opened: str = "a" * 12
    ) -> Response:
        """Adds a request with an effect, its commit and its response."""
        request = self.add_request(user, method, path, body)
        command = command_of(request, New(new, opened))
        changes: list[AnyChange] = decide(self.state, command, user, self.state.committed_at + 1)
        record = self._add(request, changes, None)
        next_record = peek(record)
        apply(self.state, *next_record)
        stored = response_to(self.state, command, user)
        key = key_of(request)
        assert key is not None
        self._replace_last_record(request, changes, store(key, stored))
        body_text = stored.body.decode()
        if user is None:
            session = msgspec.json.decode(body_text, type=SessionAnswer)
            token = Identity(SECRET).token(session.user.id, str(session.session))
            body_text = msgspec.json.encode(NewSessionAnswer(session.user, session.session, token=token)).decode()
        headers = dict(stored.headers)
        return self.add_response(
            request, stored.status, body_text, location=headers.get("location"), etag=headers.get("etag")
        )

    def add_keyless_command(
        self, user: str | None, path: str, body: str, changes: Iterable[AnyChange], answer: object
    ) -> Response:
        """Adds a ``POST`` without a key, its commit with ``changes``, and its response 201 with ``answer``."""
        request = self.add_request(user, "POST", path, body, has_key=False)
        self.add_keyless_commit(*changes, actor=actor_of(request))
        return self.add_response(request, 201, msgspec.json.encode(answer).decode())

    def add_keyless_commit(self, *changes: AnyChange, actor: str | None = None) -> None:
        """Adds a commit that stores no response."""
        apply(self.state, *peek(self.journal.add(*changes, actor=actor, at=self.state.committed_at + 1)))

    def add_request(self, user: str | None, method: str, path: str, body: str = "", *, has_key: bool = True) -> Request:
        self._now += 1
        op = len(self.events) + 1
        request = Request(op, self._now, user, method, path, body, f"key-{op:016}" if has_key else None)
        self.events.append(request)
        return request

    def add_response(self, request: Request, status: int, body: str, **headers: str | None) -> Response:
        began, ended = self._now, self._now + 0.5
        response = Response(request.op, began, ended, 0, "command-1", status, self.position(), body, **headers)  # type: ignore[arg-type] # headers
        self._now = ended
        self.events.append(response)
        return response

    def position(self) -> str:
        return str(self.state.position)

    def add_view_read(self, view: str, *, is_final: bool = True) -> ViewRead:
        """Adds a gateway's response at the head of the journal."""
        page = Oracle().page(self.state, parse(view, None))
        assert page is not None
        items = b",".join(page.items).decode()
        body = (
            f'{{"type":"snapshot","view":"{view}","at":"{self.position()}","order":"{page.order}","items":[{items}]}}'
        )
        self._now += 1
        view_read = ViewRead(
            self._now, self._now, "gateway-1#1", view, None, None, 200, self.position(), body, is_final
        )
        self.events.append(view_read)
        return view_read

    def add_live_view(self, view: str, *, is_final: bool = False) -> LiveView:
        """Adds a view of a live client at the head of the journal."""
        page = Oracle().page(self.state, parse(view, None))
        assert page is not None
        self._now += 1
        live_view = LiveView(
            self._now,
            "client-1",
            "gateway-1#1",
            1,
            "patch",
            view,
            None,
            self.position(),
            digest(page.order, page.items),
            is_final,
        )
        self.events.append(live_view)
        return live_view

    def history(self, *further_events: AnyEvent) -> list[AnyEvent]:
        records = [JournalRecord(record.decode()) for record in self.journal.records]
        return [RunStarted("test", SECRET), *self.events, *records, *further_events]

    def with_changed(self, event: AnyEvent, **fields: object) -> list[AnyEvent]:
        """The history with one event changed."""
        changed_event = msgspec.structs.replace(event, **fields)
        return [changed_event if each is event else each for each in self.history()]

    def _add(self, request: Request, changes: Iterable[AnyChange], answered: object) -> bytes:
        return self.journal.add(*changes, actor=request.user, at=self.state.committed_at + 1, answered=answered)  # type: ignore[arg-type] # Answered or None

    def _replace_last_record(self, request: Request, changes: Iterable[AnyChange], answered: object) -> None:
        """Replaces the last record by one with the response, which is known only after the changes were applied."""
        before = self.journal.records[:-1]
        self.journal = History()
        self.state = State(Position(EPOCH, 0), GENESIS)
        for each in before:
            commit, _ = peek(each)
            self.journal.add(*commit.changes, actor=commit.actor, at=commit.at, answered=commit.answered)
            apply(self.state, *peek(self.journal.records[-1]))
        apply(self.state, *peek(self._add(request, changes, answered)))
