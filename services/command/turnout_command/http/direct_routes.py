"""Serves the routes of commands before the layers of FastAPI, which they do not use (``raw_route``).

The layers, and the comparison with all routes, would be a large part of a durable command. ``make bench-commands``
prints its CPU time.
"""

from collections.abc import Iterable

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send


class DirectRoutes:
    """ASGI middleware: calls the first of ``routes`` that has the method and the path of a request, or else ``app``.

    The routes belong into the router of ``app``, too: it describes them to OpenAPI, and refuses other methods.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._by_method: dict[str, list[APIRoute]] = {}
        for route in routes:
            assert isinstance(route, APIRoute)  # noqa: S101 - ``raw_route`` makes no others
            for method in route.methods or ():
                self._by_method.setdefault(method, []).append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope.get("root_path"):
            path = scope["path"]
            for route in self._by_method.get(scope["method"], ()):
                match = route.path_regex.match(path)
                if match is not None:
                    scope["path_params"] = match.groupdict()
                    await route.app(scope, receive, send)
                    return
        await self._app(scope, receive, send)
