"""Calendar files and the public feed over HTTP."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from calendar_readers import IcalJs, running_ical_js
from running_gateway import RunningGateway

from turnout_core.domain import limits
from turnout_core.domain.choice_changes import FeedSet, PreferencesSet
from turnout_core.domain.host_changes import CohostAdded
from turnout_core.domain.moderation_changes import EventHidden
from turnout_core.domain.preferences import Preferences
from turnout_gateway.http.calendar_responses import disposition

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@pytest.fixture(scope="module")
def ical_js() -> Iterator[IcalJs]:
    with running_ical_js() as reader:
        yield reader


def bearer(instance: RunningGateway, user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {instance.token(user)}"}


async def event_of(instance: RunningGateway, **details: Any) -> str:
    event = instance.writer.event(instance.writer.user("Olga"), **details)
    await instance.append_and_wait()
    return event


async def test_an_event_is_a_calendar_file(serve: ServeGateway, ical_js: IcalJs) -> None:
    instance = await serve(base_path="/turnout")
    event = await event_of(instance, title="Board games: ½ “night”", visibility="unlisted")
    answer = await instance.get(f"/api/events/{event}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="Board-games-1-2-night.ics"'
    assert answer.headers["turnout-position"] == str(instance.writer.state.position)
    assert answer.headers["last-modified"] == "Wed, 18 Nov 2026 11:06:40 GMT"
    (found,) = ical_js.read(answer.content)["events"]
    assert (found["uid"], found["summary"]) == (f"{event}@turnout", "Board games: ½ “night”")
    assert found["url"] == f"{instance.url}/turnout/events/{event}"


@pytest.mark.parametrize("path", ["/api/events/{}.ics", "/api/feeds/public.ics"])
async def test_a_client_that_has_the_file_does_not_get_it_again(serve: ServeGateway, path: str) -> None:
    instance = await serve()
    event = await event_of(instance)
    path = path.format(event)
    first = await instance.get(path)
    etag = first.headers["etag"]
    assert "no-cache" in first.headers["cache-control"]
    for tags in (etag, f'"other", {etag.removeprefix("W/")}', "*"):
        again = await instance.get(path, **{"If-None-Match": tags})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert again.headers["cache-control"] == first.headers["cache-control"]
    instance.writer.rename(instance.writer.state.events[event].organizer, "Olga Maria")
    await instance.append_and_wait()
    renamed = await instance.get(path, **{"If-None-Match": etag, "If-Modified-Since": first.headers["last-modified"]})
    assert renamed.status_code == 200
    assert b"Olga Maria" in renamed.content


async def test_head_has_the_headers_of_get(serve: ServeGateway) -> None:
    instance = await serve()
    event = await event_of(instance)
    async with httpx.AsyncClient(base_url=instance.url) as client:
        for path in (f"/api/events/{event}.ics", "/api/feeds/public.ics"):
            got, head = await client.get(path), await client.head(path)
            assert head.content == b""
            assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


async def test_an_absent_event_is_refused_as_on_its_page(serve: ServeGateway) -> None:
    instance = await serve()
    event = await event_of(instance, visibility="private")
    absent = await instance.get("/api/events/nonesuchaaaa")
    for path in (f"/api/events/{event}.ics", "/api/events/nonesuchaaaa.ics", "/api/events/a%3Fb.ics"):
        answer = await instance.get(path)
        assert (answer.status_code, answer.content) == (404, absent.content)
        assert answer.headers["cache-control"] == "no-store"


async def test_a_seat_brings_alarms_and_its_status(serve: ServeGateway, ical_js: IcalJs) -> None:
    instance = await serve()
    writer = instance.writer
    olga, conny, greta, wanda, stella = (writer.user(each) for each in ("Olga", "Conny", "Greta", "Wanda", "Stella"))
    event = writer.event(olga)
    writer.commit(CohostAdded(event, conny))
    writer.join(event, greta)
    writer.join(event, wanda, waits=True)
    await instance.append_and_wait()
    found = {}
    for user in (olga, conny, greta, wanda, stella):
        answer = await instance.get(f"/api/events/{event}.ics", **bearer(instance, user))
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["vary"] == "Cookie, Authorization"
        (read,) = ical_js.read(answer.content)["events"]
        found[user] = (read["status"], len(read["alarms"]))
    assert found == {
        olga: ("CONFIRMED", 2), conny: ("CONFIRMED", 2), greta: ("CONFIRMED", 2), wanda: ("TENTATIVE", 2),
        stella: ("CONFIRMED", 0),
    }  # fmt: skip


async def test_the_public_feed_has_the_coming_public_events(serve: ServeGateway, ical_js: IcalJs) -> None:
    instance = await serve()
    writer = instance.writer
    olga, greta = writer.user("Olga"), writer.user("Greta")
    later = writer.event(olga, 5, tags=("games", "music"))
    soon = writer.event(olga, 2, tags=("games",))
    cancelled = writer.event(olga, 3, tags=("music",))
    writer.cancel(cancelled)
    for visibility in ("unlisted", "private"):
        writer.event(olga, 2, tags=("games",), visibility=visibility)
    hidden, ended, deleted = (writer.event(olga, 2, tags=("games",)) for _ in range(3))
    writer.commit(EventHidden(hidden))
    writer.end(ended)
    writer.delete(deleted)
    writer.join(soon, greta)
    await instance.append_and_wait()
    for query, events, name in (
        ("", [soon, cancelled, later], "Turnout"),
        ("?tag=games", [soon, later], "Turnout: games"),
        ("?tag=%20GAMES", [soon, later], "Turnout: games"),
        ("?tag=none", [], "Turnout: none"),
    ):
        answer = await instance.get(f"/api/feeds/public.ics{query}", **bearer(instance, greta))
        found = ical_js.read(answer.content)
        assert [each["uid"] for each in found["events"]] == [f"{each}@turnout" for each in events]
        assert found["name"] == name
        assert "vary" not in answer.headers  # it is the same for everyone
        assert all(each["alarms"] == [] for each in found["events"])
    statuses = [
        each["status"] for each in ical_js.read((await instance.get("/api/feeds/public.ics")).content)["events"]
    ]
    assert statuses == ["CONFIRMED", "CANCELLED", "CONFIRMED"]


async def test_a_feed_is_bounded(serve: ServeGateway) -> None:
    instance = await serve()
    olga = instance.writer.user("Olga")
    for number in range(limits.FEED_EVENTS_MAX + 2):
        instance.writer.event(olga, 1 + number)
    await instance.append_and_wait()
    content = (await instance.get("/api/feeds/public.ics")).content
    assert content.count(b"BEGIN:VEVENT") == limits.FEED_EVENTS_MAX


@pytest.mark.parametrize("query", ["?tag=a&tag=b", "?tags=a", f"?tag={'a' * 30}", "?q=x"])
async def test_unknown_and_repeated_parameters_are_refused(serve: ServeGateway, query: str) -> None:
    instance = await serve()
    assert (await instance.get(f"/api/feeds/public.ics{query}")).status_code == 422


@pytest.mark.parametrize("host", ["", "a b", "user@host", "x" * 300, "host/path"])
async def test_a_host_that_is_none_gets_no_file(serve: ServeGateway, host: str) -> None:
    """The file has the addresses of pages."""
    instance = await serve()
    assert (await instance.get("/api/feeds/public.ics", host=host)).status_code in (400, 422)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Board games", 'attachment; filename="Board-games.ics"'),
        ("../../etc/passwd\r\nX: y", 'attachment; filename="etc-passwd-X-y.ics"'),
        ('a"; filename="b.exe', 'attachment; filename="a-filename-b-exe.ics"'),
        ("読書会", "attachment; filename=\"event.ics\"; filename*=UTF-8''%E8%AA%AD%E6%9B%B8%E4%BC%9A.ics"),
        ("Café", "attachment; filename=\"Cafe.ics\"; filename*=UTF-8''Caf%C3%A9.ics"),
        ("🎲", 'attachment; filename="event.ics"'),
        ("a" * 120, f'attachment; filename="{"a" * 60}.ics"'),
    ],
)
def test_the_name_of_a_download_is_safe(title: str, expected: str) -> None:
    assert disposition(title) == expected


async def test_the_own_feed_is_read_by_its_secret_alone(serve: ServeGateway, ical_js: IcalJs) -> None:
    instance = await serve()
    writer = instance.writer
    olga, greta = writer.user("Olga"), writer.user("Greta")
    going, waiting, other = (writer.event(olga, number, visibility="private") for number in range(3))
    writer.join(going, greta)
    writer.join(waiting, greta, waits=True)
    writer.commit(FeedSet(greta, 42), PreferencesSet(greta, Preferences(reminders=("day",))))
    await instance.append_and_wait()
    path = instance.identity.links.feed_path(greta, 42)
    answer = await instance.get(path)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "vary" not in answer.headers
    found = ical_js.read(answer.content)
    assert found["name"] == "Turnout"
    assert [(each["uid"], each["status"]) for each in found["events"]] == [
        (f"{going}@turnout", "CONFIRMED"), (f"{waiting}@turnout", "TENTATIVE"),
    ]  # fmt: skip
    assert [[alarm["seconds"] for alarm in each["alarms"]] for each in found["events"]] == [[-86400], [-86400]]
    assert (await instance.get(path, **{"If-None-Match": answer.headers["etag"]})).status_code == 304
    assert (await instance.get(path, **bearer(instance, olga))).content == answer.content  # a session adds nothing
    assert other.encode() not in answer.content


async def test_all_that_is_no_feed_is_refused_alike(serve: ServeGateway) -> None:
    instance = await serve()
    greta = instance.writer.user("Greta")
    instance.writer.commit(FeedSet(greta, 42))
    await instance.append_and_wait()
    path = instance.identity.links.feed_path(greta, 42)
    assert (await instance.get(path)).status_code == 200
    instance.writer.commit(FeedSet(greta, 43))
    await instance.append_and_wait()
    forged = f"{path.removesuffix('.ics')[:-1]}{'A' if path.removesuffix('.ics')[-1] != 'A' else 'B'}.ics"
    answers = [
        await instance.get(each)
        for each in (
            path,
            forged,
            "/api/feeds/x.ics",
            "/api/feeds/a.b.ics",
            f"/api/feeds/{greta}.ics",
            "/api/feeds/%00.ics",
        )
    ]
    assert {(each.status_code, each.content) for each in answers} == {(404, answers[0].content)}
    assert answers[0].json()["code"] == "feed-not-found"
