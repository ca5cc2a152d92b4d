"""Where a request meets the writer: who asks, under which key, and the answer as HTTP."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from turnout_command.write.committer import Committer, Done, Outcome, Refused
from turnout_command.write.idempotency import HEADER, Key, kept
from turnout_command.write.writer import Writer
from turnout_core.domain.commands import Command
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import NotSignedIn, Rejection, Unavailable
from turnout_core.domain.state import State, User
from turnout_core.web.identity import Identity
from turnout_core.web.problems import POSITION_HEADER, problem, same_origin

REPLAYED_HEADER: Final = "Idempotent-Replayed"
_TYPE_JSON: Final = (b"content-type", b"application/json")
_POSITION: Final = POSITION_HEADER.lower().encode()
_REPLAYED: Final = (REPLAYED_HEADER.lower().encode(), b"true")
_KEY: Final = HEADER.lower().encode()


class Asked(Request):
    """A request whose headers are looked through once, not once for each that is asked for."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._found: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: bytes) -> str | None:
        """The value of the header ``name``, which is in lower case."""
        value = self._found.get(name)
        return value.decode("latin-1") if value is not None else None


class Ready(Response):
    """A response whose parts are bytes already."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.body = body
        self.raw_headers = headers
        self.background = None


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

    def actor(self, request: Asked, committer: Committer) -> User | None:
        """Who asks, on the speculative State: settle what follows from it."""
        return self.tokens().user(committer.state, request.header(b"cookie"), request.header(b"authorization"))

    async def ask(
        self, request: Asked, command: Callable[[str], Command], body: bytes, *, ended: bool = False
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
        if request.header(b"origin") is not None:
            same_origin(request)
        committer = self.writer.committer()
        user = self.actor(request, committer)
        if user is not None:
            return respond(await committer.submit(command(user.id), user.id, key_of(request, user.id, body)))
        once = self.tokens().claimed(request.header(b"cookie"), request.header(b"authorization")) if ended else None
        key = key_of(request, once, body) if once is not None else None
        return respond(await committer.settle(_signed_out(committer.state, key)))


def _signed_out(state: State, key: Key | None) -> Outcome:
    """What a signed-out guest is told on ``state``: the answer that was given to ``key`` before, or that they are."""
    try:
        replay = kept(state, key, state.now) if key is not None else None
    except Rejection as rejection:
        return Refused(state.position, rejection)
    return Done(state.position, replay, replayed=True) if replay is not None else Refused(state.position, NotSignedIn())


def key_of(request: Asked, actor: str | None, body: bytes) -> Key | None:
    """The request's Idempotency-Key, None where it has none. Raises Invalid."""
    key = request.header(_KEY)
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
    headers = [(_POSITION, str(done.position).encode())]
    if said.body:
        headers += ((b"content-length", str(len(said.body)).encode()), _TYPE_JSON)
    headers += [(name.encode(), value.encode()) for name, value in said.headers]
    if done.replayed:
        headers.append(_REPLAYED)
    return Ready(said.status, said.body, headers)


def direct(position: Callable[[], Position | None]) -> type[APIRoute]:
    """A route class whose endpoints take the request and the address's parameters, and make the response themselves.

    Resolving parameters and dependencies, and checking and encoding the response, would cost more than all that we do
    (FastAPI documentation: "Custom Request and APIRoute class"). A rejection leaves with the ``position`` of now. Such
    routes belong straight into an app's list: ``include_router`` works, and wraps their endpoints once more.
    """

    class Direct(APIRoute):
        def __init__(self, path: str, endpoint: Callable[..., Awaitable[Response]], **documented: Any) -> None:
            super().__init__(path, endpoint, **documented)
            handle = self.get_route_handler()

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                try:
                    response = await handle(Asked(scope, receive))
                except ClientDisconnect:
                    return  # before it had asked all it wanted
                await response(scope, receive, send)

            self.app = app

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            endpoint: Callable[..., Awaitable[Response]] = self.endpoint

            async def handle(request: Request) -> Response:
                asked = request if isinstance(request, Asked) else Asked(request.scope, request.receive)
                try:
                    return await endpoint(asked, **asked.scope["path_params"])
                except Rejection as rejection:
                    return refuse(rejection, position())

            return handle

    return Direct
