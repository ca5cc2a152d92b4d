"""Limits of commands: a crowd behind one address passes, a script does not, and a refusal says when to try again."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from running_service import DRAFT, Guest, RunningService, serving

from turnout_command.app import create_app
from turnout_command.http.rate_limits import LIMITS, KindLimits, RateLimits
from turnout_command.http.raw_route import CommandRequest
from turnout_core.domain.rejections import TooMany

SCHOOL = "203.0.113.7"


@asynccontextmanager
async def client_at(service: RunningService, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose connections come from ``address``."""
    transport = httpx.ASGITransport(create_app(service.command), client=(address, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        yield client


async def sign_up(client: httpx.AsyncClient, name: str = "Ada") -> httpx.Response:
    response = await client.post("/api/session", json={"name": name})
    client.cookies.clear()
    return response


def request_from(address: str, forwarded: str | None = None) -> CommandRequest:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    scope = {"type": "http", "headers": headers, "client": (address, 50_000)}

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    return CommandRequest(scope, receive)


class Attempts:
    """Limits by a clock that the test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.limits = RateLimits(
            Counter("limited", "", ["kind"], registry=CollectorRegistry()), clock=lambda: self.now_s
        )

    def count(self, times: int, seconds: float, check: Callable[[int], object]) -> int:
        """The number of attempts that pass, of so many that are spread over a time."""
        passed = 0
        for number in range(times):
            self.now_s += seconds / times
            try:
                check(number)
                passed += 1
            except TooMany:
                pass
        return passed


async def test_a_school_joins_within_a_minute(service: RunningService) -> None:
    event = (await (await service.guest("Olga"))("POST", "/api/events", DRAFT | {"capacity": None})).json()["id"]
    async with client_at(service, SCHOOL) as client:
        for number in range(200):
            response = await sign_up(client, f"Pupil {number}")
            assert response.status_code == 201
            pupil = Guest(client, response.json())
            assert (await pupil("POST", f"/api/events/{event}/attendees")).status_code == 201
            assert (await pupil("PATCH", f"/api/events/{event}/attendees/me", {"party": 2})).status_code == 200


async def test_a_script_cannot_sign_up_thousands(service: RunningService) -> None:
    async with client_at(service, SCHOOL) as script, client_at(service, "203.0.113.8") as next_door:
        for _ in range(LIMITS["sign-up"].address.tokens):
            assert (await sign_up(script)).status_code == 201
        position = service.position
        statuses = [(await sign_up(script)).status_code for _ in range(300)]
        assert statuses.count(429) >= 290
        assert position is not None
        assert service.position is not None
        assert service.position.seq - position.seq == statuses.count(201)
        assert (await sign_up(next_door)).status_code == 201
    limited = service.command.metrics.limited.labels("sign-up")
    assert limited._value.get() == statuses.count(429)


async def test_a_refusal_says_when_to_try_again(service: RunningService) -> None:
    async with client_at(service, SCHOOL) as client:
        ada = Guest(client, (await sign_up(client)).json())
        refused = next(
            response
            for response in [await ada("POST", "/api/events/nowhere/attendees") for _ in range(60)]
            if response.status_code == 429
        )
    assert refused.json() | {"detail": ""} == {
        "type": "urn:turnout:problem:too-many",
        "title": "That was a lot at once.",
        "status": 429,
        "detail": "",
        "code": "too-many",
    }
    assert refused.headers["retry-after"] in ("1", "2")
    assert refused.json()["detail"].startswith("That was a lot at once. Try again in ")
    assert refused.headers["turnout-position"] == str(service.position)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (20, "20 seconds"), (99, "99 seconds"), (100, "2 minutes"), (181, "4 minutes")],
)
def test_the_wait_is_said_in_words(seconds: int, words: str) -> None:
    assert TooMany(seconds).detail == f"That was a lot at once. Try again in {words}."


async def test_the_machine_itself_has_no_limits(service: RunningService) -> None:
    for _ in range(400):
        assert (await sign_up(service.client)).status_code == 201


async def test_limits_can_be_off(valkey_url: str) -> None:
    async with serving(valkey_url, limits="off") as service, client_at(service, SCHOOL) as client:
        for _ in range(400):
            assert (await sign_up(client)).status_code == 201


def test_three_thousand_sign_ups_in_fifteen_seconds_are_cut() -> None:
    attempts, script = Attempts(), request_from(SCHOOL)
    assert attempts.count(3_000, 15, lambda _: attempts.limits.check_address("sign-up", script)) <= 310


def test_an_ipv6_network_is_one_address() -> None:
    attempts = Attempts()
    passed = attempts.count(
        3_000, 15, lambda number: attempts.limits.check_address("sign-up", request_from(f"2001:db8:0:7::{number:x}"))
    )
    assert passed <= 310
    attempts.limits.check_address("sign-up", request_from("2001:db8:0:8::1"))


def test_a_made_up_address_of_the_machine_itself_is_limited() -> None:
    attempts = Attempts()
    made_up = request_from("127.0.0.1", forwarded="127.0.0.1")
    assert attempts.count(3_000, 15, lambda _: attempts.limits.check_address("sign-up", made_up)) <= 310


def test_a_person_has_one_bucket_at_all_addresses_and_an_event_one_for_all_people() -> None:
    attempts = Attempts()

    def by_one_person(_: int) -> None:
        attempts.limits.check_person("join", "ada", "fair")

    def by_many_people(number: int) -> None:
        attempts.limits.check_person("join", f"user{number}", "fair")

    assert attempts.count(1_000, 10, by_one_person) <= 45
    assert attempts.count(10_000, 10, by_many_people) <= 3_500


def test_a_refusal_for_the_event_costs_a_person_nothing() -> None:
    attempts = Attempts()
    for number in range(LIMITS["join"].event.tokens if LIMITS["join"].event else 0):
        attempts.limits.check_person("join", f"user{number}", "fair")
    for _ in range(100):
        with pytest.raises(TooMany):
            attempts.limits.check_person("join", "ada", "fair")
    for _ in range(LIMITS["join"].user.tokens if LIMITS["join"].user else 0):
        attempts.limits.check_person("join", "ada", "another event")


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS.keys())
def test_one_person_never_uses_up_an_address(limits: KindLimits) -> None:
    if limits.user is not None:
        assert limits.user.tokens < limits.address.tokens / 2
        assert limits.user.per_minute < limits.address.per_minute


async def test_guesses_at_the_sign_in_are_limited(service: RunningService) -> None:
    guess = {"way": "recovery", "secret": "a" * 26}
    async with client_at(service, SCHOOL) as client:
        codes = [(await client.post("/api/sign-in", json=guess)).json()["code"] for _ in range(80)]
        ada = Guest(client, (await sign_up(client)).json())
        assert (await ada("POST", "/api/recovery")).json()["code"] == "too-many"
    assert codes[0] in ("sign-in-failed", "invalid")
    assert codes.count("too-many") >= 15


async def test_all_hosts_of_an_event_send_five_messages_and_others_use_up_none(service: RunningService) -> None:
    ada = await service.guest("Ada")
    async with client_at(service, SCHOOL) as client:
        olga, conny, troll = [Guest(client, (await sign_up(client)).json()) for _ in range(3)]
        event = (await olga("POST", "/api/events", DRAFT)).headers["location"]
        code = (await olga("POST", f"{event}/invitations", {"role": "co-host"})).json()["code"]
        await conny("POST", f"{event}/invitations/{code}/accept")
        await ada("POST", f"{event}/attendees")
        senders = (*[troll] * 6, *[olga, conny] * 4)
        sent = [await each("POST", f"{event}/messages", {"to": "all", "text": "Hello"}) for each in senders]
    assert [each.status_code for each in sent] == [403] * 6 + [204] * 5 + [429] * 3


async def test_reports_and_exports_are_limited_together(service: RunningService) -> None:
    event = (await (await service.guest("Olga"))("POST", "/api/events", DRAFT)).json()["id"]
    async with client_at(service, SCHOOL) as client:
        ada = Guest(client, (await sign_up(client)).json())
        reports = [await ada("POST", f"/api/events/{event}/reports", {"reason": "Spam"}) for _ in range(6)]
        exports = [await ada("GET", "/api/me/export") for _ in range(6)]
    assert {each.status_code for each in reports} == {204}
    assert [each.status_code for each in exports] == [200] * 4 + [429] * 2
