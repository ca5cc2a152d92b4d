"""The routes of robots.txt and sitemap.xml."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from turnout_core.domain.access import is_listed
from turnout_core.domain.state import Event
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.page_responses import send_document
from turnout_gateway.http.page_routes import no_page
from turnout_gateway.http.public_site import PublicSite
from turnout_gateway.pages.crawlers import SITEMAP_END, SITEMAP_HEAD, SITEMAP_MAX_URLS, robots, sitemap_urls
from turnout_gateway.pages.documents import Document
from turnout_gateway.pages.site import Site

_FRESH_S: Final = 60.0  # crawlers come a few times a day
_STEP_URLS: Final = 500  # some 2 ms, after which others have their turn


def crawler_routes(gateway: Gateway, site: PublicSite) -> list[Route]:
    """The routes."""
    sitemap = Sitemap(gateway, time.monotonic)

    class Robots:
        async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
            await send_document(scope, send, Document(robots(site.of(scope)), b"text/plain; charset=utf-8"))

    class SitemapFile:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if gateway.accepts_connections():
                await send_document(scope, send, await sitemap.find(site.of(scope)))
            else:
                await no_page(scope, receive, send)

    methods = ["GET", "HEAD"]
    return [Route("/robots.txt", Robots(), methods=methods), Route("/sitemap.xml", SitemapFile(), methods=methods)]


class Sitemap:
    """The addresses of the public events that are not over. One is made at a time, in steps.

    Args:
        clock: monotonic time in seconds.
    """

    def __init__(self, gateway: Gateway, clock: Callable[[], float]) -> None:
        self._gateway = gateway
        self._clock = clock
        self._made: tuple[Site, float, Document] | None = None
        self._lock = asyncio.Lock()

    async def find(self, site: Site) -> Document:
        """The sitemap of a site, at most ``_FRESH_S`` old."""
        async with self._lock:
            if self._made is None or self._made[0] != site or self._clock() - self._made[1] >= _FRESH_S:
                document = await self._make(site)
                await asyncio.to_thread(lambda: document.gzip)  # 5 MB take 60 ms
                self._made = (site, self._clock(), document)
            return self._made[2]

    async def _make(self, site: Site) -> Document:
        ids = [event.id for event in self._listed(None)][:SITEMAP_MAX_URLS] if site.root else []
        parts = [SITEMAP_HEAD]
        for start in range(0, len(ids), _STEP_URLS):
            parts.append(sitemap_urls(self._listed(ids[start : start + _STEP_URLS]), site))
            await asyncio.sleep(0)
        return Document(b"".join((*parts, SITEMAP_END)), b"application/xml; charset=utf-8")

    def _listed(self, ids: list[str] | None) -> list[Event]:
        """Those of these events, or of all, that are public and not over now."""
        state = self._gateway.views.state
        if state is None:
            return []
        events = state.events.values() if ids is None else (state.events[each] for each in ids if each in state.events)
        return [event for event in events if is_listed(event) and not event.ended]
