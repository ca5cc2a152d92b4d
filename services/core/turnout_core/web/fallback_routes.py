"""Responds to requests under ``/api/`` without a route: HEAD, a wrong method, or an unknown address."""

from collections.abc import Container
from typing import Any, Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound
from starlette.types import Receive, Scope, Send

_PREFIX: Final = "/api/"
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def add_fallback(app: FastAPI, endless: Container[str] = ()) -> None:
    """Adds the fallback to ``app``; call it after all routes under ``/api/`` and before a site is mounted.

    Responses to GET of ``endless`` addresses do not end, so these addresses have no HEAD.
    """
    app.router.routes.append(FallbackRoute(app, endless))


class FallbackRoute(BaseRoute):
    """Matches everything under ``/api/``, so it is the last route there.

    HEAD is handled as GET; the server omits the body (RFC 9110 section 9.3.2). A method without a route gets 405, with
    the methods of the address in ``Allow`` (section 15.5.6).
    """

    def __init__(self, app: FastAPI, endless: Container[str]) -> None:
        self._app = app
        self._endless = endless

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_api = scope["type"] == "http" and scope["path"].startswith(_PREFIX)
        return (Match.FULL if is_api else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = self._allowed(scope)
        if scope["method"] == "HEAD" and "HEAD" in allowed:
            await self._app.router({**scope, "method": "GET"}, receive, send)
        elif allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        else:
            raise HTTPException(404)

    def _allowed(self, scope: Scope) -> list[str]:
        routes = [each for each in self._app.router.routes if each is not self and not isinstance(each, Mount)]
        allowed = [
            method
            for method in _METHODS
            if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
        ]
        if "GET" in allowed and scope["path"] not in self._endless:
            allowed.insert(1, "HEAD")
        return allowed
