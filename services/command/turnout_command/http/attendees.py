"""``/api/events/{event}/attendees``: join, change the party size, unattend."""

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
from turnout_core.domain.commands import ChangeParty, Join, PartyBody, Unattend
from turnout_core.protocol.items import AttendeeItem, RequestItem
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["attendees"])

    @router.post(
        "/api/events/{event}/attendees",
        operation_id="join_event",
        summary="Join an event or its waitlist, or ask its hosts for seats",
        status_code=201,
        responses={
            **success_responses(201, "The attendee; `status` is `going` or `waitlisted`.", body=AttendeeItem),
            **success_responses(202, "The request, which the hosts approve or decline.", body=RequestItem),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(PartyBody, required=False),
    )
    async def join_event(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        command = Join(event=event, party=parse(body, PartyBody).party)
        return await endpoint.submit(request, lambda _: command, body, kind="join", event=event)

    @router.patch(
        "/api/events/{event}/attendees/me",
        operation_id="change_party",
        summary="Change the size of one's party",
        responses={
            **success_responses(200, "The attendee with the new party size.", body=AttendeeItem),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(PartyBody),
    )
    async def change_party(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        command = ChangeParty(event=event, party=parse(body, PartyBody).party)
        return await endpoint.submit(request, lambda _: command, body, kind="join", event=event)

    @router.delete(
        "/api/events/{event}/attendees/me",
        operation_id="unattend_event",
        summary="Leave an event or its waitlist",
        status_code=204,
        responses={
            **success_responses(204, "The user no longer attends."),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(),
    )
    async def unattend_event(request: CommandRequest, event: EventId) -> Response:
        body = await read_bytes(request)
        return await endpoint.submit(request, lambda me: Unattend(event=event, user=me), body, kind="join", event=event)

    @router.delete(
        "/api/events/{event}/attendees/{user}",
        operation_id="remove_attendee",
        summary="Remove an attendee from one's own event",
        status_code=204,
        responses={
            **success_responses(204, "The removed user no longer attends."),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def remove_attendee(request: CommandRequest, event: EventId, user: UserId) -> Response:
        return await endpoint.submit(request, lambda _: Unattend(event=event, user=user), await read_bytes(request))

    return router
