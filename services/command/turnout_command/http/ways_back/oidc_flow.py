"""A sign-in with the provider, from the redirect to it until the session is open."""

import logging
from collections.abc import Callable
from typing import Final

import msgspec
from fastapi import Response

from turnout_command.http.cookies import set_cookie
from turnout_command.http.device import describe_device
from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.raw_route import CommandRequest
from turnout_command.http.security_log import log_sign_in
from turnout_command.http.ways_back.browser_binding import bind_browser, browser_of, check_own_page
from turnout_command.http.ways_back.return_path import return_path, with_parameter
from turnout_command.http.ways_back.site import site_of
from turnout_command.sign_in.oidc.account import ProviderAccount
from turnout_command.sign_in.oidc.attempts import Attempt, Attempts
from turnout_command.sign_in.oidc.errors import AnswerRefused, OidcError, ProviderUnavailable
from turnout_command.sign_in.oidc.names import NAMELESS, choose_name
from turnout_command.sign_in.oidc.provider import Provider
from turnout_command.write.batch import Refusal
from turnout_core.domain.account_commands import SignInWithAccount
from turnout_core.domain.rejections import Rejection
from turnout_core.protocol.items import SessionAnswer
from turnout_core.runtime.clock import since_boot_s
from turnout_core.runtime.ids import new_id
from turnout_core.web.identity import SignedIn

CALLBACK: Final = "/api/oidc/callback"

log = logging.getLogger("turnout.sign_in")


class OidcFlow:
    """Signs browsers in with one provider. Attempts are in memory, so a takeover ends them.

    Args:
        endpoint: submits the command.
        provider: confirms who people are.
        moderator_group: a group of the provider whose members moderate this instance; empty for none.
        count: counts an outcome: done, failed, or unavailable if the provider does not answer.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        endpoint: CommandEndpoint,
        provider: Provider,
        moderator_group: str,
        count: Callable[[str], None],
        clock: Callable[[], float] = since_boot_s,
    ) -> None:
        self._endpoint = endpoint
        self._provider = provider
        self._moderator_group = moderator_group
        self._count = count
        self._clock = clock
        self._attempts = Attempts()

    @property
    def name(self) -> str:
        """The name of the provider, for people."""
        return self._provider.config.name

    async def start(self, request: CommandRequest) -> Response:
        """Sends the browser to the provider. Raises Rejection if it comes from a page of another site."""
        self._endpoint.writer.committer()  # raises unless this service leads: only the leader knows the attempts
        check_own_page(request)
        base_path = self._endpoint.base_path
        back = return_path(request.query_params.get("back"), base_path)
        brings_guest = request.query_params.get("bring") == "1"
        attempt = Attempt(f"{site_of(request).origin}{base_path}{CALLBACK}", back, brings_guest)
        try:
            response = _redirect(await self._provider.authorization_url(attempt))
        except OidcError as error:
            return self._fail(back, error)
        self._attempts.add(attempt, bind_browser(request, response, base_path), self._clock())
        return response

    async def finish(self, request: CommandRequest) -> Response:
        """Signs the browser in with the answer that it brings from the provider, and sends it back to its page."""
        self._endpoint.writer.committer()  # likewise
        answer = request.query_params
        attempt = self._attempts.take(answer.get("state", ""), browser_of(request) or "", self._clock())
        if attempt is None:
            unknown = AnswerRefused("no such sign-in has begun in this browser")
            return self._fail(return_path(None, self._endpoint.base_path), unknown)
        try:
            response = await self._sign_in(request, await self._provider.account(attempt, answer), attempt)
        except (OidcError, Rejection) as error:
            return self._fail(attempt.back, error)
        self._count("done")
        return response

    async def _sign_in(self, request: CommandRequest, account: ProviderAccount, attempt: Attempt) -> Response:
        committer = self._endpoint.writer.committer()
        present = self._endpoint.signed_in(request, committer)
        command = self._command(account, present, attempt, describe_device(request.header(b"user-agent")))
        outcome = await committer.submit(command, present.user.id if present is not None else None)
        if isinstance(outcome, Refusal):
            raise outcome.rejection
        user = msgspec.json.decode(outcome.response.body, type=SessionAnswer).user.id
        guest = present.user.id if present is not None and command.brings_guest else None
        log_sign_in("provider", command, user, guest)
        response = _redirect(attempt.back)
        set_cookie(self._endpoint, request, response, self._endpoint.tokens().token(user, command.session))
        return response

    def _command(
        self, account: ProviderAccount, present: SignedIn | None, attempt: Attempt, device: str
    ) -> SignInWithAccount:
        return SignInWithAccount(
            issuer=account.issuer,
            subject=account.subject,
            label=choose_name((*account.names, account.mail or "")) or "",
            is_moderator=bool(self._moderator_group) and self._moderator_group in account.groups,
            session=new_id(),
            former=present.session if present is not None and isinstance(present.session, str) else "",
            brings_guest=attempt.brings_guest,
            device=device,
            user=new_id(),
            name=choose_name(account.names) or NAMELESS,
        )

    def _fail(self, back: str, error: OidcError | Rejection) -> Response:
        """Sends the browser back. The page says that the sign-in failed, and the log says why."""
        self._count("unavailable" if isinstance(error, ProviderUnavailable) else "failed")
        log.warning("a sign-in with the provider failed: %s", error.code if isinstance(error, Rejection) else error)
        return _redirect(with_parameter(back, "sign-in", "failed"))


def _redirect(address: str) -> Response:
    """The browser goes on with a GET (RFC 9110 section 15.4.4)."""
    return Response(status_code=303, headers={"Location": address})
