"""``/api/session``: sign up with a name, read the session, sign out."""

import msgspec
from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint, key_of, respond
from turnout_command.http.openapi_extra import (
    COOKIE_SET,
    SIGN_UP_KEY,
    SIGNED_IN,
    error_responses,
    read_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.write.append_queue import Refusal, Success
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.commands import SessionBody, SignOut, SignUp
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.domain.state import User
from turnout_core.protocol.items import NewSessionAnswer, SessionAnswer
from turnout_core.protocol.rendering import person
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.identity import COOKIE, COOKIE_MAX_AGE_S
from turnout_core.web.origin import check_same_origin


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.post(
        "/api/session",
        operation_id="create_session",
        summary="Sign up as a guest with a name",
        status_code=201,
        responses={
            **success_responses(201, "The guest and their token.", COOKIE_SET, body=NewSessionAnswer),
            **error_responses(403, 413),
        },
        openapi_extra=write_extra(SessionBody, key=SIGN_UP_KEY),
    )
    async def create_session(request: CommandRequest) -> Response:
        body = await read_bytes(request)
        command = SignUp(user=new_id(), body=parse(body, SessionBody))
        check_same_origin(request, endpoint.origins)
        committer, tokens = endpoint.writer.committer(), endpoint.tokens()
        outcome = await committer.submit(command, None, key_of(request, None, body))
        if isinstance(outcome, Refusal):
            return respond(outcome)
        user = msgspec.json.decode(outcome.response.body, type=SessionAnswer).user
        token = tokens.token(User(user.id, user.name))  # of the first session, even if that was revoked since
        full = msgspec.json.encode(NewSessionAnswer(user, token))
        stored = msgspec.structs.replace(outcome.response, body=full)
        response = respond(msgspec.structs.replace(outcome, response=stored))
        _set_cookie(request, response, token)
        return response

    @router.get(
        "/api/session",
        operation_id="get_session",
        summary="Read the signed-in user",
        responses={**read_responses("The guest.", body=SessionAnswer), **error_responses(401)},
        dependencies=SIGNED_IN,
    )
    async def get_session(request: CommandRequest) -> Response:
        committer = endpoint.writer.committer()
        state = committer.state
        user = endpoint.user(request, committer)
        if user is None:
            return respond(await committer.respond_when_durable(Refusal(state.position, NotSignedIn())))
        session = msgspec.json.encode(SessionAnswer(person(state, user.id)))
        return respond(await committer.respond_when_durable(Success(state.position, StoredResponse(200, session))))

    @router.delete(
        "/api/session",
        operation_id="delete_session",
        summary="Sign out everywhere",
        status_code=204,
        responses={
            **success_responses(204, "All tokens of this guest are revoked.", COOKIE_SET),
            **error_responses(401, 403, 413),
        },
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def delete_session(request: CommandRequest) -> Response:
        response = await endpoint.submit(request, lambda _: SignOut(), await read_bytes(request), accepts_ended=True)
        response.delete_cookie(COOKIE, path="/", secure=_secure(request), httponly=True, samesite="lax")
        return response

    return router


def _set_cookie(request: CommandRequest, response: Response, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=COOKIE_MAX_AGE_S, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def _secure(request: CommandRequest) -> bool:
    """True if the browser uses HTTPS, according to the forwarded headers of the proxy."""
    return request.url.scheme == "https"
