"""``/api/recovery``: the recovery link of a guest."""

import msgspec
from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint, respond
from turnout_command.http.openapi_extra import SIGNED_IN, error_responses, success_responses, write_extra
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.sign_in.recovery import digest, new_secret
from turnout_command.write.append_queue import Refusal
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.person_commands import SetRecovery
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.protocol.items import RecoveryAnswer
from turnout_core.web.bodies import read_bytes
from turnout_core.web.origin import check_same_origin


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
        await read_bytes(request)
        address = endpoint.limits.check_address("code", request)
        check_same_origin(request, endpoint.origins)
        committer = endpoint.writer.committer()
        present = endpoint.signed_in(request, committer)
        if present is None:
            return respond(await committer.respond_when_durable(Refusal(committer.state.position, NotSignedIn())))
        if address is not None:
            endpoint.limits.check_person("code", present.user.id)
        secret = new_secret()
        outcome = await committer.submit(SetRecovery(recovery=digest(secret)), present.user.id)
        if isinstance(outcome, Refusal):
            return respond(outcome)
        response = StoredResponse(201, msgspec.json.encode(RecoveryAnswer(secret)))
        return respond(msgspec.structs.replace(outcome, response=response))

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
