"""Derives the expected answer to a request from the rules and a State."""

from typing import Final, NamedTuple

import msgspec

from chaos.checker.keyless import link_of, makes_link, session_of, sign_in_of, signs_in, without_secret
from chaos.history.events import Request
from turnout_command.http.events import version
from turnout_command.rules.decide import decide
from turnout_command.write.idempotency import Key, lookup
from turnout_command.write.responses import StoredResponse, response_to
from turnout_core.domain import host_commands as host
from turnout_core.domain import person_commands as person
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
from turnout_core.domain.host_changes import InvitationMade
from turnout_core.domain.moderation_changes import Reported
from turnout_core.domain.moderation_commands import (
    EventReportBody,
    ModerateEvent,
    ModeratePerson,
    ReasonBody,
    ReportTarget,
)
from turnout_core.domain.notice_commands import MessageBody, NoticesReadBody, ReadNotices, SendMessage
from turnout_core.domain.people_changes import RecoverySet, SessionOpened
from turnout_core.domain.rejections import NotSignedIn, Rejection
from turnout_core.domain.state import State
from turnout_core.protocol import rendering
from turnout_core.protocol.items import NewSessionAnswer, Person, RecoveryAnswer, SessionAnswer
from turnout_core.web.identity import Claim, Identity

_ISSUED_S: Final = 1_800_000_000.0
_NEW_ID: Final = "a" * 12  # the id of a user or event that does not exist
_MODERATION: Final = ("reports", "hide", "restore", "take-down", "block", "unblock")


class Expected(msgspec.Struct, frozen=True):
    """An expected response.

    Attributes:
        changes: changes that the command would have made. If there are any, the other fields have no meaning.
    """

    status: int
    body: str
    replayed: bool = False
    location: str | None = None
    etag: str | None = None
    changes: tuple[AnyChange, ...] = ()


def key_of(request: Request) -> Key | None:
    """The key under which the journal stores the response to the request."""
    if request.key is None:
        return None
    return Key.of(request.user, request.key, f"{request.method} {request.path}", request.body.encode())


class New(NamedTuple):
    """The ids and codes that a command creates; those that do not exist for a command without an effect."""

    id: str = _NEW_ID
    session: str = _NEW_ID
    code: str = "a" * 26
    recovery: str = "a" * 64

    @classmethod
    def of(cls, commit: Commit) -> "New":
        """The ids and codes in ``commit``."""
        found = cls()
        for change in commit.changes:
            match change:
                case SignedUp(user=created) | EventCreated(event=created):
                    found = found._replace(id=created)
                case SessionOpened(session=session):
                    found = found._replace(session=session)
                case InvitationMade(invitation=invitation):
                    found = found._replace(code=invitation.code)
                case Reported(report=report):
                    found = found._replace(id=report)
                case RecoverySet(recovery=recovery):
                    found = found._replace(recovery=recovery)
        return found


def command_of(request: Request, new: New = New()) -> Command:  # noqa: B008, PLR0911 - immutable; one for each route
    """Parses the command in ``request``. Raises ValueError if it is none."""
    body = request.body or "{}"
    user = request.user or ""
    match request.method, request.path.removeprefix("/api/").split("/"):
        case _, ["session"] | ["me"] | ["recovery"]:
            return _command_of_person(request.method, request.path, body, new)
        case "POST", ["me", "notices", "read"]:
            return ReadNotices(until=NoticesReadBody.model_validate_json(body).seq)
        case "POST", ["events"]:
            return CreateEvent(event=new.id, draft=EventDraft.model_validate_json(body))
        case "PATCH", ["events", event]:
            edit = EventEdit.model_validate_json(body)
            return EditEvent(event=event, edit=edit, version=version(request.if_match))
        case "POST", ["events", event, "cancel"]:
            return CancelEvent(event=event)
        case "DELETE", ["events", event]:
            return DeleteEvent(event=event)
        case "POST", ["events" | "users" as target, about, action] if action in _MODERATION:
            return _command_of_moderation(target, about, action, body, new)
        case method, ["events", event, "attendees", *rest]:
            return _command_of_seats(method, event, [user if each == "me" else each for each in rest], body, user)
        case method, ["events", event, *rest]:
            return _command_of_hosts(method, event, [user if each == "me" else each for each in rest], body, new)
    raise ValueError(f"not a command: {request.method} {request.path}")


def _command_of_person(method: str, path: str, body: str, new: New) -> Command:
    match method, path:
        case "POST", "/api/session":
            return SignUp(user=new.id, session=new.session, body=SessionBody.model_validate_json(body))
        case "PATCH", "/api/session":
            return person.Rename(body=person.NameBody.model_validate_json(body))
        case "DELETE", "/api/session":
            return SignOut()
        case "DELETE", "/api/me":
            return person.EraseMe()
        case "POST", "/api/recovery":
            return link_of(new.recovery)
        case "DELETE", "/api/recovery":
            return link_of("")
    raise ValueError(f"not a command: {method} {path}")


def _command_of_moderation(target: str, about: str, action: str, body: str, new: New) -> Command:
    if (target, action) == ("events", "reports"):
        report = EventReportBody.model_validate_json(body)
        return ReportTarget(report=new.id, target="event", about=about, body=report, notice=report.notice)
    reason = ReasonBody.model_validate_json(body)
    match target, action:
        case "users", "reports":
            return ReportTarget(report=new.id, target="person", about=about, body=reason)
        case "events", "hide" | "restore" as act:
            return ModerateEvent(action=act, event=about, body=reason)
        case "events", "take-down":
            return ModerateEvent(action="delete", event=about, body=reason)
        case "users", "block" | "unblock" as act:
            return ModeratePerson(action=act, user=about, body=reason)
    raise ValueError(f"not a command of moderation: {target} {action}")


def _command_of_seats(method: str, event: str, rest: list[str], body: str, user: str) -> Command:
    match method, rest:
        case "POST", []:
            return Join(event=event, party=PartyBody.model_validate_json(body).party)
        case "PATCH", [attendee] if attendee == user:
            return ChangeParty(event=event, party=PartyBody.model_validate_json(body).party)
        case "DELETE", [attendee]:
            return Unattend(event=event, user=attendee)
    raise ValueError(f"not a command about seats: {method} {rest}")


def _command_of_hosts(  # noqa: C901, PLR0911 - one case for each route
    method: str, event: str, rest: list[str], body: str, new: New
) -> Command:
    match method, rest:
        case "POST", ["requests", user, "approve"]:
            return host.ApproveRequest(event=event, user=user, party=host.ApprovalBody.model_validate_json(body).party)
        case "DELETE", ["requests", user]:
            return host.CloseRequest(event=event, user=user)
        case "POST", ["invitations"]:
            return host.MakeInvitation(event=event, code=new.code, body=host.InvitationBody.model_validate_json(body))
        case "POST", ["invitations", code, "accept"]:
            return host.AcceptInvitation(event=event, code=code)
        case "DELETE", ["invitations", invitation]:
            return host.RevokeInvitation(event=event, invitation=invitation)
        case "POST", ["hand-over"]:
            return host.HandOver(event=event, user=host.UserBody.model_validate_json(body).user)
        case "DELETE", ["hosts", user]:
            return host.RemoveCohost(event=event, user=user)
        case "POST", ["blocks"]:
            return host.KeepOut(event=event, user=host.UserBody.model_validate_json(body).user)
        case "DELETE", ["blocks", user]:
            return host.AllowGuest(event=event, user=user)
        case "PUT", ["notes", user]:
            return host.SetNote(event=event, user=user, body=host.NoteBody.model_validate_json(body))
        case "POST", ["messages"]:
            return SendMessage(event=event, body=MessageBody.model_validate_json(body))
    raise ValueError(f"not a command of hosts: {method} {rest}")


def expected_changes(
    state: State, request: Request, commit: Commit, *, is_token_valid: bool = True
) -> tuple[AnyChange, ...]:
    """The changes that the rules give on ``state``, which is the one before ``commit``. Raises Rejection."""
    if request.user is not None and not signs_in(request) and session_of(state, request) is None:
        raise NotSignedIn
    command = _command(state, request, New.of(commit), is_token_valid=is_token_valid)
    return tuple(decide(state, command, actor_of(request), commit.at))


def actor_of(request: Request) -> str | None:
    """The user whose command it is. A sign-in is nobody's, even if the device has a guest."""
    return None if signs_in(request) else request.user


def response_to_effect(after: State, request: Request, commit: Commit, secret: str) -> tuple[Expected, StoredResponse]:
    """The response to the request that led to ``commit``: as it is sent, and as the record stores it."""
    new = New.of(commit)
    if makes_link(request):
        stored = StoredResponse(201, msgspec.json.encode(RecoveryAnswer(new.recovery)))
    else:
        stored = response_to(after, _command(after, request, new), actor_of(request))
    return _as_http(request, stored, secret), stored


def _command(state: State, request: Request, new: New, *, is_token_valid: bool = True) -> Command:
    """The command in ``request``. Raises SignInFailed."""
    if signs_in(request):
        return sign_in_of(state, request, new.session, is_token_valid=is_token_valid)
    return command_of(request, new)


def response_without_effect(
    state: State, request: Request, wall_ms: int, secret: str, *, is_token_valid: bool = True
) -> Expected:
    """The response to a ``request`` on ``state`` that made no commit: a replay, a rejection, a no-op or a read.

    ``is_token_valid`` is false if the token of the request is too old by the clock of the service.
    """
    key = key_of(request)
    try:
        if request.user is not None and not is_token_valid and not signs_in(request):
            raise NotSignedIn
        has_session = request.user is None or signs_in(request) or session_of(state, request) is not None
        signs_out = request.method == "DELETE" and request.path in ("/api/session", "/api/me")  # accept an ended token
        replay = lookup(state, key, request.user) if key and (has_session or signs_out) else None
        if replay is not None:
            return msgspec.structs.replace(_as_http(request, replay, secret), replayed=True)
        if not has_session:
            raise NotSignedIn
        if request.method == "GET":
            return Expected(200, _session_answer(state, request))
        command = _command(state, request, New(), is_token_valid=is_token_valid)
        changes = tuple(decide(state, command, actor_of(request), wall_ms))
        response = StoredResponse(0) if changes else response_to(state, command, actor_of(request))
    except Rejection as rejection:
        return Expected(rejection.status, msgspec.json.encode(rejection.problem()).decode())
    return msgspec.structs.replace(_as_http(request, response, secret), changes=changes)


def _as_http(request: Request, response: StoredResponse, secret: str) -> Expected:
    """The response as HTTP. Only that of a sign-up or a sign-in has a token."""
    body = response.body.decode()
    if gives_token(request) and response.status == 201:
        answer = msgspec.json.decode(body, type=SessionAnswer)
        body = _session_body(answer.user, Claim(answer.user.id, str(answer.session), 0), secret)
    headers = dict(response.headers)
    return Expected(response.status, body, location=headers.get("location"), etag=headers.get("etag"))


def without_time(request: Request, body: str, secret: str) -> str:
    """``body`` without what no commit has: the time of issue of a genuine token, and the secret of a recovery link.

    The answer to a read has a token only if the one before was old, so it is left out.
    """
    if makes_link(request):
        return without_secret(body)
    try:
        answer = msgspec.json.decode(body, type=NewSessionAnswer)
    except msgspec.MsgspecError:
        return body
    claim = Identity(secret).read(answer.token)
    if claim is None:
        return body
    if request.method == "GET" and (claim.user, claim.session) == (request.user, answer.session):
        return msgspec.json.encode(SessionAnswer(answer.user, answer.session)).decode()
    return _session_body(answer.user, claim, secret)


def gives_token(request: Request) -> bool:
    """True for a sign-up and a sign-in."""
    return request.method == "POST" and request.path in ("/api/session", "/api/sign-in")


def _session_answer(state: State, request: Request) -> str:
    """The answer to a read of the session."""
    user = request.user or ""
    return msgspec.json.encode(SessionAnswer(rendering.person(state, user), session_of(state, request) or "")).decode()


def _session_body(guest: Person, claim: Claim, secret: str) -> str:
    token = Identity(secret, lambda: _ISSUED_S).token(claim.user, claim.session)
    return msgspec.json.encode(NewSessionAnswer(guest, str(claim.session), token=token)).decode()
