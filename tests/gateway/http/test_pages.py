"""Pages: what they show and say about themselves, to whom, and how long they hold."""

import gzip
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
from fake_writer import HOUR_MS, START_MS
from index_page import IndexServer, Page
from running_gateway import RunningGateway

from turnout_core.domain.changes import EventDeleted
from turnout_core.domain.moderation_changes import EventHidden
from turnout_core.web.security_headers import API, PAGE

ServeGateway = Callable[..., Awaitable[RunningGateway]]
HOSTILE = '</script><img src=x onerror=alert(1)> "a" & <!-- <b>'


async def page_of(instance: RunningGateway, path: str, **headers: str) -> Page:
    answer = await instance.get(path, **headers)
    assert answer.status_code == 200, path
    return Page(answer.text)


async def test_the_page_of_an_event_shows_it_without_javascript(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    writer, ada = instance.writer, instance.writer.user("Ada")
    event = writer.event(
        ada, 24, title="Jazz night", place="The Depot", capacity=24, tags=("jazz",),
        description="Come early.\n\nOr late.", starts="2026-11-27T19:30", ends="2026-11-27T21:30",
    )  # fmt: skip
    writer.join(event, writer.user("Grace"), 2)
    await instance.append_and_wait()
    page = await page_of(instance, f"/events/{event}", Host="events.example", **{"X-Forwarded-Proto": "https"})
    url = f"https://events.example/events/{event}"
    assert page.title == "Jazz night · Turnout"
    for word in (
        "Jazz night",
        "Friday 27 November",
        "19:30 \u2013 21:30",
        "The Depot",
        "by Ada",
        "2 of 24 going",
        "Or late.",
    ):
        assert word in page.text
    assert "Grace" not in page.text
    summary = page.meta["description"]
    assert summary.startswith("Friday 27 November 2026, 19:30")
    assert summary.endswith("The Depot · 2 of 24 going. Come early. Or late.")
    assert page.links["canonical"] == [url]
    assert page.links["modulepreload"]
    assert {name: page.meta[name] for name in page.meta if name.startswith(("og:", "twitter:"))} == {
        "og:type": "website", "og:site_name": "Turnout", "og:title": "Jazz night", "og:description": summary,
        "og:url": url, "og:image": f"{url}/card.png", "og:image:width": "1200", "og:image:height": "630",
        "og:image:alt": "Jazz night", "twitter:card": "summary_large_image", "twitter:title": "Jazz night",
        "twitter:description": summary, "twitter:image": f"{url}/card.png",
    }  # fmt: skip
    assert "robots" not in page.meta
    machines = page.blocks["application/ld+json"]
    assert (machines["@type"], machines["name"], machines["url"]) == ("Event", "Jazz night", url)
    assert machines["location"] == {"@type": "Place", "name": "The Depot", "address": "The Depot"}
    assert (machines["maximumAttendeeCapacity"], machines["remainingAttendeeCapacity"]) == (24, 22)
    assert machines["eventStatus"].endswith("/EventScheduled")
    assert page.blocks["application/json"] == (await instance.get(f"/api/events/{event}")).json()


async def test_a_list_shows_its_cards_without_javascript(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    ada = instance.writer.user("Ada")
    events = [instance.writer.event(ada, 24 + hour, title=f"Event {hour}", tags=("jazz",)) for hour in range(40)]
    instance.writer.end(instance.writer.event(ada, -5, title="Long ago"))
    instance.writer.event(ada, 5, title="With the link", visibility="unlisted")
    await instance.append_and_wait()
    page = await page_of(instance, "/", Host="events.example")
    hrefs = [attributes.get("href") for name, attributes in page.elements if name == "a"]
    assert [each for each in events if f"events/{each}" in hrefs] == events[:30]
    assert (page.title, page.links["canonical"]) == ("Events · Turnout", ["http://events.example/"])
    for words in ("40 events", "Event 0", "by Ada", "10 more events"):
        assert words in page.text
    assert "With the link" not in page.text
    assert page.blocks["application/json"] == (await instance.get("/api/events?when=upcoming&limit=150")).json()
    tagged = await page_of(instance, "/?tag=jazz")
    assert (tagged.title, "40 events" in tagged.text, "robots" in tagged.meta) == (
        "jazz · Events · Turnout",
        True,
        False,
    )
    assert tagged.blocks["application/json"]["view"] == "events?when=upcoming&tag=jazz&limit=150"
    empty = await page_of(instance, "/?tag=opera")
    assert "No matches" in empty.text


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/new", "Create event"), ("/you", "You"), ("/moderation", "Moderation"), ("/sign-in", "Come back"),
        ("/notices", "Notices"), ("/privacy", "Privacy"),
        ("/?when=mine", "My events"), ("/?q=jazz", "Events"), ("/?from=2030-01-01", "Events"), ("/?tag=%00", "Events"),
    ],
)  # fmt: skip
async def test_pages_that_the_front_end_fills_are_found_by_no_search(
    serve: ServeGateway, index: IndexServer, path: str, title: str
) -> None:
    page = await page_of(await serve(index_url=index.url), path)
    assert (page.title.endswith(f"{title} · Turnout"), page.blocks) == (True, page.blocks)
    if "tag" not in path:
        assert (page.meta["robots"], page.blocks, "canonical" in page.links) == ("noindex", {}, False)


async def test_a_private_event_looks_like_one_that_does_not_exist(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    writer, ada = instance.writer, instance.writer.user("Ada")
    private = writer.event(ada, title="Secret", visibility="private")
    hidden, unlisted = writer.event(ada, title="Shut"), writer.event(ada, title="By link", visibility="unlisted")
    writer.commit(EventHidden(hidden))
    stranger = writer.user("Eve")
    await instance.append_and_wait()
    absent = await instance.get("/events/nonesuchaaaa")
    assert absent.status_code == 404
    assert Page(absent.text).title == "Not found · Turnout"
    eve = {"Authorization": f"Bearer {instance.token(stranger)}"}
    for event in (private, hidden, "a.b", "%F0%9F%92%A9"):
        for headers in ({}, eve):
            for part in ("", "/edit"):
                answer = await instance.get(f"/events/{event}{part}", **headers)
                assert (answer.status_code, answer.content) == (404, absent.content)
                assert without_date(answer) == without_date(absent)
    own = {"Authorization": f"Bearer {instance.token(ada)}"}
    for event, title in ((private, "Secret"), (hidden, "Shut")):
        answer = await instance.get(f"/events/{event}", **own)
        page = Page(answer.text)
        assert (answer.status_code, page.title) == (200, f"{title} · Turnout")
        assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)
        assert {"Cookie", "Authorization"} <= set(answer.headers["vary"].split(", "))
        assert page.meta["robots"] == "noindex"
        assert [each for each in page.meta if each.startswith(("og:", "twitter:"))] == []
        assert list(page.blocks) == ["application/json"]
    shared = await page_of(instance, f"/events/{unlisted}")
    assert (shared.meta["robots"], shared.meta["og:title"], list(shared.blocks)) == (
        "noindex",
        "By link",
        ["application/json"],
    )


async def test_a_deleted_event_is_gone_if_everyone_could_see_it(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    writer, ada = instance.writer, instance.writer.user("Ada")
    made = {each: writer.event(ada, 24, visibility=each) for each in ("public", "unlisted", "private")}
    withdrawn, hidden = writer.event(ada, 24), writer.event(ada, 24)
    writer.edit(withdrawn, visibility="private")
    writer.commit(EventHidden(hidden))
    await instance.append_and_wait()
    for event in (*made.values(), withdrawn, hidden):
        writer.commit(EventDeleted(event))
    await instance.append_and_wait()
    absent = await instance.get("/events/nonesuchaaaa")
    for event in (made["private"], withdrawn, hidden):
        answer = await instance.get(f"/events/{event}")
        assert (answer.status_code, answer.content) == (404, absent.content)
    for event in (made["public"], made["unlisted"]):
        answer = await instance.get(f"/events/{event}")
        assert (answer.status_code, "This event is gone" in Page(answer.text).text) == (410, True)
    assert (await instance.get(f"/events/{made['public']}/edit")).status_code == 410


async def test_a_page_is_the_same_for_everyone_and_is_sent_again_only_when_it_changed(
    serve: ServeGateway, index: IndexServer
) -> None:
    instance = await serve(index_url=index.url)
    writer, ada = instance.writer, instance.writer.user("Ada")
    event, other = writer.event(ada, 24), writer.event(ada, 48)
    await instance.append_and_wait()
    path, bearer = f"/events/{event}", {"Authorization": f"Bearer {instance.token(ada)}"}
    first, signed_in = await instance.get(path), await instance.get(path, **bearer)
    assert (first.content, first.headers["etag"]) == (signed_in.content, signed_in.headers["etag"])
    assert first.headers["cache-control"] == "no-cache"
    writer.join(other, ada)
    await instance.append_and_wait()
    again = await instance.get(path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    writer.join(event, ada)
    await instance.append_and_wait()
    changed = await instance.get(path, **{"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, Page(first.text).text != Page(changed.text).text) == (200, True)


async def test_an_event_that_lasts_all_day_has_days_and_no_hours(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    day = round(datetime(2026, 12, 4, 23, tzinfo=UTC).timestamp() * 1000)
    event = instance.writer.event(instance.writer.user("Ada"))
    instance.writer.edit(
        event, starts="2026-12-05T00:00", ends="2026-12-07T00:00", all_day=True,
        starts_at=day, ends_at=day + 48 * HOUR_MS,
    )  # fmt: skip
    await instance.append_and_wait()
    page = await page_of(instance, f"/events/{event}")
    assert "Saturday 5 \u2013 Sunday 6 December" in page.text
    assert ", all day" in page.text
    assert page.meta["description"].startswith("Saturday 5 \u2013 Sunday 6 December 2026, all day · ")
    machines = page.blocks["application/ld+json"]
    assert (machines["startDate"], machines["endDate"]) == ("2026-12-05", "2026-12-06")
    listed = await page_of(instance, "/")
    assert "Sat 5 \u2013 Sun 6 Dec" in listed.text
    for each in (page, listed):
        assert [attributes["datetime"] for name, attributes in each.elements if name == "time"] == ["2026-12-05"]
        assert "00:00" not in each.text
        assert "Vienna" not in each.text
    for now_ms, words in ((day + HOUR_MS, "Saturday 5 December"), (day + 30 * HOUR_MS, "Sunday 6 December")):
        instance.now_ms = now_ms
        listed = await page_of(instance, "/")
        assert words in listed.text
        assert "Happening now" not in listed.text


async def test_words_about_the_time_do_not_outlive_it(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    event = instance.writer.event(instance.writer.user("Ada"), 1)
    await instance.append_and_wait()
    assert "Ended" not in (await page_of(instance, f"/events/{event}")).text
    instance.now_ms = START_MS + 2 * HOUR_MS
    assert "Ended" in (await page_of(instance, f"/events/{event}")).text


async def test_hostile_texts_stay_texts(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    ada = instance.writer.user(HOSTILE[:40])
    event = instance.writer.event(ada, 24, title=HOSTILE, place=HOSTILE, description=HOSTILE, tags=(HOSTILE,))
    await instance.append_and_wait()
    for path in ("/", f"/events/{event}", "/?tag=%3C/script%3E%22"):
        page = await page_of(instance, path)
        assert page.scripts == ["./assets/index-abc.js"]
        assert [name for name, _ in page.elements if name in ("img", "b")] == []
    page = await page_of(instance, f"/events/{event}", Host='evil.example/"><script>')
    assert HOSTILE in page.text
    assert page.blocks["application/ld+json"]["name"] == page.meta["og:title"] == HOSTILE
    assert "canonical" not in page.links


async def test_pages_are_compressed_for_those_who_take_it(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(index_url=index.url)
    event = instance.writer.event(instance.writer.user("Ada"), 24)
    await instance.append_and_wait()
    async with httpx.AsyncClient(base_url=instance.url) as client:
        for coding, is_packed in (("gzip, br", True), ("identity", False), ("gzip;q=0", False), ("gzip; q=0.5", True)):
            request = client.build_request("GET", f"/events/{event}", headers={"Accept-Encoding": coding})
            answer = await client.send(request, stream=True)
            raw = b"".join([part async for part in answer.aiter_raw()])
            assert answer.headers.get("content-encoding") == ("gzip" if is_packed else None)
            assert answer.headers["content-length"] == str(len(raw))
            assert Page((gzip.decompress(raw) if is_packed else raw).decode()).title


async def test_other_addresses_have_a_page_for_people_and_the_api_keeps_its_problems(
    serve: ServeGateway, index: IndexServer
) -> None:
    instance = await serve(index_url=index.url)
    missing = await instance.get("/nowhere")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "We can't find this page" in Page(missing.text).text
    for path, expected in (("/nowhere", PAGE), ("/", PAGE), ("/api/nowhere", API)):
        answer = await instance.get(path)
        assert {name: answer.headers.get_list(name) for name in expected} == {
            name: [value] for name, value in expected.items()
        }
    assert (await instance.get("/api/nowhere")).json()["status"] == 404
    assert (await instance.get("/readyz")).status_code == 200
    async with httpx.AsyncClient(base_url=instance.url) as client:
        head = await client.head("/")
        assert (head.status_code, head.content, int(head.headers["content-length"]) > 0) == (200, b"", True)
        assert (await client.post("/")).status_code in (404, 405)


async def test_pages_follow_the_index_of_the_edge(serve: ServeGateway, index: IndexServer) -> None:
    """A request names the version of the edge: a page never refers to assets which that edge does not have."""
    instance = await serve(index_url=index.url)
    assert "index-abc" in (await instance.get("/you", **{"Turnout-Index": "1"})).text
    for _ in range(3):
        await instance.get("/you", **{"Turnout-Index": "1"})
    assert index.requests == 1
    index.text, index.version = index.text.replace("index-abc", "index-def"), "2"
    assert "index-def" in (await instance.get("/you", **{"Turnout-Index": "2"})).text
    assert (await instance.get("/you", **{"Turnout-Index": "3"})).status_code == 503


async def test_without_an_index_there_are_no_pages(serve: ServeGateway, index: IndexServer) -> None:
    index.status = 500
    answer = await (await serve(index_url=index.url)).get("/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await (await serve()).get("/")).status_code == 404


async def test_a_gateway_without_a_state_sends_the_plain_page(serve: ServeGateway, index: IndexServer) -> None:
    instance = await serve(ready=False, index_url=index.url)
    page = await page_of(instance, "/events/abc")
    assert (page.title, page.blocks) == ("Turnout", {})


def without_date(answer: httpx.Response) -> list[tuple[str, str]]:
    return [each for each in answer.headers.multi_items() if each[0] != "date"]
