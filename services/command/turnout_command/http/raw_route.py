"""Routes that bypass FastAPI's handling of requests and responses.

Resolving parameters and dependencies, validating and encoding cost more than deciding, applying and sealing a command
together. With these routes a durable command reaches 98 % of the rate of a bare route without any work behind it; with
ordinary routes it reached 76 % (``make bench-commands``, docs/decisions/0005-the-write-path.md). The routes still
describe themselves to OpenAPI (FastAPI documentation: "Custom Request and APIRoute class").
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_core.web.problems import POSITION_HEADER, problem


class CommandRequest(Request):
    """A request that indexes its headers once; Starlette searches them for each name."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._by_name: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: bytes) -> str | None:
        """The value of the header ``name``, which is in lower case."""
        value = self._by_name.get(name)
        return value.decode("latin-1") if value is not None else None


class RawResponse(Response):
    """A response made of encoded body and headers."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.body = body
        self.raw_headers = headers
        self.background = None


def refuse(rejection: Rejection, position: Position | None) -> Response:
    """The rejection as a problem document, with ``position`` in a header."""
    response = problem(rejection)
    if position is not None:
        response.headers[POSITION_HEADER] = str(position)
    return response


def raw_route(position: Callable[[], Position | None]) -> type[APIRoute]:
    """A route class whose endpoints take the request and the path parameters, and return the response to send.

    A rejection gets the present ``position``. Add such routes to an app's list of routes directly: ``include_router``
    works too, but wraps their endpoints once more.
    """

    class RawRoute(APIRoute):
        def __init__(self, path: str, endpoint: Callable[..., Awaitable[Response]], **openapi: Any) -> None:
            super().__init__(path, endpoint, **openapi)
            handle = self.get_route_handler()

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                try:
                    response = await handle(CommandRequest(scope, receive))
                except ClientDisconnect:
                    return  # the client disconnected before its request was complete
                await response(scope, receive, send)

            self.app = app

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            endpoint: Callable[..., Awaitable[Response]] = self.endpoint

            async def handle(request: Request) -> Response:
                raw = request if isinstance(request, CommandRequest) else CommandRequest(request.scope, request.receive)
                try:
                    return await endpoint(raw, **raw.scope["path_params"])
                except Rejection as rejection:
                    return refuse(rejection, position())

            return handle

    return RawRoute
