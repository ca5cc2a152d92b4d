"""``GET /api/oembed``: how other sites show pages of this one."""

from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from running_gateway import RunningGateway

ServeGateway = Callable[..., Awaitable[RunningGateway]]
FRAMED = {"embed_origins": ("https://blog.example",)}


async def ask(instance: RunningGateway, url: str, more: str = "", **headers: str) -> Any:
    answer = await instance.get(f"/api/oembed?url={quote(url, safe='')}{more}", **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def attributes(html: str) -> dict[str, str | None]:
    """The attributes of the only tag."""
    found: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, attrs))

    Parser().feed(html)
    ((tag, attrs),) = found
    assert tag == "iframe"
    return dict(attrs)


async def test_a_page_of_an_event_becomes_a_frame(serve: ServeGateway) -> None:
    instance = await serve(**FRAMED)
    title = '"><script>alert(1)</script>'
    event = instance.writer.event(instance.writer.user(), title=title)
    await instance.append_and_wait()
    for address in (f"/events/{event}", f"/e/{event}", f"/embed/events/{event}", f"/events/{event}?tag=x#top"):
        found = await ask(instance, instance.url + address)
        assert (found["type"], found["version"], found["title"]) == ("rich", "1.0", title)
        frame = attributes(found["html"])
        assert frame["src"] == f"{instance.url}/embed/events/{event}"
        assert frame["title"] == title
        assert (frame["width"], frame["height"]) == (str(found["width"]), str(found["height"]))
        assert found["thumbnail_url"] == f"{instance.url}/events/{event}/card.png"
        assert found["provider_url"] == f"{instance.url}/"


async def test_a_list_becomes_a_frame(serve: ServeGateway) -> None:
    instance = await serve(**FRAMED)
    found = await ask(instance, f"{instance.url}/?tag=board%20games%26q%3D1&when=past")
    assert attributes(found["html"])["src"] == f"{instance.url}/embed/events?tag=board%20games%26q%3D1"
    assert "thumbnail_url" not in found
    assert attributes((await ask(instance, instance.url))["html"])["src"] == f"{instance.url}/embed/events"


async def test_without_frames_a_page_is_a_link_with_a_picture(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user(), title="Board games")
    await instance.append_and_wait()
    found = await ask(instance, f"{instance.url}/events/{event}")
    assert (found["type"], found["thumbnail_width"], found["thumbnail_height"]) == ("link", 1200, 630)
    assert not {"html", "width", "height"} & set(found)


async def test_a_frame_fits_the_room(serve: ServeGateway) -> None:
    instance = await serve(**FRAMED)
    found = await ask(instance, instance.url, "&maxwidth=400&maxheight=200&format=json")
    assert (found["width"], found["height"]) == (400, 200)
    assert (await ask(instance, instance.url, "&maxwidth=1&maxheight=10000"))["width"] == 160


async def test_behind_a_proxy_the_address_of_the_site_counts(serve: ServeGateway) -> None:
    instance = await serve(**FRAMED, base_path="/turnout", origins=("https://other.example",))
    for site in ("https://events.example", "https://other.example"):
        found = await ask(instance, f"{site}/turnout/?tag=x", Host="events.example")
        assert attributes(found["html"])["src"] == f"{site}/turnout/embed/events?tag=x"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/events/{event}", "{site}/events/nonesuchaaaa", "{site}/events/{private}", "{site}/you",
        "{site}/events/{event}/edit", "javascript:alert(1)", "", "http://[", "//x",
        "{site}@evil.example/events/{event}",
    ],
)  # fmt: skip
async def test_other_addresses_have_no_frame(serve: ServeGateway, url: str) -> None:
    instance = await serve(**FRAMED, origins=("*",))
    user = instance.writer.user()
    event, private = instance.writer.event(user), instance.writer.event(user, visibility="private")
    await instance.append_and_wait()
    address = url.format(site=instance.url, event=event, private=private)
    answer = await instance.get(f"/api/oembed?url={quote(address, safe='')}")
    assert (answer.status_code, answer.json()["code"]) == (404, "event-not-found")


async def test_other_formats_are_not_implemented(serve: ServeGateway) -> None:
    instance = await serve()
    assert (await instance.get(f"/api/oembed?url={quote(instance.url)}&format=xml")).status_code == 501
