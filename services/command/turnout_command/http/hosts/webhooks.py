"""``/api/events/{event}/webhooks``: servers of the organizer that are told what happens to the event."""

import msgspec
from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    SIGNED_IN,
    EventId,
    WebhookId,
    error_responses,
    read_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.ways_back.direct_responses import answer_anyone, json_response
from turnout_command.write.responses import StoredResponse
from turnout_core.domain import limits
from turnout_core.domain.host_commands import AddWebhook, RemoveWebhook, WebhookBody
from turnout_core.domain.push_endpoints import check_endpoint
from turnout_core.domain.rejections import WebhooksAreOff, invalid_field
from turnout_core.protocol.restricted_items import WebhookAnswer, WebhookItem, WebhooksAnswer
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes


def routes(endpoint: CommandEndpoint, *, is_on: bool, allows_private: bool) -> APIRouter:
    """The routes. ``allows_private`` accepts http addresses, and those of private networks."""
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["webhooks"])

    def with_secret(stored: StoredResponse, _: str) -> StoredResponse:
        """Adds the secret, which is never stored, to the response with the item of the webhook."""
        item = msgspec.json.decode(stored.body, type=WebhookItem)
        answer = WebhookAnswer(item.id, item.host, item.made_at, endpoint.tokens().webhooks.secret(item.id))
        return msgspec.structs.replace(stored, body=msgspec.json.encode(answer))

    @router.get(
        "/api/webhooks",
        operation_id="get_webhooks",
        summary="Read whether organizers may add webhooks to their events",
        responses={**read_responses("They may.", body=WebhooksAnswer), **error_responses(403, 404)},
    )
    async def get_webhooks(request: CommandRequest) -> Response:
        if not is_on:
            raise WebhooksAreOff
        return answer_anyone(endpoint, request, lambda _: json_response(200, WebhooksAnswer(limits.WEBHOOKS_MAX)))

    @router.post(
        "/api/events/{event}/webhooks",
        operation_id="add_webhook",
        summary="Add a server that is told what happens to one's own event",
        status_code=201,
        responses={
            **success_responses(201, "The webhook with its secret, for the only time.", body=WebhookAnswer),
            **error_responses(401, 403, 404, 409, 413, 415, 422, 429),
        },
        openapi_extra=write_extra(WebhookBody),
        dependencies=SIGNED_IN,
    )
    async def add_webhook(request: CommandRequest, event: EventId) -> Response:
        raw = await read_bytes(request)
        if not is_on:
            raise WebhooksAreOff
        body = parse(raw, WebhookBody)
        try:
            check_endpoint(body.url, allows_private=allows_private)
        except ValueError as error:
            raise invalid_field("url", str(error)) from None
        command = AddWebhook(event=event, webhook=new_id(), body=body)
        return await endpoint.submit(request, lambda _: command, raw, kind="create", finish=with_secret)

    @router.delete(
        "/api/events/{event}/webhooks/{webhook}",
        operation_id="remove_webhook",
        summary="Remove a webhook from one's own event",
        status_code=204,
        responses={
            **success_responses(204, "Nothing more is sent there."),
            **error_responses(401, 403, 404, 413, 415),
        },
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def remove_webhook(request: CommandRequest, event: EventId, webhook: WebhookId) -> Response:
        command = RemoveWebhook(event=event, webhook=webhook)
        return await endpoint.submit(request, lambda _: command, await read_bytes(request))

    return router
