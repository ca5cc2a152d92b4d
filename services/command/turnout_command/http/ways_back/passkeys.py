"""``/api/passkeys``: register passkeys and remove them."""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from turnout_command.http.device import describe_device
from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import SIGNED_IN, error_responses, success_responses, write_extra
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.sign_in_bodies import CredentialBody
from turnout_command.http.ways_back.direct_responses import answer_anyone, answer_user
from turnout_command.http.ways_back.site import site_of
from turnout_command.rules.person_commands import check_passkeys
from turnout_command.sign_in.credentials import PasskeyRefused
from turnout_command.sign_in.short_lived import ShortLivedSecrets
from turnout_command.write.responses import StoredResponse
from turnout_core.domain import rejections
from turnout_core.domain.person_commands import AddPasskey, RemovePasskey
from turnout_core.domain.state import State
from turnout_core.protocol.items import PasskeyAnswer
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.identity import SignedIn
from turnout_core.web.openapi import request_body

_OPTIONS = {"content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}}

log = logging.getLogger("turnout.sign_in")


def routes(endpoint: CommandEndpoint, secrets: ShortLivedSecrets, clock: Callable[[], float]) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.post(
        "/api/passkeys/options",
        operation_id="passkey_options",
        summary="Begin to register a passkey",
        responses={
            200: {"description": "PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3).", **_OPTIONS},
            **error_responses(401, 403, 409, 413, 415, 429),
        },
        dependencies=SIGNED_IN,
    )
    async def passkey_options(request: CommandRequest) -> Response:
        """Their challenge works once, within five minutes."""
        await read_bytes(request)
        site = site_of(request, endpoint.origins)

        def options(_: State, present: SignedIn) -> StoredResponse:
            user = present.user
            check_passkeys(user)
            known = [each.id for each in user.passkeys]
            return StoredResponse(
                200, secrets.passkeys.registration_options(site, user.id, user.name, known, clock()).encode()
            )

        return await answer_user(endpoint, request, options)

    @router.post(
        "/api/passkeys",
        operation_id="add_passkey",
        summary="Register a passkey",
        status_code=201,
        responses={
            **success_responses(201, "The passkey.", body=PasskeyAnswer),
            **error_responses(401, 403, 409, 413, 415, 429),
        },
        openapi_extra=request_body(CredentialBody),
        dependencies=SIGNED_IN,
    )
    async def add_passkey(request: CommandRequest) -> Response:
        body = await read_bytes(request)
        given = parse(body, CredentialBody)
        site = site_of(request, endpoint.origins)

        def verified(user: str) -> AddPasskey:
            try:
                found = secrets.passkeys.register(site, user, given.credential, clock())
            except PasskeyRefused as refused:
                log.info("a passkey was not registered: %s", refused)
                raise rejections.PasskeyRefused from None
            key = urlsafe_b64encode(found.public_key).rstrip(b"=").decode()
            name = describe_device(request.header(b"user-agent"))
            return AddPasskey(id=found.id, key=key, name=name, counter=found.counter)

        return await endpoint.submit(request, verified, body, kind="code")

    @router.delete(
        "/api/passkeys/{passkey}",
        operation_id="remove_passkey",
        summary="Remove a passkey",
        status_code=204,
        responses={**success_responses(204, "It signs nobody in."), **error_responses(401, 403, 404, 413, 415)},
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def remove_passkey(
        request: CommandRequest, passkey: Annotated[str, Path(description="id of the passkey")]
    ) -> Response:
        return await endpoint.submit(request, lambda _: RemovePasskey(id=passkey), await read_bytes(request))

    @router.post(
        "/api/sign-in/options",
        operation_id="sign_in_options",
        summary="Begin to sign in with a passkey",
        responses={
            200: {"description": "PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3).", **_OPTIONS},
            **error_responses(403, 413, 415, 429),
        },
    )
    async def sign_in_options(request: CommandRequest) -> Response:
        """They are the same for everyone, apart from the challenge, which works once, within five minutes."""
        await read_bytes(request)
        endpoint.limits.check_address("code", request)
        options = secrets.passkeys.sign_in_options(site_of(request, endpoint.origins), clock())
        return answer_anyone(endpoint, request, lambda _: StoredResponse(200, options.encode()))

    return router
