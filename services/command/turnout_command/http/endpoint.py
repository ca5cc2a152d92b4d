"""Submits the commands of HTTP requests: user, Idempotency-Key, and the outcome as a response."""

from collections.abc import Callable, Collection
from typing import Final

from fastapi import Response
from msgspec.structs import replace

from turnout_command.http.rate_limits import Kind, RateLimits
from turnout_command.http.raw_route import CommandRequest, RawResponse, refuse
from turnout_command.http.security_log import log_outcome
from turnout_command.write.batch import Outcome, Refusal, Success
from turnout_command.write.committer import Committer
from turnout_command.write.idempotency import HEADER, Key, lookup
from turnout_command.write.responses import StoredResponse
from turnout_command.write.writer import Writer
from turnout_core.domain.commands import Command
from turnout_core.domain.rejections import NotSignedIn, Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.web.identity import Credentials, Identity, SignedIn
from turnout_core.web.origin import check_same_origin
from turnout_core.web.problems import POSITION_HEADER

REPLAYED_HEADER: Final = "Idempotent-Replayed"
_TYPE_JSON: Final = (b"content-type", b"application/json")
_POSITION: Final = POSITION_HEADER.lower().encode()
_REPLAYED: Final = (REPLAYED_HEADER.lower().encode(), b"true")
_KEY: Final = HEADER.lower().encode()


class CommandEndpoint:
    """Identifies users, and submits their commands to the writer.

    Args:
        origins: of further pages that may send commands.
        base_path: below which a proxy serves the service, such as ``/turnout``.
        limits: of clients.

    Attributes:
        identity: checks tokens; None until the secret is loaded, before the first term.
    """

    def __init__(self, writer: Writer, limits: RateLimits, origins: Collection[str] = (), base_path: str = "") -> None:
        self.writer = writer
        self.limits = limits
        self.origins = origins
        self.base_path = base_path
        self.identity: Identity | None = None

    def tokens(self) -> Identity:
        """``identity``. Raises Unavailable while it is None."""
        if self.identity is None:
            raise Unavailable
        return self.identity

    def signed_in(self, request: CommandRequest, committer: Committer) -> SignedIn | None:
        """The user of a request, on the speculative state. Respond with ``respond_when_durable`` only."""
        return self.tokens().signed_in(committer.state, credentials_of(request))

    async def submit(
        self,
        request: CommandRequest,
        command: Callable[[str], Command],
        body: bytes,
        *,
        kind: Kind | None = None,
        event: str | None = None,
        accepts_ended: bool = False,
        is_stored: bool = True,
        finish: Callable[[StoredResponse, str], StoredResponse] | None = None,
    ) -> Response:
        """Submits the command of the signed-in user, and responds once its outcome is durable.

        Args:
            request: has the token and the key.
            command: returns the command for the user's id.
            body: of the request.
            kind: of the limits that the command counts for; None for no limits.
            event: that the command joins, or whose guests it tells something; one that exists has a limit of its own.
            accepts_ended: True if a revoked token may fetch a stored response, as after signing out.
            is_stored: False for a response that is never stored, so that an Idempotency-Key does not count.
            finish: adds to the response of a success, for the user's id, what is never stored.

        Raises:
            Rejection: the request is refused without reading the state.
        """
        if request.header(b"origin") is not None:
            check_same_origin(request, self.origins)
        address = self.limits.check_address(kind, request) if kind is not None else None
        committer = self.writer.committer()
        signed_in = self.signed_in(request, committer)
        if signed_in is not None:
            user = signed_in.user.id
            if kind is not None and address is not None:
                self.limits.check_person(kind, user, _limited_event(committer.state, kind, user, event))
            submitted = command(user)
            outcome = await committer.submit(submitted, user, key_of(request, user, body) if is_stored else None)
            log_outcome(submitted, user, outcome)
            if finish is not None and isinstance(outcome, Success):
                outcome = replace(outcome, response=finish(outcome.response, user))
            return respond(outcome, self.base_path)
        claimed = self.tokens().claimed_user_id(credentials_of(request)) if accepts_ended else None
        key = key_of(request, claimed, body) if claimed is not None else None
        outcome = await committer.respond_when_durable(_not_signed_in(committer.state, key, claimed))
        return respond(outcome, self.base_path)


def _limited_event(state: State, kind: Kind, user: str, event: str | None) -> str | None:
    """The event that the command counts for. Only hosts use up the messages of an event."""
    found = state.events.get(event) if event is not None else None
    if found is None or (kind == "message" and not found.is_host(user)):
        return None
    return found.id


def _not_signed_in(state: State, key: Key | None, claimed: str | None) -> Outcome:
    """The outcome without a valid session: the stored response of ``key``, or a rejection."""
    try:
        replay = lookup(state, key, claimed) if key is not None else None
    except Rejection as rejection:
        return Refusal(state.position, rejection)
    return (
        Success(state.position, replay, replayed=True) if replay is not None else Refusal(state.position, NotSignedIn())
    )


def credentials_of(request: CommandRequest) -> Credentials:
    """The credentials that a request has."""
    return Credentials(request.header(b"cookie"), request.header(b"authorization"), request.scope["scheme"])


def key_of(request: CommandRequest, actor: str | None, body: bytes) -> Key | None:
    """The request's Idempotency-Key; None if it has none. Raises Invalid."""
    key = request.header(_KEY)
    if key is None:
        return None
    return Key.of(actor, key, f"{request.method} {request.url.path}", body)


def respond(outcome: Outcome, base_path: str = "") -> Response:
    """The outcome as a response. Addresses in stored responses are without ``base_path``."""
    if isinstance(outcome, Refusal):
        return refuse(outcome.rejection, outcome.position)
    stored = outcome.response
    headers = [(_POSITION, str(outcome.position).encode())]
    if stored.body:
        headers += ((b"content-length", str(len(stored.body)).encode()), _TYPE_JSON)
    headers += [
        (name.encode(), (base_path + value if name == "location" else value).encode()) for name, value in stored.headers
    ]
    if outcome.replayed:
        headers.append(_REPLAYED)
    return RawResponse(stored.status, stored.body, headers)
