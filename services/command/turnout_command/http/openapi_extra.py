"""The parts of OpenAPI beside the bodies: headers, security, problems."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Path, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from msgspec import Struct
from pydantic import BaseModel

from turnout_command.http.endpoint import REPLAYED_HEADER
from turnout_command.write.idempotency import HEADER
from turnout_core.domain import limits
from turnout_core.domain.commands import EventDraft, EventEdit, PartyBody, SessionBody
from turnout_core.protocol.items import AttendeeItem, EventItem, NewSessionAnswer, SessionAnswer
from turnout_core.web.identity import COOKIE
from turnout_core.web.openapi import json_body, problem_responses, request_body
from turnout_core.web.problems import POSITION_HEADER

BODIES: Final = (
    SessionBody,
    EventDraft,
    EventEdit,
    PartyBody,
    EventItem,
    AttendeeItem,
    SessionAnswer,
    NewSessionAnswer,
)
"""The bodies of all requests and answers."""

EventId = Annotated[str, Path(description="id of the event")]
UserId = Annotated[str, Path(description="id of the attendee")]

# Never run (``desk.direct``): they are how FastAPI learns of the two ways to say who asks.
SIGNED_IN: Final = [
    Security(APIKeyCookie(name=COOKIE, scheme_name="cookie", auto_error=False)),
    Security(HTTPBearer(scheme_name="bearer", auto_error=False)),
]

_TEXT: Final = {"schema": {"type": "string"}}
_POSITION: Final = {POSITION_HEADER: {"description": "`<epoch>-<seq>`: the commit of the answer", **_TEXT}}
_REPLAYED: Final = {REPLAYED_HEADER: {"description": "`true`: the answer was given before", **_TEXT}}
ETAG: Final = {"ETag": {"description": "the event's version, for If-Match", **_TEXT}}
LOCATION: Final = {"Location": {"description": "address of the new event", **_TEXT}}
COOKIE_SET: Final = {"Set-Cookie": {"description": "signs in browsers", **_TEXT}}

_KEY: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "the same key with the same request gives the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": limits.IDEMPOTENCY_KEY_MAX_CHARS},
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": 'the version that the edit is made on, `"3"`; 412 when it is another',
    "schema": {"type": "string"},
}


def success_responses(
    status: int, description: str, *headers: dict[str, Any], body: type[Struct] | None = None
) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a write that succeeds."""
    found = {**_POSITION, **_REPLAYED}
    for each in headers:
        found.update(each)
    return {status: {"description": description, "headers": found, **(json_body(body) if body else {})}}


def read_responses(description: str, body: type[Struct]) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a read that succeeds."""
    return {200: {"description": description, "headers": _POSITION, **json_body(body)}}


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problem documents, each with the position. Any write may also be malformed, or come at a bad time."""
    found = problem_responses(*sorted({*statuses, 422, 503}))
    for status, each in found.items():
        retry = (
            {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
            if status == HTTPStatus.SERVICE_UNAVAILABLE
            else {}
        )
        each["headers"] = {**_POSITION, **retry}
    return found


def write_extra(body: type[BaseModel] | None = None, *headers: dict[str, Any], required: bool = True) -> dict[str, Any]:
    """``openapi_extra`` of a write."""
    found = request_body(body, required=required) if body is not None else {}
    return {**found, "parameters": [_KEY, *headers]}
