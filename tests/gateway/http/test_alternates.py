"""Heads name the other forms of a page, each of which the address in it answers."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from index_page import IndexServer, Page
from running_gateway import RunningGateway

from turnout_core.domain.moderation_changes import EventHidden

ServeGateway = Callable[..., Awaitable[RunningGateway]]
CALENDAR: Final = "text/calendar"
OEMBED: Final = "application/json+oembed"
FRAMED: Final = {"embed_origins": ("https://blog.example",)}


async def alternates(instance: RunningGateway, path: str, **headers: str) -> dict[str, tuple[str, str]]:
    """Title and path of each other form of a page, by media type."""
    answer = await instance.get(path, **headers)
    assert answer.status_code == 200, path
    links = [found for name, found in Page(answer.text).elements if name == "link" and found["rel"] == "alternate"]
    by_type = {
        str(each["type"]): (str(each["title"]), str(each["href"]).removeprefix(f"{instance.url}/")) for each in links
    }
    assert len(by_type) == len(links)
    return by_type


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize(("settings", "kind"), [({}, "link"), (FRAMED, "rich")])
async def test_an_event_is_a_calendar_file_and_shown_elsewhere(
    serve: ServeGateway, index: IndexServer, visibility: str, settings: dict[str, tuple[str]], kind: str
) -> None:
    instance = await serve(index_url=index.url, **settings)
    event = instance.writer.event(instance.writer.user("Ada"), 24, title='Jazz "&" more', visibility=visibility)
    await instance.append_and_wait()
    found = await alternates(instance, f"/events/{event}")
    assert {title for title, _ in found.values()} == {'Jazz "&" more'}
    calendar, oembed = [await instance.get(f"/{found[each][1]}") for each in (CALENDAR, OEMBED)]
    assert calendar.headers["content-type"].startswith(CALENDAR)
    assert f"URL:{instance.url}/events/{event}\r\n" in calendar.text
    answer = oembed.json()
    assert (answer["type"], answer["title"]) == (kind, 'Jazz "&" more')
    assert answer["thumbnail_url"].endswith(f"/{event}/card.png")
    without_address = await alternates(instance, f"/events/{event}", Host="not a host")
    assert without_address == {}


async def test_a_page_for_some_names_no_other_form(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url, **FRAMED)
    ada = instance.writer.user("Ada")
    private, hidden = instance.writer.event(ada, 24, visibility="private"), instance.writer.event(ada, 24)
    shared = instance.writer.event(ada, 24)
    instance.writer.commit(EventHidden(hidden))
    await instance.append_and_wait()
    own = {"Authorization": f"Bearer {instance.token(ada)}"}
    assert len(await alternates(instance, f"/events/{shared}", **own)) == 2
    for path in (f"/events/{private}", f"/events/{hidden}", f"/events/{shared}/edit", "/you", "/?when=mine"):
        assert await alternates(instance, path, **own) == {}


async def test_a_list_of_events_to_come_is_a_feed_and_a_frame(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url, **FRAMED)
    ada = instance.writer.user("Ada")
    tagged, other = instance.writer.event(ada, 24, tags=("b & c",)), instance.writer.event(ada, 24)
    await instance.append_and_wait()
    for path, shown, frame in (
        ("/", {tagged, other}, "/embed/events"),
        ("/?tag=b+%26+c", {tagged}, "/embed/events?tag=b%20%26%20c"),
    ):
        found = await alternates(instance, path)
        feed = await instance.get(f"/{found[CALENDAR][1]}")
        assert {each for each in (tagged, other) if f"/events/{each}\r\n" in feed.text} == shown
        oembed = (await instance.get(f"/{found[OEMBED][1]}")).json()
        assert f'src="{instance.url}{frame}"' in oembed["html"]
    assert await alternates(instance, "/?when=past") == {}


async def test_a_list_that_nobody_may_frame_is_a_feed(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    assert (await alternates(instance, "/")).keys() == {CALENDAR}
