"""Sends the requests of a plan and counts the outcomes."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from turnout.progress import Advance, show_progress
from turnout.seeding.api import Api, ApiResponse, SeedError
from turnout.seeding.plan import Plan, PlannedEvent, Step

Result = TypeVar("Result")

_EXPECTED_CODES: Final = frozenset(
    {"already-attending", "event-full", "event-cancelled", "event-ended", "not-attending"}
)


class Seeding:
    """One run of a plan.

    Attributes:
        counts: successful requests, by action or by resulting status.
        refused: expected rejections, by code.
        replays: responses that the service had stored for an earlier run.
    """

    def __init__(self, api: Api) -> None:
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.replays = 0
        self._api = api
        self._people: list[tuple[str, str]] = []

    async def run(self, make_plan: Callable[[date], Plan], today: date) -> None:
        """Sends all requests of the plan for ``today``. Raises SeedError."""
        plan = make_plan(today)
        with show_progress("People", total=len(plan.people)) as advance:
            self._people = await _run_all(
                [self._sign_up(number, name, advance) for number, name in enumerate(plan.people)]
            )
        if not plan.events:
            return
        plan, first = await self._create_first(plan, make_plan, today)
        with show_progress("Events", total=len(plan.events)) as advance:
            later = [self._fill_event(number, each, advance) for number, each in enumerate(plan.events) if number]
            await _run_all([self._send_steps(0, plan.events[0], first, advance), *later])

    def summary(self, took_s: float) -> str:
        refused = ", ".join(f"{code} {number:,}" for code, number in sorted(self.refused.items())) or "none"
        counts = self.counts
        return (
            f"{counts['people']:,} people and {counts['events']:,} events in {took_s:.1f} s: "
            f"{counts['going'] + counts['waitlisted']:,} joined ({counts['waitlisted']:,} onto a waitlist), "
            f"{counts['leave']:,} left, {counts['remove']:,} were removed, {counts['cancel']:,} cancelled; "
            f"rejected as expected: {refused}; {self.replays:,} of these responses came from an earlier run"
        )

    async def _create_first(
        self, plan: Plan, make_plan: Callable[[date], Plan], today: date
    ) -> tuple[Plan, str | None]:
        """Creates the first event. A run that continues after midnight continues the plan of the day before."""
        response = await self._create(0, plan.events[0])
        if "Idempotency-Key" in response.invalid_fields():
            plan = make_plan(today - timedelta(days=1))
            response = await self._create(0, plan.events[0])
        return plan, self._event_id(response)

    async def _sign_up(self, number: int, name: str, advance: Advance) -> tuple[str, str]:
        response = await self._api.send("POST", "/api/session", f"person-{number}", {"name": name})
        self._count(response, "people")
        if response.code:
            raise SeedError(f"{name} cannot sign up: {response.body.get('detail')}")
        advance()
        return response.body["user"]["id"], response.body["token"]

    async def _fill_event(self, number: int, planned: PlannedEvent, advance: Advance) -> None:
        event = self._event_id(await self._create(number, planned))
        await self._send_steps(number, planned, event, advance)

    async def _create(self, number: int, planned: PlannedEvent) -> ApiResponse:
        return await self._api.send(
            "POST", "/api/events", f"event-{number}", planned.draft, self._token(planned.organizer)
        )

    def _event_id(self, response: ApiResponse) -> str | None:
        """Id of the new event; None if its start has passed, as in a run that continues much later."""
        if response.code == "invalid" and response.invalid_fields() == {"starts"}:
            self.refused["too late"] += 1
            return None
        self._count(response, "events")
        event: str = response.body["id"]
        return event

    async def _send_steps(self, number: int, planned: PlannedEvent, event: str | None, advance: Advance) -> None:
        """Sends the steps of one event in order, since the order of joins decides about seats."""
        for step_number, step in enumerate(planned.steps if event else ()):
            method, path, body, person = self._request(step, f"/api/events/{event}", planned.organizer)
            response = await self._api.send(method, path, f"event-{number}-{step_number}", body, self._token(person))
            self._count(response, response.body.get("status", "") if step.action == "join" else step.action)
        advance()

    def _request(self, step: Step, event: str, organizer: int) -> tuple[str, str, Any, int]:
        match step.action:
            case "join":
                return "POST", f"{event}/attendees", {"party": step.value}, step.person
            case "leave":
                return "DELETE", f"{event}/attendees/me", None, step.person
            case "remove":
                return "DELETE", f"{event}/attendees/{self._people[step.person][0]}", None, organizer
            case "party":
                return "PATCH", f"{event}/attendees/me", {"party": step.value}, step.person
            case "capacity":
                return "PATCH", event, {"capacity": step.value}, organizer
            case "cancel":
                return "POST", f"{event}/cancel", None, organizer

    def _count(self, response: ApiResponse, counter: str) -> None:
        self.replays += response.is_replay
        if not response.code:
            self.counts[counter] += 1
        elif response.code in _EXPECTED_CODES:
            self.refused[response.code] += 1
        else:
            raise SeedError(
                f"unexpected response: {response.status} {response.code}: {response.body.get('detail', '')}"
            )

    def _token(self, person: int) -> str:
        return self._people[person][1]


async def _run_all(coroutines: list[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Runs all coroutines concurrently. The first SeedError cancels the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in coroutines]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
