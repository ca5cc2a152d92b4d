"""Where a request meets the writer: who asks, under which key, and the answer as HTTP."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from turnout_command.answers import Answer
from turnout_command.committer import Committer, Done, Outcome, Refused
from turnout_command.idempotency import HEADER, Key, kept
from turnout_command.writer import Writer
from turnout_core.commands import Command
from turnout_core.errors import Rejection, SignedOut, Unavailable
from turnout_core.identity import Identity
from turnout_core.model import User
from turnout_core.position import Position
from turnout_core.web import POSITION_HEADER, problem, same_origin

REPLAYED_HEADER: Final = "Idempotent-Replayed"
_JSON: Final = "application/json"


class Desk:
    """
    Attributes:
        identity: reads tokens; None until the secret is known, which is before the first term.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.identity: Identity | None = None

    def tokens(self) -> Identity:
        """Raises Unavailable."""
        if self.identity is None:
            raise Unavailable
        return self.identity

    def actor(self, request: Request, committer: Committer) -> User | None:
        """Who asks, on the speculative State: settle what follows from it."""
        headers = request.headers
        return self.tokens().user(committer.state, headers.get("cookie"), headers.get("authorization"))

    async def ask(
        self, request: Request, command: Callable[[str], Command], body: bytes, *, ended: bool = False
    ) -> Response:
        """Lets the signed-in user, whose id ``command`` gets, do that.

        Args:
            request: says who asks, and under which key.
            command: what they ask.
            body: what the request carried.
            ended: whether a token that has ended may still ask for an answer given before, as after signing out.

        Raises:
            Rejection: one that does not depend on the State.
        """
        same_origin(request)
        committer = self.writer.committer()
        user = self.actor(request, committer)
        if user is None and ended and (replay := self._replay(request, committer, body)) is not None:
            return respond(await committer.settle(Done(committer.state.position, replay, replayed=True)))
        if user is None:
            return respond(await committer.settle(Refused(committer.state.position, SignedOut())))
        return respond(await committer.submit(command(user.id), user.id, key_of(request, user.id, body)))

    def _replay(self, request: Request, committer: Committer, body: bytes) -> Answer | None:
        headers = request.headers
        once = self.tokens().claimed(headers.get("cookie"), headers.get("authorization"))
        key = key_of(request, once, body) if once is not None else None
        return kept(committer.state, key, committer.state.now) if key is not None else None


def key_of(request: Request, actor: str | None, body: bytes) -> Key | None:
    """The request's Idempotency-Key, None where it has none. Raises Invalid."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    return Key.of(actor, key, f"{request.method} {request.url.path}", body)


def respond(outcome: Outcome) -> Response:
    """The outcome as HTTP."""
    if isinstance(outcome, Refused):
        return refuse(outcome.rejection, outcome.position)
    return _answer(outcome)


def refuse(rejection: Rejection, position: Position | None) -> Response:
    response = problem(rejection)
    if position is not None:
        response.headers[POSITION_HEADER] = str(position)
    return response


def _answer(done: Done) -> Response:
    said = done.answer
    headers = {POSITION_HEADER: str(done.position), **dict(said.headers)}
    if done.replayed:
        headers[REPLAYED_HEADER] = "true"
    return Response(said.body or None, said.status, headers, _JSON if said.body else None)


def direct(position: Callable[[], Position | None]) -> type[APIRoute]:
    """A route class whose endpoints take the request and the address's parameters, and make the response themselves.

    Resolving parameters and dependencies, and checking and encoding the response, would cost more than all that we do
    (FastAPI documentation: "Custom Request and APIRoute class"). A rejection leaves with the ``position`` of now.
    """

    class Direct(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Any]:
            endpoint: Callable[..., Awaitable[Response]] = self.endpoint

            async def handle(request: Request) -> Response:
                try:
                    return await endpoint(request, **request.path_params)
                except Rejection as rejection:
                    return refuse(rejection, position())

            return handle

    return Direct
