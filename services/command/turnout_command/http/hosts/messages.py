"""``/api/events/{event}/messages``: hosts tell something to their guests."""

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import SIGNED_IN, EventId, error_responses, success_responses, write_extra
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_core.domain.notice_commands import MessageBody, SendMessage
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["guests"])

    @router.post(
        "/api/events/{event}/messages",
        operation_id="send_message",
        summary="Send a message to the guests of an event that one hosts",
        status_code=204,
        responses={
            **success_responses(204, "The guests have the message among their notices."),
            **error_responses(401, 403, 404, 409, 413, 415, 429),
        },
        openapi_extra=write_extra(MessageBody),
    )
    async def send_message(request: CommandRequest, event: EventId) -> Response:
        """It cannot be taken back."""
        body = await read_bytes(request)
        command = SendMessage(event=event, body=parse(body, MessageBody))
        return await endpoint.submit(request, lambda _: command, body, kind="message", event=event)

    return router
