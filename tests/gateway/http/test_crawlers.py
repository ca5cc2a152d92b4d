"""Crawlers find every public event that is not over, and nothing else."""

from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

from fake_writer import HOUR_MS
from index_page import IndexServer
from running_gateway import RunningGateway

from turnout_core.domain.moderation_changes import EventHidden
from turnout_gateway.http.crawlers import Sitemap
from turnout_gateway.pages.site import Site

ServeGateway = Callable[..., Awaitable[RunningGateway]]
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


async def test_the_sitemap_has_the_public_events_to_come(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url, base_path="/below")
    writer, ada = instance.writer, instance.writer.user("Ada")
    public, edited, former, cancelled = (writer.event(ada, 24) for _ in range(4))
    writer.now_ms += HOUR_MS
    writer.join(public, ada)
    for event in (edited, former):
        writer.edit(event, title="Another")
    writer.cancel(cancelled)
    writer.event(ada, 24, visibility="unlisted")
    writer.event(ada, 24, visibility="private")
    writer.end(writer.event(ada, -5))
    writer.commit(EventHidden(writer.event(ada, 24)))
    await instance.append_and_wait()
    state = instance.gateway.views.state
    assert state is not None
    state.events[former].edited_at = 0  # as an earlier version left it
    answer = await instance.get("/sitemap.xml", Host="events.example")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    urls = ET.fromstring(answer.content).findall("s:url", NAMES)
    found = {url.findtext("s:loc", None, NAMES): url.findtext("s:lastmod", None, NAMES) for url in urls}
    address = "http://events.example/below/events/"
    assert found == {
        f"{address}{public}": "2026-11-18T11:06:40Z",
        f"{address}{edited}": "2026-11-18T12:06:40Z",
        f"{address}{former}": None,
        f"{address}{cancelled}": "2026-11-18T12:06:40Z",
    }
    again = await instance.get("/sitemap.xml", Host="events.example", **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_crawlers_read_pages_and_find_the_sitemap(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    answer = await instance.get("/robots.txt", Host="events.example")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "User-agent: *\nDisallow: /api/\nSitemap: http://events.example/sitemap.xml\n"
    assert "Sitemap" not in (await instance.get("/robots.txt", Host="not a host")).text


async def test_a_sitemap_is_made_once_a_minute(serve: ServeGateway) -> None:
    now_s = 0.0
    instance = await serve()
    ada = instance.writer.user("Ada")
    instance.writer.event(ada, 24)
    await instance.append_and_wait()
    sitemap, site = Sitemap(instance.gateway, lambda: now_s), Site("https://events.example")
    first = await sitemap.find(site)
    instance.writer.event(ada, 24)
    await instance.append_and_wait()
    assert await sitemap.find(site) is first
    assert await sitemap.find(Site("https://other.example")) is not first
    now_s = 61.0
    assert (await sitemap.find(site)).body.count(b"<loc>") == 2
