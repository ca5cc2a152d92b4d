"""Carries out a plan, and counts what came of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from turnout.progress import Advance, stage
from turnout.seeding.api import Answer, Api, SeedError
from turnout.seeding.plan import Plan, PlannedEvent, Step

Done = TypeVar("Done")

_NORMAL: Final = frozenset({"already-attending", "event-full", "event-cancelled", "event-ended", "not-attending"})


class Seeding:
    """
    Attributes:
        counts: what was done, by its name.
        refused: rejections that belong to a normal month, by code.
        again: answers that had been given to an earlier run.
    """

    def __init__(self, api: Api) -> None:
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.again = 0
        self._api = api
        self._people: list[tuple[str, str]] = []

    async def run(self, plan_of: Callable[[date], Plan], today: date) -> None:
        """Raises SeedError."""
        plan = plan_of(today)
        with stage("People", total=len(plan.people)) as told:
            self._people = await _all([self._sign_up(number, name, told) for number, name in enumerate(plan.people)])
        if not plan.events:
            return
        plan, first = await self._begun(plan, plan_of, today)
        with stage("Events", total=len(plan.events)) as told:
            later = [self._event(number, each, told) for number, each in enumerate(plan.events) if number]
            await _all([self._steps(0, plan.events[0], first, told), *later])

    def summary(self, took_s: float) -> str:
        refused = ", ".join(f"{code} {number:,}" for code, number in sorted(self.refused.items())) or "none"
        counts = self.counts
        return (
            f"{counts['people']:,} people and {counts['events']:,} events in {took_s:.1f} s: "
            f"{counts['going'] + counts['waitlisted']:,} joined ({counts['waitlisted']:,} onto a waitlist), "
            f"{counts['leave']:,} left, {counts['remove']:,} were removed, {counts['cancel']:,} cancelled; "
            f"refused as in real life: {refused}; {self.again:,} of these answers were there from an earlier run"
        )

    async def _begun(self, plan: Plan, plan_of: Callable[[date], Plan], today: date) -> tuple[Plan, str | None]:
        """The first event. A run that goes on after midnight goes on with the days of the run that broke off."""
        answer = await self._create(0, plan.events[0])
        if "Idempotency-Key" in answer.fields():
            plan = plan_of(today - timedelta(days=1))
            answer = await self._create(0, plan.events[0])
        return plan, self._created(answer)

    async def _sign_up(self, number: int, name: str, told: Advance) -> tuple[str, str]:
        answer = await self._api.ask("POST", "/api/session", f"person-{number}", {"name": name})
        self._count(answer, "people")
        if answer.code:
            raise SeedError(f"{name} cannot sign up: {answer.body.get('detail')}")
        told()
        return answer.body["user"]["id"], answer.body["token"]

    async def _event(self, number: int, planned: PlannedEvent, told: Advance) -> None:
        event = self._created(await self._create(number, planned))
        await self._steps(number, planned, event, told)

    async def _create(self, number: int, planned: PlannedEvent) -> Answer:
        return await self._api.ask(
            "POST", "/api/events", f"event-{number}", planned.draft, self._token(planned.organizer)
        )

    def _created(self, answer: Answer) -> str | None:
        """Id of the new event; None where its start has passed meanwhile, in a run that goes on much later."""
        if answer.code == "invalid" and answer.fields() == {"starts"}:
            self.refused["too late"] += 1
            return None
        self._count(answer, "events")
        event: str = answer.body["id"]
        return event

    async def _steps(self, number: int, planned: PlannedEvent, event: str | None, told: Advance) -> None:
        """One after the other: within an event the order decides who gets a seat."""
        for at, step in enumerate(planned.steps if event else ()):
            method, path, body, who = self._request(step, f"/api/events/{event}", planned.organizer)
            answer = await self._api.ask(method, path, f"event-{number}-{at}", body, self._token(who))
            self._count(answer, answer.body.get("status", "") if step.deed == "join" else step.deed)
        told()

    def _request(self, step: Step, event: str, organizer: int) -> tuple[str, str, Any, int]:
        match step.deed:
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

    def _count(self, answer: Answer, what: str) -> None:
        self.again += answer.again
        if not answer.code:
            self.counts[what] += 1
        elif answer.code in _NORMAL:
            self.refused[answer.code] += 1
        else:
            raise SeedError(f"it answers {answer.status} {answer.code}: {answer.body.get('detail', '')}")

    def _token(self, person: int) -> str:
        return self._people[person][1]


async def _all(doing: list[Coroutine[Any, Any, Done]]) -> list[Done]:
    """Does all of it at once. The first SeedError ends the rest."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in doing]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
