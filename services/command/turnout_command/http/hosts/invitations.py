"""``/api/events/{event}/invitations``: links that make people guests or co-hosts."""

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    ETAG,
    SIGNED_IN,
    EventId,
    InvitationCode,
    InvitationId,
    error_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_core.domain.host_commands import AcceptInvitation, InvitationBody, MakeInvitation, RevokeInvitation
from turnout_core.protocol.items import EventItem, InvitationItem
from turnout_core.runtime.ids import new_invitation_code
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["invitations"])

    @router.post(
        "/api/events/{event}/invitations",
        operation_id="make_invitation",
        summary="Make a link to an event that one hosts; one for co-hosts to one's own event",
        status_code=201,
        responses={
            **success_responses(201, "The link with its code.", body=InvitationItem),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(InvitationBody),
    )
    async def make_invitation(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        command = MakeInvitation(event=event, code=new_invitation_code(), body=parse(body, InvitationBody))
        return await endpoint.submit(request, lambda _: command, body, kind="create")

    @router.post(
        "/api/events/{event}/invitations/{code}/accept",
        operation_id="accept_invitation",
        summary="Accept the invitation of a link",
        responses={
            **success_responses(200, "The event, which the user may now see and join, or host.", ETAG, body=EventItem),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(),
    )
    async def accept_invitation(request: CommandRequest, event: EventId, code: InvitationCode) -> Response:
        command = AcceptInvitation(event=event, code=code)
        return await endpoint.submit(request, lambda _: command, await read_bytes(request), kind="join")

    @router.delete(
        "/api/events/{event}/invitations/{invitation}",
        operation_id="revoke_invitation",
        summary="Revoke a link to an event that one hosts; who has accepted it stays",
        status_code=204,
        responses={
            **success_responses(204, "The link is not valid any more."),
            **error_responses(401, 403, 404, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def revoke_invitation(request: CommandRequest, event: EventId, invitation: InvitationId) -> Response:
        command = RevokeInvitation(event=event, invitation=invitation)
        return await endpoint.submit(request, lambda _: command, await read_bytes(request))

    return router
