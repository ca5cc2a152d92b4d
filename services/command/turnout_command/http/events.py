"""``/api/events``: create, edit, cancel, delete."""

import re

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    ETAG,
    IF_MATCH,
    LOCATION,
    SIGNED_IN,
    EventId,
    error_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_core.domain.commands import CancelEvent, CreateEvent, DeleteEvent, EditEvent, EventDraft, EventEdit
from turnout_core.domain.rejections import invalid_field
from turnout_core.protocol.items import EventItem
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes

_VERSION = re.compile(r'"([0-9]{1,9})"')
_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"')
_NO_VERSION = 0  # versions count from 1, so 0 never matches


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["events"])

    @router.post(
        "/api/events",
        operation_id="create_event",
        summary="Create an event",
        status_code=201,
        responses={
            **success_responses(201, "The new event.", LOCATION, ETAG, body=EventItem),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(EventDraft),
    )
    async def create_event(request: CommandRequest) -> Response:
        body = await read_bytes(request)
        command = CreateEvent(event=new_id(), draft=parse(body, EventDraft))
        return await endpoint.submit(request, lambda _: command, body, kind="create")

    @router.patch(
        "/api/events/{event}",
        operation_id="edit_event",
        summary="Edit one's own event (RFC 7396)",
        responses={
            **success_responses(200, "The event after the edit.", ETAG, body=EventItem),
            **error_responses(401, 403, 404, 409, 412, 413, 415, 429),
        },
        openapi_extra=write_extra(EventEdit, IF_MATCH),
    )
    async def edit_event(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        command = EditEvent(event=event, edit=parse(body, EventEdit), version=version(request.header(b"if-match")))
        return await endpoint.submit(request, lambda _: command, body, kind="create")

    @router.post(
        "/api/events/{event}/cancel",
        operation_id="cancel_event",
        summary="Cancel one's own event; this cannot be undone",
        responses={
            **success_responses(200, "The cancelled event.", ETAG, body=EventItem),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def cancel_event(request: CommandRequest, event: EventId) -> Response:
        return await endpoint.submit(request, lambda _: CancelEvent(event=event), await read_bytes(request))

    @router.delete(
        "/api/events/{event}",
        operation_id="delete_event",
        summary="Delete one's own event",
        status_code=204,
        responses={**success_responses(204, "The event is deleted."), **error_responses(401, 403, 404, 413, 415)},
        openapi_extra=write_extra(),
    )
    async def delete_event(request: CommandRequest, event: EventId) -> Response:
        return await endpoint.submit(request, lambda _: DeleteEvent(event=event), await read_bytes(request))

    return router


def version(if_match: str | None) -> int | None:
    """The version in If-Match (RFC 9110 section 13.1.1); None for any. Raises Invalid."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is not None:
        return int(found[1])
    if _TAG.fullmatch(if_match.strip()) is None:
        raise invalid_field("If-Match", 'must be a version in quotes, such as "3"')
    return _NO_VERSION
