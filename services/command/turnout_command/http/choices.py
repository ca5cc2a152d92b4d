"""``/api/me/preferences``, ``/api/me/push``, ``/api/me/feed``: what people choose about notices and their calendar."""

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    SIGNED_IN,
    error_responses,
    read_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.push_offer import PushOffer
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.ways_back.direct_responses import answer_anyone, json_response
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.choice_commands import AddPush, PreferencesBody, PushBody, RemovePush, SetFeed, SetPreferences
from turnout_core.domain.people import FORMER_SESSION
from turnout_core.protocol.items import FeedAnswer, PushAnswer, PushKeyAnswer
from turnout_core.web.bodies import parse, read_bytes

_FEED_NUMBER_MAX: Final = 2**53 - 1  # every reader of JSON knows it exactly (RFC 8259 section 6)


def routes(endpoint: CommandEndpoint, offer: PushOffer) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.put(
        "/api/me/preferences",
        operation_id="set_preferences",
        summary="Choose which notices come by which channel, and when",
        status_code=204,
        responses={
            **success_responses(204, "The preferences are as requested."),
            **error_responses(401, 403, 413, 415, 429),
        },
        openapi_extra=write_extra(PreferencesBody),
        dependencies=SIGNED_IN,
    )
    async def set_preferences(request: CommandRequest) -> Response:
        """The body has all choices, also those that stay. `me/account` shows them."""
        body = await read_bytes(request)
        command = SetPreferences(body=parse(body, PreferencesBody))
        return await endpoint.submit(request, lambda _: command, body, kind="join")

    @router.get(
        "/api/push/key",
        operation_id="get_push_key",
        summary="Read the key with which browsers subscribe to push",
        responses={**read_responses("The key.", body=PushKeyAnswer), **error_responses(403, 404)},
    )
    async def get_push_key(request: CommandRequest) -> Response:
        key = offer.key()
        return answer_anyone(endpoint, request, lambda _: json_response(200, PushKeyAnswer(key.public)))

    @router.post(
        "/api/me/push",
        operation_id="add_push",
        summary="Let this browser show notices also while the page is closed",
        status_code=201,
        responses={
            **success_responses(201, "The subscription.", body=PushAnswer),
            **error_responses(401, 403, 404, 413, 415, 429),
        },
        openapi_extra=write_extra(PushBody),
        dependencies=SIGNED_IN,
    )
    async def add_push(request: CommandRequest) -> Response:
        """It ends with the session of the request. The same browser once more replaces its subscription."""
        body = await read_bytes(request)
        given = parse(body, PushBody)
        offer.check(given)
        present = endpoint.signed_in(request, endpoint.writer.committer())
        session = present.session if present is not None and isinstance(present.session, str) else FORMER_SESSION
        command = AddPush(session=session, body=given)
        return await endpoint.submit(request, lambda _: command, body, kind="join")

    @router.delete(
        "/api/me/push/{push}",
        operation_id="remove_push",
        summary="End the notices in one of one's browsers",
        status_code=204,
        responses={**success_responses(204, "It gets no notices."), **error_responses(401, 403, 404, 413, 415)},
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def remove_push(
        request: CommandRequest, push: Annotated[str, Path(description="id of the subscription")]
    ) -> Response:
        return await endpoint.submit(request, lambda _: RemovePush(id=push), await read_bytes(request))

    @router.post(
        "/api/me/feed",
        operation_id="create_feed",
        summary="Make a secret calendar feed of one's events, which replaces the present one",
        status_code=201,
        responses={
            **success_responses(201, "The path of the feed.", body=FeedAnswer),
            **error_responses(401, 403, 413, 415, 429),
        },
        dependencies=SIGNED_IN,
    )
    async def create_feed(request: CommandRequest) -> Response:
        """An Idempotency-Key does not count: the response has the secret, so it is never stored."""
        feed = 1 + secrets.randbelow(_FEED_NUMBER_MAX)

        def with_path(_: StoredResponse, user: str) -> StoredResponse:
            return json_response(201, FeedAnswer(endpoint.tokens().links.feed_path(user, feed)))

        body = await read_bytes(request)
        command = SetFeed(feed=feed)
        return await endpoint.submit(request, lambda _: command, body, kind="code", is_stored=False, finish=with_path)

    @router.delete(
        "/api/me/feed",
        operation_id="delete_feed",
        summary="End the calendar feed of one's events",
        status_code=204,
        responses={**success_responses(204, "There is no feed."), **error_responses(401, 403, 413, 415, 429)},
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def delete_feed(request: CommandRequest) -> Response:
        return await endpoint.submit(request, lambda _: SetFeed(), await read_bytes(request), kind="code")

    return router
