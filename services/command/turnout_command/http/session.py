"""``/api/session``: sign up with a name, read the session, sign out."""

from collections.abc import Iterable
from http import HTTPStatus

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
from turnout_command.write.committer import Committer
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.commands import SessionBody, SignOut, SignUp
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.domain.state import User
from turnout_core.protocol.items import NewSessionAnswer, SessionAnswer
from turnout_core.protocol.rendering import person
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.identity import TOKEN_LIFETIME_S, Identity, bearer_token, is_secure
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
            **read_responses("The guest of the session that the request has: it stays.", body=SessionAnswer),
            **error_responses(403, 413, 415),
        },
        openapi_extra=write_extra(SessionBody, key=SIGN_UP_KEY),
    )
    async def create_session(request: CommandRequest) -> Response:
        body = await read_bytes(request)
        command = SignUp(user=new_id(), body=parse(body, SessionBody))
        check_same_origin(request, endpoint.origins)
        committer, tokens = endpoint.writer.committer(), endpoint.tokens()
        key = key_of(request, None, body)
        present = endpoint.user(request, committer)
        if present is not None:
            return await _respond_with_session(endpoint, request, committer, present)
        outcome = await committer.submit(command, None, key)
        if isinstance(outcome, Refusal):
            return respond(outcome)
        user = msgspec.json.decode(outcome.response.body, type=SessionAnswer).user
        token = tokens.token(User(user.id, user.name))  # of the first session, even if that was revoked since
        full = msgspec.json.encode(NewSessionAnswer(user, token))
        stored = msgspec.structs.replace(outcome.response, body=full)
        response = respond(msgspec.structs.replace(outcome, response=stored))
        if not _has_bearer(request):
            _set_cookie(tokens, request, response, token, endpoint.base_path)
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
        user = endpoint.user(request, committer)
        if user is None:
            return respond(await committer.respond_when_durable(Refusal(committer.state.position, NotSignedIn())))
        return await _respond_with_session(endpoint, request, committer, user)

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
        if response.status_code == HTTPStatus.NO_CONTENT and not _has_bearer(request):
            tokens = endpoint.tokens()
            former = tokens.former_cookies(credentials_of(request))
            _delete_cookie(request, response, tokens.cookie_name(request.scope["scheme"]), endpoint.base_path)
            _delete_former_cookies(request, response, former)
        return response

    return router


async def _respond_with_session(
    endpoint: CommandEndpoint, request: CommandRequest, committer: Committer, user: User
) -> Response:
    """The session that a request has, with a new token if that of the request has to be renewed."""
    state, renewed = committer.state, _renewed_token(endpoint, request, user)
    answer = SessionAnswer(person(state, user.id))
    if renewed is not None and _has_bearer(request):
        answer = NewSessionAnswer(answer.user, renewed)
    stored = StoredResponse(200, msgspec.json.encode(answer), (VARY_BY_USER,))
    response = respond(await committer.respond_when_durable(Success(state.position, stored)))
    if renewed is not None and not _has_bearer(request):
        _set_cookie(endpoint.tokens(), request, response, renewed, endpoint.base_path)
    return response


def _has_bearer(request: CommandRequest) -> bool:
    """True if the request has a bearer token. Then its cookie, which can be another guest's, stays as it is."""
    return bearer_token(request.header(b"authorization")) is not None


def _renewed_token(endpoint: CommandEndpoint, request: CommandRequest, user: User) -> str | None:
    """A new token if that of the request has to be renewed."""
    tokens = endpoint.tokens()
    return tokens.token(user) if tokens.has_to_renew(credentials_of(request)) else None


def _set_cookie(tokens: Identity, request: CommandRequest, response: Response, token: str, base_path: str) -> None:
    scheme = request.scope["scheme"]
    response.set_cookie(
        tokens.cookie_name(scheme),
        token,
        max_age=TOKEN_LIFETIME_S,
        path=_cookie_path(scheme, base_path),
        secure=is_secure(scheme),
        httponly=True,
        samesite="lax",
    )
    _delete_former_cookies(request, response, tokens.former_cookies(credentials_of(request)))


def _delete_former_cookies(request: CommandRequest, response: Response, names: Iterable[str]) -> None:
    """Deletes the cookies of earlier versions, which knew no path."""
    for name in names:
        _delete_cookie(request, response, name, "")


def _delete_cookie(request: CommandRequest, response: Response, name: str, base_path: str) -> None:
    scheme = request.scope["scheme"]
    path = _cookie_path(scheme, base_path)
    response.delete_cookie(name, path=path, secure=is_secure(scheme), httponly=True, samesite="lax")


def _cookie_path(scheme: str, base_path: str) -> str:
    """Over TLS the prefix ``__Host-`` demands the path ``/`` (RFC 6265bis section 4.1.3.2)."""
    return "/" if is_secure(scheme) else base_path or "/"
