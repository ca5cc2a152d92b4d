"""``/api/oidc``: sign in with the operator's OpenID Connect provider. ``/api/accounts``: remove an account there."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    REDIRECT,
    SIGNED_IN,
    AccountId,
    error_responses,
    query_parameter,
    success_responses,
    write_extra,
)
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.ways_back.oidc_flow import CALLBACK, OidcFlow
from turnout_core.domain.account_commands import UnlinkAccount
from turnout_core.domain.rejections import NoProvider
from turnout_core.protocol.repeated_names import repeated_parameter, repetition
from turnout_core.web.bodies import read_bytes


def routes(endpoint: CommandEndpoint, flow: OidcFlow | None) -> APIRouter:
    """The routes; without a ``flow``, since the operator has set no provider, sign-ins are refused."""
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    def flow_of(request: CommandRequest) -> OidcFlow:
        if flow is None:
            raise NoProvider
        if (name := repeated_parameter(request.url.query)) is not None:
            raise repetition(name)
        return flow

    @router.get(
        "/api/oidc/start",
        operation_id="start_oidc",
        summary="Send the browser to the provider",
        status_code=303,
        response_class=RedirectResponse,
        responses={303: REDIRECT, **error_responses(403, 404, 429)},
        openapi_extra={
            "parameters": [
                query_parameter("back", "path of the page to return to; by default the first one"),
                query_parameter("bring", "1 brings along the events and seats of the guest of this browser"),
            ]
        },
    )
    async def start_oidc(request: CommandRequest) -> Response:
        endpoint.limits.check_address("code", request)
        return await flow_of(request).start(request)

    @router.get(
        CALLBACK,
        operation_id="finish_oidc",
        summary="Sign in with the answer that the browser brings from the provider",
        status_code=303,
        response_class=RedirectResponse,
        responses={303: REDIRECT, **error_responses(404)},
        openapi_extra={"parameters": [query_parameter(name, "as the provider sends it") for name in ("code", "state")]},
    )
    async def finish_oidc(request: CommandRequest) -> Response:
        return await flow_of(request).finish(request)

    @router.delete(
        "/api/accounts/{account}",
        operation_id="unlink_account",
        summary="Remove an account of a provider as a way back",
        status_code=204,
        responses={**success_responses(204, "It is removed."), **error_responses(401, 403, 404, 413, 415)},
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def unlink_account(request: CommandRequest, account: AccountId) -> Response:
        command = UnlinkAccount(account=account)
        return await endpoint.submit(request, lambda _: command, await read_bytes(request))

    return router
