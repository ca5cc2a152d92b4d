"""``/api/codes``: a code that signs another device in."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import SIGNED_IN, error_responses, success_responses
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.ways_back.direct_responses import answer_user, json_response
from turnout_command.sign_in.codes import CODE_LIFETIME_S, CodeIssuer, DeviceCodes
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.state import State
from turnout_core.protocol.items import DeviceCodeAnswer
from turnout_core.web.bodies import read_bytes
from turnout_core.web.identity import SignedIn


def routes(endpoint: CommandEndpoint, codes: DeviceCodes, clock: Callable[[], float]) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.post(
        "/api/codes",
        operation_id="create_code",
        summary="Make a code that signs another device in",
        status_code=201,
        responses={
            **success_responses(201, "The code. It replaces the open one.", body=DeviceCodeAnswer),
            **error_responses(401, 403, 413, 415, 429),
        },
        dependencies=SIGNED_IN,
    )
    async def create_code(request: CommandRequest) -> Response:
        """It works once, within ten minutes, and not after the session of the request is closed."""
        await read_bytes(request)

        def issue(_: State, present: SignedIn) -> StoredResponse:
            code = codes.issue(CodeIssuer(present.user.id, present.session), clock())
            return json_response(201, DeviceCodeAnswer(code, int(CODE_LIFETIME_S)))

        return await answer_user(endpoint, request, issue)

    return router
