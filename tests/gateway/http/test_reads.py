"""Reads over HTTP return the same bytes as a WebSocket, with their position, or a problem document."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest
import websockets
from running_gateway import RunningGateway
from waiting import until

from turnout_core.domain.host_changes import NoteSet
from turnout_core.domain.moderation_changes import Audited, ModeratorAdded
from turnout_core.protocol.items import AttendeeItem
from turnout_core.protocol.messages import Snapshot
from turnout_gateway.views.attendee_pages import AttendeesPage

ServeGateway = Callable[..., Awaitable[RunningGateway]]


async def test_get_and_watch_return_the_same_bytes(serve: ServeGateway) -> None:
    instance = await serve()
    ada = instance.writer.user("Ada")
    event = instance.writer.event(ada)
    instance.writer.join(event, ada)
    instance.writer.event(ada, -5)
    instance.writer.commit(
        ModeratorAdded(ada, "command"), NoteSet(event, ada, "late"), Audited(ada, "hide", "event", event, "x", "y")
    )
    await instance.append_and_wait()
    bearer = {"Authorization": f"Bearer {instance.token(ada)}"}
    async with websockets.connect(instance.live_url, additional_headers=bearer) as socket:
        await socket.recv()
        for address in (
            "events?when=upcoming",
            "events?when=past",
            "events?q=board+games",
            "events?when=upcoming&after=-1&limit=7",
            "calendar?month=2026-11",
            "tags?when=upcoming",
            f"events/{event}/people?status=going",
            "me",
            "me?q=board",
            "me?when=past",
            "me/calendar?month=2026-12",
            "me/tags",
            "me/account",
            "me/notices",
            f"events/{event}/desk",
            "moderation",
            "moderation/audit",
        ):
            await socket.send(json.dumps({"type": "watch", "view": address}))
            watched = await socket.recv(decode=False)
            answer = await instance.get(f"/api/{address}", **bearer)
            assert answer.status_code == 200
            assert (answer.content, answer.headers["Turnout-Position"]) == (
                watched,
                str(instance.writer.state.position),
            )
            msgspec.json.decode(answer.content, type=Snapshot)


async def test_one_event_and_the_pages_of_its_attendees(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    users = [instance.writer.user() for _ in range(230)]
    for number, user in enumerate(users):
        instance.writer.join(event, user, waits=number % 2 == 1)
    await instance.append_and_wait()
    snapshot = msgspec.json.decode((await instance.get(f"/api/events/{event}")).content, type=Snapshot)
    assert sum(isinstance(item, AttendeeItem) for item in snapshot.items) == 200
    seen: list[str] = []
    path = f"/api/events/{event}/attendees?status=waitlisted&limit=50"
    after: int | None = 0
    while after is not None:
        answer = msgspec.json.decode((await instance.get(f"{path}&after={after}")).content, type=AttendeesPage)
        seen += [item.user.id for item in answer.items]
        after = answer.next
    assert seen == users[1::2]


async def test_a_read_waits_for_the_position_of_a_write(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    waiting = asyncio.create_task(instance.get(f"/api/events/{event}?at_least={instance.writer.state.position}"))
    await until(lambda: bool(instance.gateway.follower._waiters._waiting))
    await instance.append_and_wait()
    answer = await waiting
    assert (answer.status_code, answer.headers["Turnout-Position"]) == (200, str(instance.writer.state.position))


@pytest.mark.parametrize("position", ["test-99", "other-1"])
async def test_an_unreached_position_is_unavailable(serve: ServeGateway, position: str) -> None:
    instance = await serve()
    answer = await instance.get(f"/api/events?at_least={position}")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")
    assert answer.headers["Turnout-Position"] == str(instance.writer.state.position)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/events/nope", 404, "event-not-found"),
        ("/api/events/nope/attendees", 404, "event-not-found"),
        ("/api/events/%F0%9F%92%A3", 404, "event-not-found"),
        ("/api/me", 401, "signed-out"),
        ("/api/me?q=a", 401, "signed-out"),
        ("/api/me?page=2", 422, "invalid"),
        ("/api/events?after=1&before=1", 422, "invalid"),
        ("/api/events?after=soon", 422, "invalid"),
        ("/api/calendar", 422, "invalid"),
        ("/api/calendar?month=2026-13", 422, "invalid"),
        ("/api/calendar?month=2026-12&zone=Mars", 422, "invalid"),
        ("/api/tags?limit=101", 422, "invalid"),
        ("/api/events/nope/people", 404, "event-not-found"),
        ("/api/events/nope/people?status=gone", 422, "invalid"),
        ("/api/events/nope/people?after=" + "9" * 400, 422, "invalid"),
        ("/api/events/nope%3Fa/people", 404, "event-not-found"),
        ("/api/events?when=soon", 422, "invalid"),
        ("/api/events?limit=0", 422, "invalid"),
        ("/api/events?limit=501", 422, "invalid"),
        ("/api/events?limit=NaN", 422, "invalid"),
        ("/api/events?page=2", 422, "invalid"),
        ("/api/events?q=" + "x" * 101, 422, "invalid"),
        ("/api/events?q=%ff", 422, "invalid"),
        ("/api/events?at_least=now", 422, "invalid"),
        ("/api/events/nope/attendees?status=gone", 422, "invalid"),
        ("/api/events/nope%3Fwhen=past", 404, "event-not-found"),
        ("/api/events/" + "x" * 3_000, 404, "event-not-found"),
        ("/api/live", 422, "invalid"),
    ],
)
async def test_a_refused_read_returns_a_problem_document(
    serve: ServeGateway, path: str, status: int, code: str
) -> None:
    instance = await serve()
    answer = await instance.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Turnout-Position"] == str(instance.writer.state.position)


async def test_head_and_other_methods_return_the_headers_of_get(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    position = str(instance.writer.state.position)
    async with httpx.AsyncClient(base_url=instance.url) as client:
        for path in ("/api/events", f"/api/events/{event}", f"/api/events/{event}/attendees", "/api/events?when=past"):
            head, get = await client.head(path), await client.get(path)
            assert (head.status_code, head.content) == (200, b"")
            for header in ("Content-Length", "Content-Type", "Turnout-Position"):
                assert head.headers[header] == get.headers[header]
        for method, path, status, allowed in (
            ("HEAD", "/api/events/nope", 404, None),
            ("HEAD", "/api/nothing", 404, None),
            ("PUT", "/api/events", 405, "GET, HEAD"),
            ("PUT", "/api/live", 405, "GET"),
            ("HEAD", "/api/live?view=events", 405, "GET"),
        ):
            answer = await client.request(method, path)
            found = (answer.status_code, answer.headers.get("Allow"), answer.headers["Turnout-Position"])
            assert (method, path, *found) == (method, path, status, allowed, position)


async def test_reads_are_unavailable_before_the_replica_is_loaded(serve: ServeGateway) -> None:
    instance = await serve(ready=False)
    for path in (
        "/api/events",
        "/api/me",
        "/api/events/x",
        "/api/events/x/attendees",
        "/readyz",
        "/api/live?view=events",
    ):
        answer = await instance.get(path)
        assert (path, answer.status_code, answer.json()["code"]) == (path, 503, "unavailable")
    with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
        async with websockets.connect(instance.live_url):
            pass
    assert refusal.value.response.status_code == 503
    assert (await instance.get("/healthz")).status_code == 200
    instance.journal.is_unreachable = False
    await until(instance.gateway.is_ready)
    assert (await instance.get("/api/events")).status_code == 200


async def test_an_event_that_ended_moves_from_upcoming_to_past(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user(), 0)
    await instance.append_and_wait()
    async with websockets.connect(instance.live_url) as socket:
        await socket.recv()
        await socket.send('{"type":"watch","view":"events"}')
        assert f"card:{event}" in str(await socket.recv())
        instance.writer.end(event)
        await instance.append_and_wait()
        message = json.loads(await asyncio.wait_for(socket.recv(), 10))
    assert (message["type"], message["remove"]) == ("patch", [f"card:{event}"])
    assert f"card:{event}" in (await instance.get("/api/events?when=past")).text


async def test_metrics_count_clients_frames_and_commits(serve: ServeGateway) -> None:
    instance = await serve()
    async with websockets.connect(instance.live_url) as socket:
        await socket.recv()
        await socket.send('{"type":"watch","view":"events"}')
        await socket.recv()
        instance.writer.event(instance.writer.user())
        await instance.append_and_wait()
        await socket.recv()
        text = (await instance.get("/metrics")).text
    for line in (
        "turnout_gateway_clients 1.0",
        "turnout_gateway_views 1.0",
        "turnout_gateway_ready 1.0",
        "turnout_gateway_frames_total 3.0",
        "turnout_gateway_position 2.0",
        "turnout_gateway_position_lag 0.0",
        'turnout_gateway_resumes_total{by="patch"} 0.0',
        "turnout_gateway_patch_lag_seconds_count 1.0",
    ):
        assert line in text, f"{line} is not in:\n{text}"


async def test_openapi_describes_the_reads(serve: ServeGateway) -> None:
    instance = await serve()
    document = (await instance.get("/openapi.json")).json()
    operations = {
        operation["operationId"]: (path, set(operation["responses"]))
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }
    assert operations["list_events"] == ("/api/events", {"200", "422", "503"})
    assert operations["get_event"] == ("/api/events/{event}", {"200", "404", "422", "503"})
    assert operations["list_attendees"] == ("/api/events/{event}/attendees", {"200", "403", "404", "422", "503"})
    assert operations["get_desk"] == ("/api/events/{event}/desk", {"200", "403", "404", "422", "503"})
    assert operations["get_account"] == ("/api/me/account", {"200", "401", "422", "503"})
    assert operations["list_notices"] == ("/api/me/notices", {"200", "401", "422", "503"})
    assert operations["list_reports"] == ("/api/moderation", {"200", "401", "403", "422", "503"})
    assert operations["list_audit"] == ("/api/moderation/audit", {"200", "401", "403", "422", "503"})
    assert operations["get_my_calendar"] == ("/api/me/calendar", {"200", "401", "422", "503"})
    assert operations["list_my_tags"] == ("/api/me/tags", {"200", "401", "422", "503"})
    assert operations["get_me"] == ("/api/me", {"200", "401", "422", "503"})
    listed = document["paths"]["/api/events"]["get"]
    assert [each["name"] for each in listed["parameters"]] == [
        *("when", "q", "tag", "after", "before", "limit", "at_least")
    ]
    assert operations["get_calendar"] == ("/api/calendar", {"200", "422", "503"})
    assert operations["list_tags"] == ("/api/tags", {"200", "422", "503"})
    assert operations["list_people"] == ("/api/events/{event}/people", {"200", "403", "404", "422", "503"})
    assert {"Snapshot", "Patch", "Hello", "Fail", "Beat", "Bye", "Watch", "Problem"} <= set(
        document["components"]["schemas"]
    )
