"""``/api/session``: sign up with a name, read the session, sign out."""

import msgspec
from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint, credentials_of, key_of, respond
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
from turnout_core.web.identity import COOKIE, TOKEN_LIFETIME_S, bearer_token, cookie_name, is_secure
from turnout_core.web.origin import check_same_origin
from turnout_core.web.security_headers import VARY_BY_USER


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.post(
        "/api/session",
        operation_id="create_session",
        summary="Sign up as a guest with a name",
        status_code=201,
        responses={
            **success_responses(201, "The guest and their token.", COOKIE_SET, body=NewSessionAnswer),
            **error_responses(403, 413, 415),
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
        _set_cookie(request, response, token, endpoint.base_path)
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
        answer, renewed = SessionAnswer(person(state, user.id)), _renewed_token(endpoint, request, user)
        is_in_cookie = bearer_token(request.header(b"authorization")) is None
        if renewed is not None and not is_in_cookie:
            answer = NewSessionAnswer(answer.user, renewed)
        stored = StoredResponse(200, msgspec.json.encode(answer), (VARY_BY_USER,))
        response = respond(await committer.respond_when_durable(Success(state.position, stored)))
        if renewed is not None and is_in_cookie:
            _set_cookie(request, response, renewed, endpoint.base_path)
        return response

    @router.delete(
        "/api/session",
        operation_id="delete_session",
        summary="Sign out everywhere",
        status_code=204,
        responses={
            **success_responses(204, "All tokens of this guest are revoked.", COOKIE_SET),
            **error_responses(401, 403, 413, 415),
        },
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def delete_session(request: CommandRequest) -> Response:
        response = await endpoint.submit(request, lambda _: SignOut(), await read_bytes(request), accepts_ended=True)
        _delete_cookie(response, cookie_name(request.scope["scheme"]), request, endpoint.base_path)
        _delete_former_cookie(request, response)
        return response

    return router


def _renewed_token(endpoint: CommandEndpoint, request: CommandRequest, user: User) -> str | None:
    """A new token if that of the request has to be renewed."""
    tokens = endpoint.tokens()
    return tokens.token(user) if tokens.has_to_renew(credentials_of(request)) else None


def _set_cookie(request: CommandRequest, response: Response, token: str, base_path: str) -> None:
    scheme = request.scope["scheme"]
    response.set_cookie(
        cookie_name(scheme),
        token,
        max_age=TOKEN_LIFETIME_S,
        path=_cookie_path(scheme, base_path),
        secure=is_secure(scheme),
        httponly=True,
        samesite="lax",
    )
    _delete_former_cookie(request, response)


def _delete_former_cookie(request: CommandRequest, response: Response) -> None:
    """Deletes the cookie that earlier versions set over TLS."""
    if is_secure(request.scope["scheme"]) and f"{COOKIE}=" in (request.header(b"cookie") or ""):
        _delete_cookie(response, COOKIE, request, "")


def _delete_cookie(response: Response, name: str, request: CommandRequest, base_path: str) -> None:
    scheme = request.scope["scheme"]
    path = _cookie_path(scheme, base_path)
    response.delete_cookie(name, path=path, secure=is_secure(scheme), httponly=True, samesite="lax")


def _cookie_path(scheme: str, base_path: str) -> str:
    """Over TLS the prefix ``__Host-`` demands the path ``/`` (RFC 6265bis section 4.1.3.2)."""
    return "/" if is_secure(scheme) else base_path or "/"
