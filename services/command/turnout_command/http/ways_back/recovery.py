"""``/api/recovery``: the recovery link of a guest."""

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import SIGNED_IN, error_responses, success_responses, write_extra
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.ways_back.direct_responses import json_response
from turnout_command.sign_in.recovery import digest, new_secret
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.person_commands import SetRecovery
from turnout_core.protocol.items import RecoveryAnswer
from turnout_core.web.bodies import read_bytes


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["session"])

    @router.post(
        "/api/recovery",
        operation_id="create_recovery",
        summary="Make a recovery link, which replaces the present one",
        status_code=201,
        responses={
            **success_responses(201, "The secret of the link, for the only time.", body=RecoveryAnswer),
            **error_responses(401, 403, 413, 415, 429),
        },
    )
    async def create_recovery(request: CommandRequest) -> Response:
        """An Idempotency-Key does not count: the response has the secret, so it is never stored."""
        secret = new_secret()

        def with_secret(_: StoredResponse, __: str) -> StoredResponse:
            return json_response(201, RecoveryAnswer(secret))

        body = await read_bytes(request)
        command = SetRecovery(recovery=digest(secret))
        return await endpoint.submit(request, lambda _: command, body, kind="code", is_stored=False, finish=with_secret)

    @router.delete(
        "/api/recovery",
        operation_id="delete_recovery",
        summary="End the recovery link",
        status_code=204,
        responses={**success_responses(204, "There is no link."), **error_responses(401, 403, 413, 415, 429)},
        openapi_extra=write_extra(),
    )
    async def delete_recovery(request: CommandRequest) -> Response:
        return await endpoint.submit(request, lambda _: SetRecovery(), await read_bytes(request), kind="code")

    return router
