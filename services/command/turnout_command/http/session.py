"""``/api/session``: sign up with a name, read the session, rename, sign out one device or all."""

from http import HTTPStatus

import msgspec
from fastapi import APIRouter, Response

from turnout_command.http.cookies import delete_cookie, has_bearer, set_cookie
from turnout_command.http.device import describe_device
from turnout_command.http.endpoint import CommandEndpoint, credentials_of, key_of, respond
from turnout_command.http.openapi_extra import (
    COOKIE_SET,
    SIGN_UP_KEY,
    SIGNED_IN,
    SessionId,
    error_responses,
    query_parameter,
    read_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.security_log import log_outcome
from turnout_command.write.batch import Refusal, Success
from turnout_command.write.committer import Committer
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.commands import SessionBody, SignOut, SignUp
from turnout_core.domain.people import FORMER_SESSION
from turnout_core.domain.person_commands import CloseSession, NameBody, OpenSession, Rename, UseSession
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.protocol.items import NewSessionAnswer, SessionAnswer
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.identity import SignedIn
from turnout_core.web.origin import check_same_origin
from turnout_core.web.security_headers import VARY_BY_USER

_OPTIONAL = query_parameter("optional", "`true`: 204 instead of 401, which browsers report as an error of the page")
_NOBODY = StoredResponse(204, headers=(VARY_BY_USER,))


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
            **error_responses(403, 413, 415, 429),
        },
        openapi_extra=write_extra(SessionBody, key=SIGN_UP_KEY),
    )
    async def create_session(request: CommandRequest) -> Response:
        body = await read_bytes(request)
        endpoint.limits.check_address("sign-up", request)
        device = describe_device(request.header(b"user-agent"))
        command = SignUp(user=new_id(), session=new_id(), device=device, body=parse(body, SessionBody))
        check_same_origin(request, endpoint.origins)
        committer = endpoint.writer.committer()
        key = key_of(request, None, body)
        present = endpoint.signed_in(request, committer)
        if present is not None:
            return await _respond_with_session(endpoint, request, committer, present)
        outcome = await committer.submit(command, None, key)
        log_outcome(command, None, outcome)
        # A repetition gets a token of the first session, even if that was revoked since.
        return respond(outcome) if isinstance(outcome, Refusal) else respond_with_token(endpoint, request, outcome)

    @router.get(
        "/api/session",
        operation_id="get_session",
        summary="Read the signed-in user",
        responses={
            **read_responses("The guest.", body=SessionAnswer),
            **success_responses(204, "Nobody is signed in, and `optional` is `true`."),
            **error_responses(401, 429),
        },
        openapi_extra={"parameters": [_OPTIONAL]},
        dependencies=SIGNED_IN,
    )
    async def get_session(request: CommandRequest) -> Response:
        committer = endpoint.writer.committer()
        present = endpoint.signed_in(request, committer)
        if present is None:
            position, is_optional = committer.state.position, request.query_params.get("optional") == "true"
            nobody = Success(position, _NOBODY) if is_optional else Refusal(position, NotSignedIn())
            return respond(await committer.respond_when_durable(nobody))
        return await _respond_with_session(endpoint, request, committer, present)

    @router.patch(
        "/api/session",
        operation_id="rename",
        summary="Change one's name, which all items then show",
        responses={
            **read_responses("The user with the new name.", body=SessionAnswer),
            **error_responses(401, 403, 429),
        },
        openapi_extra=write_extra(NameBody),
        dependencies=SIGNED_IN,
    )
    async def rename(request: CommandRequest) -> Response:
        body = await read_bytes(request)
        command = Rename(body=parse(body, NameBody))
        return await endpoint.submit(request, lambda _: command, body, kind="create")

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
        if response.status_code == HTTPStatus.NO_CONTENT and not has_bearer(request):
            delete_cookie(endpoint, request, response)
        return response

    @router.delete(
        "/api/sessions/{session}",
        operation_id="close_session",
        summary="Sign out one of one's devices",
        status_code=204,
        responses={
            **success_responses(204, "The tokens of that session are revoked.", COOKIE_SET),
            **error_responses(401, 403, 404, 413, 415, 429),
        },
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def close_session(request: CommandRequest, session: SessionId) -> Response:
        """`current` is the session of the request, and `former` are the tokens of earlier versions."""
        committer = endpoint.writer.committer()
        present = endpoint.signed_in(request, committer)
        is_own = present is not None and session in ("current", present.session)
        command = CloseSession(session=_session_id(session, present))
        response = await endpoint.submit(request, lambda _: command, await read_bytes(request), accepts_ended=True)
        if is_own and response.status_code == HTTPStatus.NO_CONTENT and not has_bearer(request):
            delete_cookie(endpoint, request, response)
        return response

    return router


def _session_id(session: str, present: SignedIn | None) -> str:
    if session == "current" and present is not None:
        return present.session if isinstance(present.session, str) else FORMER_SESSION
    return FORMER_SESSION if session == "former" else session


async def _respond_with_session(
    endpoint: CommandEndpoint, request: CommandRequest, committer: Committer, present: SignedIn
) -> Response:
    """The session that a request has, with a new token if that of the request has to be renewed.

    A token of an earlier version gets a session of its own. The first use on a day is committed.
    """
    user, session = present.user.id, present.session
    command: OpenSession | UseSession
    if isinstance(session, int):
        if endpoint.limits.check_address("join", request) is not None:
            endpoint.limits.check_person("code", user)  # each such request of a former token is a commit
        session = new_id()
        command = OpenSession(session=session, device=describe_device(request.header(b"user-agent")))
    else:
        command = UseSession(session=session)
    outcome = await committer.submit(command, user)
    if isinstance(outcome, Refusal):
        return respond(outcome)  # there is no room for another session
    renews = endpoint.tokens().has_to_renew(credentials_of(request))
    return respond_with_token(endpoint, request, outcome, issues=renews)


def respond_with_token(
    endpoint: CommandEndpoint, request: CommandRequest, outcome: Success, *, issues: bool = True
) -> Response:
    """The outcome, whose body is a ``SessionAnswer``; if it ``issues`` a token, with that in the body or the cookie.

    A client with a cookie gets a new one; the body of a sign-up or sign-in always has the token.
    """
    answer = msgspec.json.decode(outcome.response.body, type=SessionAnswer)
    is_new = outcome.response.status == HTTPStatus.CREATED
    # Earlier versions stored responses to sign-ups without a session.
    token = endpoint.tokens().token(answer.user.id, answer.session if isinstance(answer.session, str) else 0)
    stored = outcome.response
    if is_new or (issues and has_bearer(request)):
        full = msgspec.json.encode(NewSessionAnswer(answer.user, answer.session, token=token))
        stored = msgspec.structs.replace(stored, body=full)
    if not is_new:
        stored = msgspec.structs.replace(stored, headers=(*stored.headers, VARY_BY_USER))
    response = respond(msgspec.structs.replace(outcome, response=stored))
    if issues and not has_bearer(request):
        set_cookie(endpoint, request, response, token)
    return response
