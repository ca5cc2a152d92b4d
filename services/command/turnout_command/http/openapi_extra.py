"""OpenAPI of the command routes: headers, security, responses, problem documents."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Path, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from msgspec import Struct
from pydantic import BaseModel

from turnout_command.http.endpoint import REPLAYED_HEADER
from turnout_command.http.sign_in_bodies import AddressBody, ConfirmationBody, CredentialBody, SignInBody
from turnout_command.importing.rows import ImportResult
from turnout_command.write.idempotency import HEADER, SIGN_UP_MIN_CHARS
from turnout_core.domain import limits
from turnout_core.domain.choice_commands import PreferencesBody, PushBody
from turnout_core.domain.commands import EventDraft, EventEdit, PartyBody, SessionBody
from turnout_core.domain.host_commands import ApprovalBody, InvitationBody, NoteBody, UserBody, WebhookBody
from turnout_core.domain.moderation_commands import EventReportBody, ReasonBody
from turnout_core.domain.notice_commands import MessageBody, NoticesReadBody
from turnout_core.domain.person_commands import NameBody
from turnout_core.protocol.items import (
    AttendeeItem,
    CodeSentAnswer,
    DeviceCodeAnswer,
    EventItem,
    FeedAnswer,
    InvitationItem,
    NewSessionAnswer,
    PasskeyAnswer,
    PushAnswer,
    PushKeyAnswer,
    RecoveryAnswer,
    RequestItem,
    SessionAnswer,
    SignInWays,
)
from turnout_core.protocol.personal_data import PersonalData
from turnout_core.protocol.restricted_items import WebhookAnswer, WebhooksAnswer
from turnout_core.web.identity import COOKIE
from turnout_core.web.openapi import json_body, problem_responses, request_body
from turnout_core.web.problems import POSITION_HEADER

BODIES: Final = (
    SessionBody,
    NameBody,
    EventDraft,
    EventEdit,
    PartyBody,
    UserBody,
    ApprovalBody,
    InvitationBody,
    NoteBody,
    WebhookBody,
    EventItem,
    AttendeeItem,
    RequestItem,
    InvitationItem,
    SessionAnswer,
    NewSessionAnswer,
    AddressBody,
    ConfirmationBody,
    CredentialBody,
    SignInBody,
    DeviceCodeAnswer,
    CodeSentAnswer,
    PasskeyAnswer,
    SignInWays,
    RecoveryAnswer,
    PersonalData,
    WebhookAnswer,
    WebhooksAnswer,
    ReasonBody,
    EventReportBody,
    PreferencesBody,
    PushBody,
    PushAnswer,
    PushKeyAnswer,
    FeedAnswer,
    NoticesReadBody,
    MessageBody,
    ImportResult,
)
"""The bodies of all requests and responses."""

AccountId = Annotated[str, Path(description="id of the account")]
EventId = Annotated[str, Path(description="id of the event")]
SessionId = Annotated[str, Path(description="id of the session, `current` or `former`")]
UserId = Annotated[str, Path(description="id of the person")]
InvitationId = Annotated[str, Path(description="id of the link, or its code")]
InvitationCode = Annotated[str, Path(description="code of the link")]
WebhookId = Annotated[str, Path(description="id of the webhook")]

_COOKIE_NAMES: Final = "The name ends in a mark of the instance; over TLS it begins with `__Host-`."

# FastAPI documents these two ways to authenticate. It never runs them, because of ``raw_route``.
SIGNED_IN: Final = [
    Security(APIKeyCookie(name=COOKIE, scheme_name="cookie", description=_COOKIE_NAMES, auto_error=False)),
    Security(HTTPBearer(scheme_name="bearer", auto_error=False)),
]

_STRING: Final = {"schema": {"type": "string"}}
_POSITION: Final = {
    POSITION_HEADER: {"description": "`<epoch>-<seq>`: position of the state that the response reflects", **_STRING}
}
_REPLAYED: Final = {REPLAYED_HEADER: {"description": "`true` if this is a stored response", **_STRING}}
ETAG: Final = {"ETag": {"description": "version of the event, for If-Match", **_STRING}}
LOCATION: Final = {"Location": {"description": "address of the new event", **_STRING}}
COOKIE_SET: Final = {"Set-Cookie": {"description": "session cookie for browsers", **_STRING}}

REDIRECT: Final = {"description": "the browser goes on to `Location`", "headers": {"Location": _STRING, **COOKIE_SET}}


def query_parameter(name: str, description: str) -> dict[str, Any]:
    """An optional parameter of the query, for ``openapi_extra``."""
    return {"name": name, "in": "query", "required": False, "description": description, **_STRING}


def _idempotency_key(min_chars: int) -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "the same key with the same request returns the stored first response",
        "schema": {
            "type": "string",
            "minLength": min_chars,
            "maxLength": limits.IDEMPOTENCY_KEY_MAX_CHARS,
            "pattern": "^[ -~]*$",  # printable ASCII
        },
    }


KEY: Final = _idempotency_key(1)
SIGN_UP_KEY: Final = _idempotency_key(SIGN_UP_MIN_CHARS)
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": 'the version to edit, such as `"3"`; 412 if the event has another version',
    "schema": {"type": "string"},
}


def success_responses(
    status: int, description: str, *headers: dict[str, Any], body: type[Struct] | None = None
) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a write that succeeds."""
    headers_of_write = {**_POSITION, **_REPLAYED}
    for each in headers:
        headers_of_write.update(each)
    return {status: {"description": description, "headers": headers_of_write, **(json_body(body) if body else {})}}


def read_responses(description: str, body: type[Struct]) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a read that succeeds."""
    return {200: {"description": description, "headers": _POSITION, **json_body(body)}}


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses`` of rejections, each with the position. Every route can also respond with 422 and 503."""
    found = problem_responses(*sorted({*statuses, 422, 503}))
    for status, each in found.items():
        retry = (
            {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
            if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
            else {}
        )
        each["headers"] = {**_POSITION, **retry}
    return found


def write_extra(
    body: type[BaseModel] | None = None,
    *headers: dict[str, Any],
    required: bool = True,
    key: dict[str, Any] = KEY,
) -> dict[str, Any]:
    """``openapi_extra`` of a write; ``key`` describes its Idempotency-Key."""
    found = request_body(body, required=required) if body is not None else {}
    return {**found, "parameters": [key, *headers]}
