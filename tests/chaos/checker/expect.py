"""Derives the expected answer to a request from the rules and a State."""

from typing import Final

import msgspec

from chaos.history.events import Asked
from turnout_command.http.events import version
from turnout_command.rules.decide import decide
from turnout_command.write.idempotency import Key, lookup
from turnout_command.write.responses import StoredResponse, response_to
from turnout_core.domain.changes import AnyChange, Commit, EventCreated, SignedUp
from turnout_core.domain.commands import (
    CancelEvent,
    ChangeParty,
    Command,
    CreateEvent,
    DeleteEvent,
    EditEvent,
    EventDraft,
    EventEdit,
    Join,
    PartyBody,
    SessionBody,
    SignOut,
    SignUp,
    Unattend,
)
from turnout_core.domain.rejections import NotSignedIn, Rejection
from turnout_core.domain.state import State, User
from turnout_core.protocol.items import NewSessionAnswer, SessionAnswer
from turnout_core.protocol.rendering import person
from turnout_core.web.identity import Identity

_NEW: Final = "a" * 12  # the id of a user or event that is not there, and by this answer never will be


class Expected(msgspec.Struct, frozen=True):
    """
    Attributes:
        changes: what has to be in the journal for it; where there are any, the rest says nothing.
    """

    status: int
    body: str
    replayed: bool = False
    location: str | None = None
    etag: str | None = None
    changes: tuple[AnyChange, ...] = ()


def key_of(asked: Asked) -> Key | None:
    """The name under which the journal remembers the request."""
    if asked.key is None:
        return None
    return Key.of(asked.user, asked.key, f"{asked.method} {asked.path}", asked.body.encode())


def command_of(asked: Asked, new: str = _NEW) -> Command:  # noqa: PLR0911 - one for each route
    """The command for which ``asked`` stands; ``new`` is the id that the service gave to what it makes."""
    body = asked.body or "{}"
    match asked.method, asked.path.removeprefix("/api/").split("/"):
        case "POST", ["session"]:
            return SignUp(user=new, body=SessionBody.model_validate_json(body))
        case "DELETE", ["session"]:
            return SignOut()
        case "POST", ["events"]:
            return CreateEvent(event=new, draft=EventDraft.model_validate_json(body))
        case "PATCH", ["events", event]:
            edit = EventEdit.model_validate_json(body)
            return EditEvent(event=event, edit=edit, version=version(asked.if_match))
        case "POST", ["events", event, "cancel"]:
            return CancelEvent(event=event)
        case "DELETE", ["events", event]:
            return DeleteEvent(event=event)
        case "POST", ["events", event, "attendees"]:
            return Join(event=event, party=PartyBody.model_validate_json(body).party)
        case "PATCH", ["events", event, "attendees", "me"]:
            return ChangeParty(event=event, party=PartyBody.model_validate_json(body).party)
        case "DELETE", ["events", event, "attendees", who]:
            return Unattend(event=event, user=(asked.user or "") if who == "me" else who)
    raise ValueError(f"not a command: {asked.method} {asked.path}")


def made(commit: Commit) -> str:
    """The id of what a commit made; that of nothing where it made nothing."""
    match commit.changes:
        case [SignedUp(user=user)]:
            return user
        case [EventCreated(event=event)]:
            return event
    return _NEW


def decided(state: State, asked: Asked, commit: Commit) -> tuple[AnyChange, ...]:
    """The changes that the rules make on ``state``, the one before ``commit``. Raises Rejection."""
    if asked.user is not None and not _signed_in(state, asked.user):
        raise NotSignedIn
    return tuple(decide(state, command_of(asked, made(commit)), asked.user, commit.at))


def effect(after: State, asked: Asked, commit: Commit, secret: str) -> tuple[Expected, StoredResponse]:
    """The answer to a command that ``commit`` did, as it is sent, and as the record keeps it."""
    kept_answer = response_to(after, command_of(asked, made(commit)), asked.user)
    return _sent(asked, kept_answer, secret), kept_answer


def elsewhere(state: State, asked: Asked, wall_ms: int, secret: str) -> Expected:
    """The answer that ``asked`` gets on ``state`` where it is not what leads to ``state``."""
    key = key_of(asked)
    try:
        signed_in = asked.user is None or _signed_in(state, asked.user)
        signs_out = asked.method == "DELETE" and asked.path == "/api/session"  # alone may use a token that has ended
        replay = lookup(state, key, max(wall_ms, state.now)) if key and (signed_in or signs_out) else None
        if replay is not None:
            return msgspec.structs.replace(_sent(asked, replay, secret), replayed=True)
        if not signed_in:
            raise NotSignedIn
        if asked.method == "GET":
            return Expected(200, msgspec.json.encode(SessionAnswer(person(state, asked.user or ""))).decode())
        command = command_of(asked)
        changes = tuple(decide(state, command, asked.user, wall_ms))
        said = StoredResponse(0) if changes else response_to(state, command, asked.user)
    except Rejection as rejection:
        return Expected(rejection.status, msgspec.json.encode(rejection.problem()).decode())
    return msgspec.structs.replace(_sent(asked, said, secret), changes=changes)


def _sent(asked: Asked, said: StoredResponse, secret: str) -> Expected:
    """An answer as HTTP; only a sign-up's has a token."""
    body = said.body.decode()
    if asked.user is None and said.status == 201:
        user = msgspec.json.decode(body, type=SessionAnswer).user
        token = Identity(secret).token(User(user.id, user.name))
        body = msgspec.json.encode(NewSessionAnswer(user, token)).decode()
    headers = dict(said.headers)
    return Expected(said.status, body, location=headers.get("location"), etag=headers.get("etag"))


def _signed_in(state: State, user: str) -> bool:
    """Every token of the run is of a first session: who signs out never comes back under the same id."""
    there = state.users.get(user)
    return there is not None and there.session == 0
