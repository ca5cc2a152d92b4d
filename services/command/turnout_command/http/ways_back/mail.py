"""``/api/mail``: a confirmed address, to which codes for signing in are sent."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import SIGNED_IN, error_responses, success_responses, write_extra
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.http.sign_in_bodies import AddressBody, ConfirmationBody
from turnout_command.http.ways_back.direct_responses import answer_anyone, answer_user, json_response
from turnout_command.sign_in.codes import CODE_LIFETIME_S, MailCodes, MailPurpose
from turnout_command.sign_in.mail.code_mailer import CodeMailer
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.person_commands import SetMail
from turnout_core.domain.rejections import MailIsOff, WrongCode
from turnout_core.domain.state import State
from turnout_core.protocol.items import CodeSentAnswer
from turnout_core.web.bodies import parse, read_bytes
from turnout_core.web.identity import SignedIn
from turnout_core.web.openapi import request_body

_SENT = json_response(202, CodeSentAnswer(int(CODE_LIFETIME_S)))


def routes(
    endpoint: CommandEndpoint, codes: MailCodes, mailer: CodeMailer | None, clock: Callable[[], float]
) -> APIRouter:
    """The routes; without ``mailer`` no code is sent."""
    router = APIRouter(route_class=raw_route(endpoint.writer.position), tags=["session"])

    @router.post(
        "/api/mail",
        operation_id="send_confirmation_code",
        summary="Send a code that confirms a mail address",
        status_code=202,
        responses={
            **success_responses(202, "A code is sent.", body=CodeSentAnswer),
            **error_responses(401, 403, 404, 413, 415, 429),
        },
        openapi_extra=request_body(AddressBody),
        dependencies=SIGNED_IN,
    )
    async def send_confirmation_code(request: CommandRequest) -> Response:
        """It is six digits, for this guest and this address. An address gets five at once, then one in ten minutes."""
        given = parse(await read_bytes(request), AddressBody)
        sender = _check_active(mailer)

        def send(_: State, present: SignedIn) -> StoredResponse:
            sender.send(MailPurpose(given.address, present.user.id), clock())
            return _SENT

        return await answer_user(endpoint, request, send)

    @router.post(
        "/api/mail/confirm",
        operation_id="confirm_mail",
        summary="Confirm a mail address with the code",
        status_code=204,
        responses={
            **success_responses(204, "The address can sign this guest in. It replaces their former one."),
            **error_responses(401, 403, 409, 413, 415, 429),
        },
        openapi_extra=request_body(ConfirmationBody),
        dependencies=SIGNED_IN,
    )
    async def confirm_mail(request: CommandRequest) -> Response:
        """An address that this guest has confirmed before is confirmed, so the request may be repeated."""
        body = await read_bytes(request)
        given = parse(body, ConfirmationBody)

        def confirmed(user: str) -> SetMail:
            is_new = endpoint.writer.committer().state.users[user].mail != given.address
            if is_new and not codes.redeem(MailPurpose(given.address, user), given.code, clock()):
                raise WrongCode
            return SetMail(mail=given.address)

        return await endpoint.submit(request, confirmed, body, kind="code")

    @router.delete(
        "/api/mail",
        operation_id="delete_mail",
        summary="Forget one's mail address",
        status_code=204,
        responses={**success_responses(204, "There is no address."), **error_responses(401, 403, 413, 415, 429)},
        openapi_extra=write_extra(),
        dependencies=SIGNED_IN,
    )
    async def delete_mail(request: CommandRequest) -> Response:
        return await endpoint.submit(request, lambda _: SetMail(), await read_bytes(request), kind="code")

    @router.post(
        "/api/sign-in/mail",
        operation_id="send_sign_in_code",
        summary="Send a code that signs in by mail",
        status_code=202,
        responses={
            **success_responses(202, "If a guest has this address, a code is sent.", body=CodeSentAnswer),
            **error_responses(403, 404, 413, 415, 429),
        },
        openapi_extra=request_body(AddressBody),
    )
    async def send_sign_in_code(request: CommandRequest) -> Response:
        """The answer is the same for every address, and takes the same time."""
        body = await read_bytes(request)
        endpoint.limits.check_address("code", request)
        given = parse(body, AddressBody)
        sender = _check_active(mailer)

        def send(state: State) -> StoredResponse:
            sender.send(MailPurpose(given.address), clock(), is_expected=given.address in state.by_mail)
            return _SENT

        return answer_anyone(endpoint, request, send)

    return router


def _check_active(mailer: CodeMailer | None) -> CodeMailer:
    """Raises MailIsOff."""
    if mailer is None:
        raise MailIsOff
    return mailer
