"""``/api/events/{event}/hosts`` and ``hand-over``: the roles of an event."""

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    ETAG,
    SIGNED_IN,
    EventId,
    UserId,
    error_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_core.domain.host_commands import HandOver, RemoveCohost, UserBody
from turnout_core.protocol.items import EventItem
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["hosts"])

    @router.post(
        "/api/events/{event}/hand-over",
        operation_id="hand_over_event",
        summary="Hand over one's own event to a co-host, and become a co-host",
        responses={
            **success_responses(200, "The event with its new organizer.", ETAG, body=EventItem),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(UserBody),
    )
    async def hand_over_event(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        command = HandOver(event=event, user=parse(body, UserBody).user)
        return await endpoint.submit(request, lambda _: command, body)

    @router.delete(
        "/api/events/{event}/hosts/me",
        operation_id="step_down",
        summary="Step down as a co-host",
        status_code=204,
        responses={
            **success_responses(204, "The user is no longer a co-host."),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def step_down(request: CommandRequest, event: EventId) -> Response:
        return await endpoint.submit(request, lambda me: RemoveCohost(event=event, user=me), await read_bytes(request))

    @router.delete(
        "/api/events/{event}/hosts/{user}",
        operation_id="remove_cohost",
        summary="Remove a co-host from one's own event; open links for co-hosts end with that",
        status_code=204,
        responses={
            **success_responses(204, "The person is no longer a co-host."),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def remove_cohost(request: CommandRequest, event: EventId, user: UserId) -> Response:
        return await endpoint.submit(request, lambda _: RemoveCohost(event=event, user=user), await read_bytes(request))

    return router
