"""``/api/events/{event}/blocks`` and ``notes``: hosts keep people out, and note something about them."""

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    SIGNED_IN,
    EventId,
    UserId,
    error_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_core.domain.host_commands import AllowGuest, KeepOut, NoteBody, SetNote, UserBody
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["guests"])

    @router.post(
        "/api/events/{event}/blocks",
        operation_id="keep_out",
        summary="Keep a person out of an event that one hosts",
        status_code=204,
        responses={
            **success_responses(204, "The person has lost seats, request and invitation, and cannot come back."),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(UserBody),
    )
    async def keep_out(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        command = KeepOut(event=event, user=parse(body, UserBody).user)
        return await endpoint.submit(request, lambda _: command, body, kind="join")

    @router.delete(
        "/api/events/{event}/blocks/{user}",
        operation_id="allow_guest",
        summary="Allow a person again whom the hosts keep out",
        status_code=204,
        responses={
            **success_responses(204, "The person is not kept out."),
            **error_responses(401, 403, 404, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def allow_guest(request: CommandRequest, event: EventId, user: UserId) -> Response:
        return await endpoint.submit(request, lambda _: AllowGuest(event=event, user=user), await read_bytes(request))

    @router.put(
        "/api/events/{event}/notes/{user}",
        operation_id="set_note",
        summary="Set the note of the hosts about a guest; without text there is none",
        status_code=204,
        responses={
            **success_responses(204, "The note is as requested."),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(NoteBody),
    )
    async def set_note(request: CommandRequest, event: EventId, user: UserId) -> Response:
        body = await read_bytes(request)
        command = SetNote(event=event, user=user, body=parse(body, NoteBody))
        return await endpoint.submit(request, lambda _: command, body, kind="join")

    return router
