"""The files for crawlers: robots.txt (RFC 9309) and a sitemap (sitemaps.org, protocol 0.9)."""

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

from turnout_core.domain.state import Event
from turnout_gateway.pages.site import Site
from turnout_gateway.pages.words import moment

SITEMAP_MAX_URLS: Final = 50_000
"""The limit of the protocol."""
SITEMAP_HEAD: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
SITEMAP_END: Final = b"</urlset>\n"


def robots(site: Site) -> bytes:
    """Crawlers may read every page: those that no search should list say so themselves, which only a reader sees."""
    sitemap = f"Sitemap: {site.address('/sitemap.xml')}\n" if site.root else ""
    return f"User-agent: *\nDisallow: /api/\n{sitemap}".encode()


def sitemap_urls(events: Iterable[Event], site: Site) -> bytes:
    """The addresses of public events, each on a line.

    An event that was never edited has changed last when it was made. The time of an edit that an earlier version
    applied is not known, and then none is better than a wrong one.
    """
    return "".join(
        f"<url><loc>{escape(site.event(event.id))}</loc>{_last_change(event)}</url>\n" for event in events
    ).encode()


def _last_change(event: Event) -> str:
    at_ms = event.edited_at or (event.created_at if event.version == 1 else 0)
    return f"<lastmod>{moment(at_ms):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at_ms else ""
