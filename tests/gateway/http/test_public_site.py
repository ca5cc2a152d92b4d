"""``TURNOUT_URL`` is the address of the site wherever a gateway writes it, whatever a request says."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

from index_page import IndexServer, Page
from running_gateway import RunningGateway

ServeGateway = Callable[..., Awaitable[RunningGateway]]
SITE: Final = "https://events.example/turnout"


async def test_addresses_begin_with_the_setting(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url, base_path="/turnout", url=SITE)
    event = instance.writer.event(instance.writer.user("Ada"), 24)
    await instance.append_and_wait()
    for host in ("10.0.0.7:8002", "not a host"):

        async def read(path: str, host: str = host) -> str:
            answer = await instance.get(path, Host=host)
            assert answer.status_code == 200, path
            return answer.text

        page = Page(await read(f"/events/{event}"))
        assert page.links["canonical"] == [f"{SITE}/events/{event}"]
        assert page.meta["og:image"] == f"{SITE}/events/{event}/card.png"
        assert f"Sitemap: {SITE}/sitemap.xml" in await read("/robots.txt")
        assert f"<loc>{SITE}/events/{event}</loc>" in await read("/sitemap.xml")
        for calendar in (f"/api/events/{event}.ics", "/api/feeds/public.ics"):
            assert f"URL:{SITE}/events/{event}\r\n" in await read(calendar)


async def test_other_sites_may_ask_about_pages_below_the_setting(serve: ServeGateway) -> None:
    instance = await serve(base_path="/turnout", url=SITE)
    event = instance.writer.event(instance.writer.user("Ada"), 24)
    await instance.append_and_wait()
    path = f"/api/oembed?url={quote(f'{SITE}/events/{event}', safe='')}"
    found = await instance.get(path, Host="10.0.0.7:8002")
    assert (found.status_code, found.json()["provider_url"]) == (200, f"{SITE}/")


async def test_without_the_setting_a_calendar_needs_a_host(serve: ServeGateway) -> None:
    instance = await serve()
    assert (await instance.get("/api/feeds/public.ics", Host="not a host")).status_code == 422
