"""Which requests are for pages."""

from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from turnout_core.domain.rejections import Unavailable
from turnout_core.web.problems import problem
from turnout_gateway.pages.paths import find_page
from turnout_gateway.runtime.shells import VERSION_HEADER


class PageRoute(BaseRoute):
    """Passes GET and HEAD of a page on to ``pages``; with ``missing``, of every address that is not of the API."""

    def __init__(self, pages: ASGIApp, *, missing: bool = False) -> None:
        self._pages = pages
        self._missing = missing

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith("/api/"):
            return Match.NONE, {}
        return (Match.FULL if self._missing or find_page(scope["path"], "") is not None else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: str) -> None:  # type: ignore[override] # pages have no names
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._pages(scope, receive, send)


async def no_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that there is no page at the moment: the edge then serves its own ``index.html``."""
    response = problem(Unavailable("The page is not available at the moment."))
    response.headers[VERSION_HEADER] = "none"
    await response(scope, receive, send)
