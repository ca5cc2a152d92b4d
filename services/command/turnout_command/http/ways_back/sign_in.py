"""``/api/sign-in``: signs a device in with the proof of one of the ways back."""

from fastapi import APIRouter, Response

from turnout_command.http.device import describe_device
from turnout_command.http.endpoint import CommandEndpoint, respond
from turnout_command.http.openapi_extra import COOKIE_SET, error_responses, success_responses
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.session import respond_with_token
from turnout_command.http.sign_in_bodies import SignInBody
from turnout_command.http.ways_back.proof import prove
from turnout_command.write.append_queue import Refusal
from turnout_core.domain.person_commands import SignIn
from turnout_core.domain.rejections import SignInFailed
from turnout_core.protocol.items import NewSessionAnswer
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.openapi import request_body
from turnout_core.web.origin import check_same_origin


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.post(
        "/api/sign-in",
        operation_id="sign_in",
        summary="Sign in on this device",
        status_code=201,
        responses={
            **success_responses(201, "The guest and their token.", COOKIE_SET, body=NewSessionAnswer),
            **error_responses(403, 413, 415, 429),
        },
        openapi_extra=request_body(SignInBody),
    )
    async def sign_in(request: CommandRequest) -> Response:
        """The refusal is the same, whatever is wrong: the secret, or that there is nobody.

        `bring` brings along the guest of the session that the request has: their events and seats are the signed-in
        user's then, and the guest, with all their sessions and ways back, is gone.
        """
        body = await read_bytes(request)
        endpoint.limits.check_address("code", request)
        given = parse(body, SignInBody).root
        check_same_origin(request, endpoint.origins)
        committer = endpoint.writer.committer()
        present = endpoint.signed_in(request, committer)
        proven = prove(given, committer.state)
        if proven is None:
            refusal = Refusal(committer.state.position, SignInFailed())
            return respond(await committer.respond_when_durable(refusal))
        command = SignIn(
            user=proven.user,
            session=new_id(),
            device=describe_device(request.header(b"user-agent")),
            former=present.session if present is not None and isinstance(present.session, str) else "",
            bring=present.user.id if present is not None and given.bring else None,
        )
        outcome = await committer.submit(command, None)
        return respond(outcome) if isinstance(outcome, Refusal) else respond_with_token(endpoint, request, outcome)

    return router
