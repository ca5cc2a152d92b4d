"""All ways on which a gateway hands out events, read with the eyes of each viewer of the access table.

What a viewer must get comes from the table (``access_table``) and from docs/protocol.md, not from ``may``.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final, get_args

import httpx
import websockets
from access_table import SETTINGS, VIEWERS, Setting, allowed, changes_for, people, user_of
from running_gateway import RunningGateway

from turnout_core.domain.changes import Joining
from turnout_core.domain.choice_changes import FeedSet
from turnout_core.domain.moderation_changes import EventHidden
from turnout_core.domain.people_changes import SessionClosed

_JOININGS: Final = get_args(Joining)
EVENTS: Final = {
    f"t{number:03}".ljust(12, "a"): setting._replace(joining=_JOININGS[number % len(_JOININGS)])
    for number, setting in enumerate(each for each in SETTINGS if each.joining == "open")
}
"""One event for each setting that matters to readers; the ways of joining take turns."""
NO_EVENT: Final = "nonesuchaaaa"
END: Final = "tags?when=past"  # the last view that a link watches: its answer comes after all others
PARTS: Final = {"": "see", "/people?status=going": "see-people", "/desk": "see-desk"}
"""The views of one event, each with the action that it needs."""

_RELATED: Final = {
    "invited", "requested", "going", "waiting", "blocked", "co-host", "blocked-co-host", "organizer",
}  # fmt: skip
_TOLD: Final = _RELATED - {"invited"}
_NOT_IN_FEED: Final = {"invited", "requested"}
_GUESTS: Final = tuple(user_of(each) or "" for each in ("going", "waiting", "blocked"))
_PER_LINK: Final = 90  # watches
_PER_STREAM: Final = 20
_LISTED: Final = {event for event, setting in EVENTS.items() if setting.column == "public"}

Leaks = AsyncGenerator[str, None]
Way = Callable[[RunningGateway, str], Leaks]
"""Yields what a viewer gets and must not, or must get and does not."""


def commit_events(instance: RunningGateway) -> None:
    """Commits the users of the table, and an event for each setting.

    At first everyone sees the event, and all who have to do with it get a notice.
    """
    writer = instance.writer
    writer.commit(*people())
    for event, setting in EVENTS.items():
        at_first = setting._replace(visibility="public", is_hidden=False)
        writer.commit(*changes_for(at_first, event, tags=("quiet",)))
        writer.edit(event, place="Café")
        writer.edit(event, visibility=setting.visibility)
        if setting.is_hidden:
            writer.commit(EventHidden(event))


async def over_http(instance: RunningGateway, viewer: str) -> Leaks:
    """GET of each view and page, and the bytes of refusals."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        for part, action in (*PARTS.items(), ("/attendees", "see-people")):
            absent = await client.get(f"/api/events/{NO_EVENT}{part}")
            for event, setting in EVENTS.items():
                answer = await client.get(f"/api/events/{event}{part}")
                got = "" if answer.status_code == httpx.codes.OK else answer.json()["code"]
                expected = code(viewer, setting, action)
                if got != expected:
                    yield f"GET {part} of {setting}: {got!r}, not {expected!r}"
                if expected == "event-not-found" and _bytes(answer) != _bytes(absent):
                    yield f"GET {part} of {setting} differs from that of an event that does not exist"
                if not got and not part and setting.guest_list != "everyone" and _names(answer.text):
                    yield f"GET of {setting} has guests"


async def as_pages(instance: RunningGateway, viewer: str) -> Leaks:
    """The page of each event, and of its form: what a reader gets who may not see it is that of no event."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        absent = await client.get(f"/events/{NO_EVENT}")
        for event, setting in EVENTS.items():
            may_see = not code(viewer, setting, "see")
            for part in ("", "/edit"):
                answer = await client.get(f"/events/{event}{part}")
                if answer.status_code != (httpx.codes.OK if may_see else httpx.codes.NOT_FOUND):
                    yield f"page {part} of {setting}: {answer.status_code}"
                if not may_see and _bytes(answer) != _bytes(absent):
                    yield f"page {part} of {setting} differs from that of an event that does not exist"
                if setting.guest_list != "everyone" and _names(answer.text):
                    yield f"page {part} of {setting} has guests"
                is_for_all = not code("visitor", setting, "see")
                if may_see and (answer.headers["cache-control"] == "no-store") is is_for_all:
                    yield f"page {part} of {setting} may be stored: {is_for_all}"
                if (setting.column == "public") is not ("noindex" not in answer.text) and not part:
                    yield f"page of {setting}: search engines may list it, or may not"
        for page in ("/?tag=quiet", "/"):
            found = {event for event in EVENTS if event in (await client.get(page)).text}
            if found != _LISTED:
                yield f"{page}: {sorted(found ^ _LISTED)}"


async def over_websocket(instance: RunningGateway, viewer: str) -> Leaks:
    """A watch of each view."""
    asked = [(event, part) for part in PARTS for event in (NO_EVENT, *EVENTS)]
    for start in range(0, len(asked), _PER_LINK):
        async with websockets.connect(instance.live_url, additional_headers=headers(instance, viewer)) as socket:
            await socket.recv()
            for event, part in asked[start : start + _PER_LINK]:
                await socket.send(json.dumps({"type": "watch", "view": f"events/{event}{part}"}))
                message = str(await socket.recv())
                while '"patch"' in message:  # of an earlier view, whose number of viewers has changed
                    message = str(await socket.recv())
                for leak in _judge(viewer, event, part, message):
                    yield f"WebSocket: {leak}"


async def over_event_stream(instance: RunningGateway, viewer: str) -> Leaks:
    """A stream for every few views."""
    asked = [(event, part) for part in PARTS for event in (NO_EVENT, *EVENTS)]
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        for start in range(0, len(asked), _PER_STREAM):
            some = {f"events/{event}{part}": (event, part) for event, part in asked[start : start + _PER_STREAM]}
            async with client.stream("GET", "/api/live", params={"view": list(some)}) as stream:
                missing = len(some)
                async for line in stream.aiter_lines():
                    if not line.startswith("data: ") or '"hello"' in line or '"patch"' in line:
                        continue
                    data = line.removeprefix("data: ")
                    for leak in _judge(viewer, *some[json.loads(data)["view"]], data):
                        yield f"event stream: {leak}"
                    missing -= 1
                    if not missing:
                        break


async def in_lists(instance: RunningGateway, viewer: str) -> Leaks:
    """Lists, searches, tags and calendars, with their totals: the same for all viewers."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        for view in ("events?limit=500", "events?q=table&limit=500", "events?tag=quiet&limit=500"):
            answer = await client.get(f"/api/{view}")
            items = answer.json()["items"]
            found = {each["id"] for each in items if each["kind"] == "card"}
            total = next(each["total"] for each in items if each["kind"] == "list")
            if (found, total) != (_LISTED, len(_LISTED)):
                yield f"{view}: {sorted(found ^ _LISTED)}, {total} in all"
            if any(_names(json.dumps(each)) for each in items if each.get("guest_list")):
                yield f"{view} has guests of a restricted list"
        for view in ("calendar?month=2099-11", "calendar?month=2099-11&q=table", "tags"):
            totals = [each["total"] for each in (await client.get(f"/api/{view}")).json()["items"]]
            if totals != [len(_LISTED)]:
                yield f"{view} counts {totals}, not {len(_LISTED)}"


async def in_calendars(instance: RunningGateway, viewer: str) -> Leaks:
    """Calendar files of each event, and the public feed."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        absent = await client.get(f"/api/events/{NO_EVENT}.ics")
        for event, setting in EVENTS.items():
            answer = await client.get(f"/api/events/{event}.ics")
            got = "" if answer.status_code == httpx.codes.OK else answer.json()["code"]
            expected = code(viewer, setting, "see")
            if got != expected:
                yield f"calendar file of {setting}: {got!r}, not {expected!r}"
            if expected and _bytes(answer) != _bytes(absent):
                yield f"calendar file of {setting} differs from that of an event that does not exist"
            if _names(answer.text):
                yield f"calendar file of {setting} has guests"
        for feed in ("/api/feeds/public.ics", "/api/feeds/public.ics?tag=quiet"):
            found = events_in((await client.get(feed)).text)
            if found != _LISTED:
                yield f"{feed}: {sorted(found ^ _LISTED)}"


async def in_own_feed(instance: RunningGateway, viewer: str) -> Leaks:
    """The secret feed of the viewer, read by somebody without a session; and feeds that are none."""
    user = user_of(viewer)
    if user is None:
        return
    links = instance.identity.links
    instance.writer.commit(FeedSet(user, 7))
    await instance.append_and_wait()
    async with httpx.AsyncClient(base_url=instance.url) as client:
        found = events_in((await client.get(links.feed_path(user, 7))).text)
        visible = {event for event, setting in EVENTS.items() if "see" in allowed(viewer, setting)}
        expected = visible if viewer in _RELATED - _NOT_IN_FEED else set()
        if found != expected:
            yield f"own feed: {sorted(found ^ expected)}"
        for path in (links.feed_path(user, 8), links.feed_path("nonesuch", 7), f"/api/feeds/{user}.ics"):
            answer = await client.get(path)
            if answer.status_code != httpx.codes.NOT_FOUND or answer.json()["code"] != "feed-not-found":
                yield f"{path}: {answer.status_code}"


async def in_me(instance: RunningGateway, viewer: str) -> Leaks:
    """The viewer's own events, and the views for moderators."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        month = next(iter(instance.writer.state.events.values())).details.starts[:7]
        for view in ("me", "me?q=table", "me?when=upcoming", f"me/calendar?month={month}"):
            answer = await client.get(f"/api/{view}")
            if viewer == "visitor":
                if answer.json().get("code") != "signed-out":
                    yield f"{view} of a visitor: {answer.status_code}"
                continue
            found = {each["event"] for each in answer.json()["items"] if each["kind"] == "mine"}
            expected = {event for event, setting in EVENTS.items() if "see" in allowed(viewer, setting)}
            if viewer not in _RELATED:
                expected = set()
            if "calendar" in view:
                total = sum(each["total"] for each in answer.json()["items"])
                if total != len(expected):
                    yield f"{view}: {total} events, not {len(expected)}"
            elif found != expected:
                yield f"{view}: {sorted(found ^ expected)}"
        for view in ("moderation", "moderation/audit"):
            status = (await client.get(f"/api/{view}")).status_code
            expected_status = {"moderator": 200, "visitor": 401}.get(viewer, 403)
            if status != expected_status:
                yield f"{view}: {status}, not {expected_status}"


async def in_notices(instance: RunningGateway, viewer: str) -> Leaks:
    """The viewer's own notices: of events that they may see now."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        answer = await client.get("/api/me/notices")
        if viewer == "visitor":
            if answer.json().get("code") != "signed-out":
                yield f"notices of a visitor: {answer.status_code}"
            return
        items = answer.json()["items"]
        found = {each["event"] for each in items if each["kind"] == "notice"}
        expected = {event for event, setting in EVENTS.items() if "see" in allowed(viewer, setting)}
        if found != (expected if viewer in _TOLD else set()):
            yield f"notices: {sorted(found ^ expected)}"
        unread = next(each["unread"] for each in items if each["kind"] == "notices")
        if unread != len(found):
            yield f"notices: {unread} unread of {len(found)}"


async def after_the_session(instance: RunningGateway, viewer: str) -> Leaks:
    """A link whose session ends while it watches: from then on it has what a visitor has."""
    user = user_of(viewer)
    if user is None:
        return
    session = instance.writer.open_session(user)
    await instance.append_and_wait()
    bearer = {"Authorization": f"Bearer {instance.identity.token(user, session)}"}
    views = {f"events/{event}": code(viewer, setting, "see") for event, setting in EVENTS.items()}
    async with websockets.connect(instance.live_url, additional_headers=bearer) as socket:
        await socket.recv()
        for view in (*views, "me", "me/account", "me/notices"):
            await socket.send(json.dumps({"type": "watch", "view": view}))
        instance.writer.commit(SessionClosed(user, session))
        await instance.append_and_wait()
        await socket.send(json.dumps({"type": "watch", "view": END}))
        ended = set()
        while (message := json.loads(await socket.recv()))["view"] != END:
            if message["type"] == "fail":
                ended.add(message["view"])
    kept = {*views, "me", "me/account", "me/notices"} - ended
    for view in kept - {f"events/{event}" for event, setting in EVENTS.items() if not code("visitor", setting, "see")}:
        yield f"{view} goes on after the end of the session"
    async with httpx.AsyncClient(base_url=instance.url, headers=bearer) as client:
        for view, expected in (*((each, "event-not-found") for each in views if each in ended), ("me", "signed-out")):
            answer = await client.get(f"/api/{view}")
            if answer.json().get("code") != expected:
                yield f"GET {view} after the end of the session: {answer.status_code}"


async def on_other_sites(instance: RunningGateway, viewer: str) -> Leaks:
    """The pictures of events, and their frames: all viewers get what a visitor may see."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        for address in ("/events/{}/card.png", f"/api/oembed?url={instance.url}/events/{{}}"):
            absent = await client.get(address.format(NO_EVENT))
            for event, setting in EVENTS.items():
                answer = await client.get(address.format(event))
                if code("visitor", setting, "see"):
                    if _bytes(answer) != _bytes(absent):
                        yield f"GET {address} of {setting} differs from that of an event that does not exist"
                elif answer.status_code != httpx.codes.OK:
                    yield f"GET {address} of {setting}: {answer.status_code}"


WAYS: Final[tuple[Way, ...]] = (
    over_http, as_pages, over_websocket, over_event_stream, in_lists, in_calendars, in_own_feed, in_me, in_notices,
    after_the_session, on_other_sites,
)  # fmt: skip


async def leaks_of(instance: RunningGateway, way: Way) -> Leaks:
    """The leaks of one way, to all viewers."""
    for viewer in VIEWERS:
        async for leak in way(instance, viewer):
            yield f"{viewer}: {leak}"


def events_in(calendar: str) -> set[str]:
    """The ids of the events in a calendar file."""
    return set(re.findall(r"^UID:(\S+)@turnout$", calendar.replace("\r\n", "\n"), re.MULTILINE))


def headers(instance: RunningGateway, viewer: str) -> dict[str, str]:
    """The headers of a request of the viewer."""
    user = user_of(viewer)
    return {} if user is None else {"Authorization": f"Bearer {instance.token(user)}"}


def code(viewer: str, setting: Setting | None, action: str) -> str:
    """The code of the refusal that the viewer must get; empty if there is none."""
    granted = allowed(viewer, setting) if setting is not None else ()
    if "see" not in granted:
        return "event-not-found"
    return "" if action in granted else "not-permitted"


def _judge(viewer: str, event: str, part: str, message: str) -> list[str]:
    """The leaks in the first message of a view."""
    setting = EVENTS.get(event)
    found: dict[str, Any] = json.loads(message)
    got, expected = found.get("code", ""), code(viewer, setting, PARTS[part])
    leaks = [] if got == expected else [f"{part} of {setting}: {got!r}, not {expected!r}"]
    if expected == "event-not-found" and set(found) != {"type", "view", "code", "detail"}:
        leaks.append(f"{part} of {setting} says more than that of an event that does not exist")
    if not got and not part and setting is not None and setting.guest_list != "everyone" and _names(message):
        leaks.append(f"{part} of {setting} has guests")
    return leaks


def _names(text: str) -> list[str]:
    return [each for each in _GUESTS if each in text]


def _bytes(answer: httpx.Response) -> tuple[Any, ...]:
    return answer.status_code, [each for each in answer.headers.multi_items() if each[0] != "date"], answer.content
