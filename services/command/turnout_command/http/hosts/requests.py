"""``/api/events/{event}/requests``: hosts approve and decline requests for seats, and people withdraw theirs."""

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
from turnout_core.domain.host_commands import ApprovalBody, ApproveRequest, CloseRequest
from turnout_core.protocol.items import AttendeeItem
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["requests"])

    @router.post(
        "/api/events/{event}/requests/{user}/approve",
        operation_id="approve_request",
        summary="Approve a request for seats of an event that one hosts",
        status_code=201,
        responses={
            **success_responses(201, "The attendee; `status` is `going` or `waitlisted`.", body=AttendeeItem),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(ApprovalBody, required=False),
    )
    async def approve_request(request: CommandRequest, event: EventId, user: UserId) -> Response:
        body = await read_bytes(request)
        command = ApproveRequest(event=event, user=user, party=parse(body, ApprovalBody).party)
        return await endpoint.submit(request, lambda _: command, body)

    @router.delete(
        "/api/events/{event}/requests/me",
        operation_id="withdraw_request",
        summary="Withdraw one's request for seats",
        status_code=204,
        responses={
            **success_responses(204, "The user no longer asks for seats."),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(),
    )
    async def withdraw_request(request: CommandRequest, event: EventId) -> Response:
        return await endpoint.submit(
            request, lambda me: CloseRequest(event=event, user=me), await read_bytes(request), kind="join"
        )

    @router.delete(
        "/api/events/{event}/requests/{user}",
        operation_id="decline_request",
        summary="Decline a request for seats of an event that one hosts",
        status_code=204,
        responses={
            **success_responses(204, "The request is closed."),
            **error_responses(401, 403, 404, 409, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def decline_request(request: CommandRequest, event: EventId, user: UserId) -> Response:
        return await endpoint.submit(request, lambda _: CloseRequest(event=event, user=user), await read_bytes(request))

    return router
