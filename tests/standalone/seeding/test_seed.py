"""Seeding through the real API: the plan, retries, and runs that continue."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from stored_journal import follow_to_end
from typer.testing import CliRunner
from waiting import until

from turnout.cli import app as turnout
from turnout.seeding.api import Api, SeedError
from turnout.seeding.instance import fill, key_prefix
from turnout.seeding.plan import make_plan
from turnout_command.app import CommandService, create_app
from turnout_command.settings import Settings
from turnout_core.domain.commands import EventDraft, PartyBody, SessionBody
from turnout_core.domain.state import State
from turnout_core.runtime.valkey_client import connect

PEOPLE, EVENTS, SEED = 25, 8, 7
TODAY = datetime.now(UTC).date()


@asynccontextmanager
async def running_service(valkey_url: str) -> AsyncIterator[httpx.ASGITransport]:
    """Runs the command service and waits until it leads."""
    service = CommandService(Settings(valkey=valkey_url, snapshot_minutes=0))
    async with service.running() as writer:
        await until(lambda: writer.status().ready)
        yield httpx.ASGITransport(create_app(service))


@pytest.fixture
async def transport(valkey_url: str) -> AsyncIterator[httpx.ASGITransport]:
    async with running_service(valkey_url) as transport:
        yield transport


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Redis]:
    async with connect(valkey_url) as client:
        yield client


def api(transport: httpx.AsyncBaseTransport, pauses: list[float] | None = None) -> AbstractAsyncContextManager[Api]:
    @asynccontextmanager
    async def created() -> AsyncIterator[Api]:
        async def pause(seconds: float) -> None:
            if pauses is not None:
                pauses.append(seconds)

        async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as http:
            yield Api(http, key_prefix(SEED, PEOPLE), 16, pause)

    return created()


seed_all = partial(fill, events=EVENTS, people=PEOPLE, seed=SEED)


def content(state: State) -> list[Any]:
    """The events and attendances, without the ids that the service chose."""
    return sorted(
        (
            event.details.title, event.details.starts, event.status, event.details.capacity,
            state.users[event.organizer].name,
            [(state.users[each.user].name, each.party, each.status) for each in event.attendances.values()],
        )
        for event in state.events.values()
    )  # fmt: skip


async def test_a_second_run_changes_nothing(transport: httpx.ASGITransport, valkey: Redis) -> None:
    async with api(transport) as client:
        first = await seed_all(client)
        before = await follow_to_end(valkey)
        second = await seed_all(client)
        after = await follow_to_end(valkey)
    assert (len(after.users), len(after.events)) == (PEOPLE, EVENTS)
    assert after.position == before.position
    assert first.replays == 0
    assert (second.counts, second.refused) == (first.counts, first.refused)
    assert second.replays >= before.position.seq
    assert "25 people and 8 events in 1.5 s" in second.summary(1.5)


class FailingTransport(httpx.AsyncBaseTransport):
    """Passes ``remaining`` requests to the product, then responds with ``respond``."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport, remaining: int, respond: Callable[[httpx.Request], httpx.Response]
    ) -> None:
        self._transport = transport
        self._remaining = remaining
        self._respond = respond

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._remaining -= 1
        return await self._transport.handle_async_request(request) if self._remaining >= 0 else self._respond(request)


def refuse_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


@pytest.mark.parametrize("responses", [10, PEOPLE + 1, PEOPLE + 60])
async def test_a_run_continues_after_an_interruption_even_on_the_next_day(
    responses: int, valkey_url: str, valkey: Redis
) -> None:
    async with running_service(valkey_url) as transport, api(transport) as client:
        await seed_all(client, today=TODAY)
        expected = content(await follow_to_end(valkey))
    await valkey.flushall()
    async with running_service(valkey_url) as transport:
        async with api(FailingTransport(transport, responses, refuse_connection)) as client:
            with pytest.raises(SeedError, match="connection refused"):
                await seed_all(client, today=TODAY)
        has_events = bool((await follow_to_end(valkey)).events)
        async with api(transport) as client:
            await seed_all(client, today=TODAY + timedelta(days=1) if has_events else TODAY)
    assert content(await follow_to_end(valkey)) == expected


async def test_a_request_is_retried_for_a_limited_time(transport: httpx.ASGITransport, valkey: Redis) -> None:
    pauses: list[float] = []
    statuses = iter([503, 503])

    def respond_503_then_fail(request: httpx.Request) -> httpx.Response:
        status = next(statuses, None)
        if status is None:
            raise httpx.ConnectError("connection refused", request=request)
        return httpx.Response(status, json={"code": "not-leader"}, headers={"Retry-After": "3"}, request=request)

    async with api(FailingTransport(transport, 0, respond_503_then_fail), pauses) as client:
        with pytest.raises(SeedError, match="connection refused"):
            await client.send("POST", "/api/session", "somebody", {"name": "Ada"})
    assert pauses[:2] == [3, 5]
    assert 60 <= sum(pauses) <= 70


@pytest.mark.parametrize("status", [404, 422, 200])
async def test_a_server_that_is_no_turnout_is_reported(status: int) -> None:
    page = httpx.MockTransport(lambda request: httpx.Response(status, text="<h1>Welcome</h1>", request=request))
    async with api(page) as client:
        with pytest.raises(SeedError, match="is no Turnout"):
            await seed_all(client)


async def test_an_unexpected_rejection_ends_the_run(transport: httpx.ASGITransport) -> None:
    def respond_not_organizer(request: httpx.Request) -> httpx.Response:
        problem = {"code": "not-organizer", "detail": "Only the organizer can do that."}
        return httpx.Response(403, json=problem, request=request)

    async with api(FailingTransport(transport, PEOPLE, respond_not_organizer)) as client:
        with pytest.raises(SeedError, match="403 not-organizer: Only the organizer"):
            await seed_all(client)


def test_the_same_seed_gives_the_same_plan_and_another_seed_another_plan() -> None:
    day = date(2026, 5, 1)
    assert make_plan(1, 300, 200, day) == make_plan(1, 300, 200, day)
    assert make_plan(1, 300, 200, day) != make_plan(2, 300, 200, day)
    assert make_plan(1, 300, 50, day).events == make_plan(1, 300, 200, day).events[:50]


def test_a_plan_is_realistic() -> None:
    plan = make_plan(1, 300, 200, date(2026, 5, 1))
    drafts = [EventDraft.model_validate_json(json.dumps(each.draft)) for each in plan.events]
    actions = Counter(step.action for each in plan.events for step in each.steps)
    assert len({SessionBody(name=name).name for name in plan.people}) == 300
    assert len({each.title for each in drafts}) == 200
    assert 120 <= sum(each.zone == "Europe/Vienna" for each in drafts) <= 190
    assert len({each.zone for each in drafts}) >= 5
    assert {each.waitlist for each in drafts} == {True, False}
    assert 0.1 <= sum(each.capacity is None for each in drafts) / 200 <= 0.4
    assert len({each.starts.date() for each in drafts}) >= 25
    assert all(each.description and each.tags and (each.place or each.link) for each in drafts)
    assert set(actions) == {"join", "leave", "remove", "party", "capacity", "cancel"}
    assert 2_000 <= actions["join"] <= 8_000
    assert 2 <= actions["cancel"] <= 20
    assert all(PartyBody(party=step.value) for each in plan.events for step in each.steps if step.action == "join")


@pytest.mark.parametrize("people", [1, 2, 3])
def test_a_plan_needs_only_one_person(people: int) -> None:
    plan = make_plan(1, people, 200, date(2026, 5, 1))
    assert all(0 <= each.organizer < people for each in plan.events)
    assert all(-1 <= step.person < people for each in plan.events for step in each.steps)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://here", "http://", "nonsense"])
def test_an_invalid_address_is_reported_in_one_line(url: str) -> None:
    result = CliRunner().invoke(turnout, ["seed", url])
    assert result.exit_code == 1
    assert "is no address" in result.stderr
    assert len(result.stderr.splitlines()) == 1
