"""All ways on which a gateway hands out events, read with the eyes of each viewer of the access table.

What a viewer must get comes from the table (``access_table``) and from docs/protocol.md, not from ``may``.
"""

import json
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final, get_args

import httpx
import websockets
from access_table import SETTINGS, VIEWERS, Setting, allowed, changes_for, people, user_of
from running_gateway import RunningGateway

from turnout_core.domain.changes import Joining
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


async def in_me(instance: RunningGateway, viewer: str) -> Leaks:
    """The viewer's own events, and the views for moderators."""
    async with httpx.AsyncClient(base_url=instance.url, headers=headers(instance, viewer)) as client:
        for view in ("me", "me?q=table"):
            answer = await client.get(f"/api/{view}")
            if viewer == "visitor":
                if answer.json().get("code") != "signed-out":
                    yield f"{view} of a visitor: {answer.status_code}"
                continue
            found = {each["event"] for each in answer.json()["items"] if each["kind"] == "mine"}
            expected = {event for event, setting in EVENTS.items() if "see" in allowed(viewer, setting)}
            if found != (expected if viewer in _RELATED else set()):
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


WAYS: Final[tuple[Way, ...]] = (
    over_http,
    over_websocket,
    over_event_stream,
    in_lists,
    in_me,
    in_notices,
    after_the_session,
)


async def leaks_of(instance: RunningGateway, way: Way) -> Leaks:
    """The leaks of one way, to all viewers."""
    for viewer in VIEWERS:
        async for leak in way(instance, viewer):
            yield f"{viewer}: {leak}"


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
