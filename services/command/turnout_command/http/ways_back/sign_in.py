"""``/api/sign-in``: signs a device in with the proof of one of the ways back."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from msgspec import UNSET

from turnout_command.http.device import describe_device
from turnout_command.http.endpoint import CommandEndpoint, respond
from turnout_command.http.openapi_extra import COOKIE_SET, error_responses, read_responses, success_responses
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.security_log import log_failed_sign_in, log_sign_in
from turnout_command.http.session import respond_with_token
from turnout_command.http.sign_in_bodies import SignInBody, parse_proof
from turnout_command.http.ways_back.direct_responses import answer_anyone, json_response
from turnout_command.http.ways_back.proof import prove
from turnout_command.http.ways_back.site import site_of
from turnout_command.metrics import Metrics
from turnout_command.sign_in.short_lived import ShortLivedSecrets
from turnout_command.write.batch import Refusal
from turnout_core.domain.person_commands import SignIn
from turnout_core.domain.rejections import SignInFailed
from turnout_core.protocol.items import NewSessionAnswer, SignInWays
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import read_bytes
from turnout_core.web.openapi import request_body
from turnout_core.web.origin import check_same_origin


def routes(
    endpoint: CommandEndpoint,
    secrets: ShortLivedSecrets,
    clock: Callable[[], float],
    metrics: Metrics,
    *,
    has_mail: bool,
    provider: str | None = None,
) -> APIRouter:
    """The routes. ``provider`` is the name of the OpenID Connect provider, if there is one."""
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])
    ways = ("recovery", "code", "passkey", *(("mail",) if has_mail else ()))
    found = SignInWays(ways, provider if provider is not None else UNSET)

    @router.get(
        "/api/sign-in",
        operation_id="sign_in_ways",
        summary="Read the ways to sign in here",
        responses=read_responses("The ways.", body=SignInWays),
    )
    async def sign_in_ways(request: CommandRequest) -> Response:
        return answer_anyone(endpoint, request, lambda _: json_response(200, found))

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
        """The refusal is the same, whatever is wrong: the secret, code, address or passkey, or that there is nobody.

        `bring` brings along the guest of the session that the request has: their events and seats are the signed-in
        user's then, and the guest, with all their sessions and ways back, is gone.
        """
        body = await read_bytes(request)
        endpoint.limits.check_address("code", request)
        given = parse_proof(body)
        check_same_origin(request, endpoint.origins)
        committer = endpoint.writer.committer()
        present = endpoint.signed_in(request, committer)
        proven = prove(given, secrets, committer.state, site_of(request, endpoint.origins), clock())
        metrics.sign_ins.labels(given.way, "done" if proven is not None else "failed").inc()
        if proven is None:
            log_failed_sign_in(given.way)
            refusal = Refusal(committer.state.position, SignInFailed())
            return respond(await committer.respond_when_durable(refusal))
        command = SignIn(
            user=proven.user,
            session=new_id(),
            device=describe_device(request.header(b"user-agent")),
            former=present.session if present is not None and isinstance(present.session, str) else "",
            bring=present.user.id if present is not None and given.bring else None,
            passkey=proven.passkey,
            counter=proven.counter,
        )
        outcome = await committer.submit(command, None)
        if isinstance(outcome, Refusal):
            return respond(outcome)
        log_sign_in(given.way, command, command.user, command.bring)
        return respond_with_token(endpoint, request, outcome)

    return router
