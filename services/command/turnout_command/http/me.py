"""``/api/me``: take along what is held about oneself, mark notices as read, and leave for good."""

from http import HTTPStatus

import msgspec
from fastapi import APIRouter, Response

from turnout_command.http.cookies import delete_cookie, has_bearer
from turnout_command.http.endpoint import CommandEndpoint, respond
from turnout_command.http.openapi_extra import (
    COOKIE_SET,
    SIGNED_IN,
    error_responses,
    read_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.write.batch import Refusal, Success
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.notice_commands import NoticesReadBody, ReadNotices
from turnout_core.domain.person_commands import EraseMe
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.protocol.personal_data import PersonalData, personal_data
from turnout_core.runtime.clock import wall_ms
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.security_headers import VARY_BY_USER

_DOWNLOAD = ("content-disposition", 'attachment; filename="turnout-export.json"')


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["session"])

    @router.get(
        "/api/me/export",
        operation_id="export_me",
        summary="Read all that is held about oneself",
        responses={**read_responses("All of it, to save as a file.", body=PersonalData), **error_responses(401, 429)},
    )
    async def export_me(request: CommandRequest) -> Response:
        """It has nothing of other people, and no secrets."""
        address = endpoint.limits.check_address("report", request)
        committer = endpoint.writer.committer()
        state = committer.state
        present = endpoint.signed_in(request, committer)
        if present is None:
            return respond(await committer.respond_when_durable(Refusal(state.position, NotSignedIn())))
        if address is not None:
            endpoint.limits.check_person("report", present.user.id)
        body = msgspec.json.encode(personal_data(state, present.user.id, wall_ms()))
        response = StoredResponse(200, body, (_DOWNLOAD, VARY_BY_USER))
        return respond(await committer.respond_when_durable(Success(state.position, response)))

    @router.delete(
        "/api/me",
        operation_id="erase_me",
        summary="Leave for good; this cannot be undone",
        status_code=204,
        responses={
            **success_responses(204, "Nothing about this guest remains.", COOKIE_SET),
            **error_responses(401, 403, 413, 415),
        },
        openapi_extra=write_extra(),
    )
    async def erase_me(request: CommandRequest) -> Response:
        """Seats are given up. Own events go to the co-host of longest standing, or are called off without one."""
        response = await endpoint.submit(request, lambda _: EraseMe(), await read_bytes(request), accepts_ended=True)
        if response.status_code == HTTPStatus.NO_CONTENT and not has_bearer(request):
            delete_cookie(endpoint, request, response)
        return response

    @router.post(
        "/api/me/notices/read",
        operation_id="read_notices",
        summary="Mark one's notices as read",
        status_code=204,
        responses={
            **success_responses(204, "This notice and all older ones are read, on all devices."),
            **error_responses(401, 403, 413, 415, 422),
        },
        openapi_extra=write_extra(NoticesReadBody),
    )
    async def read_notices(request: CommandRequest) -> Response:
        """Nothing changes if they are read already."""
        body = await read_bytes(request)
        until = parse(body, NoticesReadBody).seq
        return await endpoint.submit(request, lambda _: ReadNotices(until=until), body)

    return router
