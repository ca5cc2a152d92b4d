"""People who join, leave, host and change events, and who have mail addresses; and webhooks of organizers."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final

import httpx
from running_service import Guest, RunningService

from chaos.notices.webhooks.receiver import FailingReceiver
from turnout_core.domain.notice_changes import RemindersDue
from turnout_core.domain.person_commands import SetMail
from turnout_core.domain.reminders import leads_ms

_Act = Callable[[str, Guest, Guest], Awaitable[None]]
"""Something that happens to an event, by its host or by a person."""

_PEOPLE: Final = 24
_EVENTS_MAX: Final = 12
_DRAFT: Final = {"starts": "2099-11-27T19:30", "zone": "Europe/Vienna", "capacity": 3}


class Load:
    """Random commands of people, one after the other; and reminders.

    Attributes:
        paths: of the webhooks at the receiver, by their ids.
        count: number of commands so far.
    """

    def __init__(self, service: RunningService, receiver: FailingReceiver, random: Random) -> None:
        self.paths: dict[str, str] = {}
        self.count = 0
        self._service = service
        self._receiver = receiver
        self._random = random
        self._people: list[Guest] = []
        self._hosts: dict[str, Guest] = {}
        self._webhooks: list[tuple[str, str]] = []  # event and id of each
        self._names = 0
        self._acts: dict[_Act, int] = {
            self._join: 40, self._leave: 18, self._edit: 20, self._show: 4, self._remove: 6, self._cancel: 2,
            self._delete: 1, self._create_more: 6, self._erase: 1, self._remind: 8,
            self._add_webhook: 4, self._remove_webhook: 3,
        }  # fmt: skip

    async def prepare(self) -> None:
        """Makes the people and some events, before any notice counts."""
        for _ in range(_PEOPLE):
            await self._sign_up()
        for _ in range(_EVENTS_MAX // 2):
            await self._create()

    async def run(self, end: asyncio.Event) -> None:
        """Sends commands until ``end``."""
        while not end.is_set():
            await self._step()
            self.count += 1
            await asyncio.sleep(self._random.uniform(0, 0.03))

    async def _step(self) -> None:
        event = self._random.choice(list(self._hosts)) if self._hosts else await self._create()
        person = self._random.choice(self._people)
        (act,) = self._random.choices(list(self._acts), list(self._acts.values()))
        await act(event, self._hosts[event], person)

    async def _join(self, event: str, _: Guest, person: Guest) -> None:
        await person("POST", f"/api/events/{event}/attendees", {"party": 1})

    async def _leave(self, event: str, _: Guest, person: Guest) -> None:
        await person("DELETE", f"/api/events/{event}/attendees/me")

    async def _edit(self, event: str, host: Guest, _: Guest) -> None:
        self._names += 1
        found = (await host("PATCH", f"/api/events/{event}", {"place": f"Room {self._names}"})).status_code
        assert found in {200, 409}, found

    async def _show(self, event: str, host: Guest, _: Guest) -> None:
        """Opens or closes the event to everyone."""
        await host("PATCH", f"/api/events/{event}", {"visibility": self._visibility()})

    async def _remove(self, event: str, host: Guest, person: Guest) -> None:
        await host("DELETE", f"/api/events/{event}/attendees/{person.id}")

    async def _cancel(self, event: str, host: Guest, _: Guest) -> None:
        await host("POST", f"/api/events/{event}/cancel")
        del self._hosts[event]

    async def _delete(self, event: str, host: Guest, _: Guest) -> None:
        await host("DELETE", f"/api/events/{event}")
        del self._hosts[event]

    async def _create_more(self, *_: object) -> None:
        if len(self._hosts) < _EVENTS_MAX:
            await self._create()

    async def _sign_up(self) -> None:
        self._names += 1
        guest = await self._service.guest(f"Person {self._names}")
        mail = SetMail(mail=f"person{self._names}@here.example")
        await self._service.command.writer.committer().submit(mail, guest.id)
        self._people.append(guest)

    async def _create(self) -> str:
        self._names += 1
        host = self._random.choice(self._people)
        response: httpx.Response = await host("POST", "/api/events", self._draft())
        answer: dict[str, Any] = response.raise_for_status().json()
        self._hosts[answer["id"]] = host
        return str(answer["id"])

    def _draft(self) -> dict[str, Any]:
        return {"title": f"Evening {self._names}", "visibility": self._visibility(), **_DRAFT}

    def _visibility(self) -> str:
        return self._random.choices(("public", "unlisted", "private"), (8, 1, 1))[0]

    async def _remind(self, event: str, *_: object) -> None:
        """Commits a reminder, as the writer does when it is due: once for each event and lead."""
        committer = self._service.command.writer.committer()
        target = committer.state.events[event]
        lead = next((each for each in leads_ms(target.details) if each not in target.reminded), None)
        if lead is not None:
            committer.commit_by_clock(RemindersDue(event, lead))

    async def _add_webhook(self, event: str, host: Guest, _: Guest) -> None:
        """Adds one, of at most five."""
        self._names += 1
        path = f"/organizers/{self._names}"
        response = await host("POST", f"/api/events/{event}/webhooks", {"url": self._receiver.url(path)})
        if response.is_success:
            answer = response.json()
            self.paths[answer["id"]], self._receiver.secrets[path] = path, answer["secret"]
            self._webhooks.append((event, answer["id"]))

    async def _remove_webhook(self, *_: object) -> None:
        """Removes one of any event, unless its event is gone or called off."""
        if self._webhooks:
            event, webhook = self._webhooks.pop(self._random.randrange(len(self._webhooks)))
            if event in self._hosts:
                await self._hosts[event]("DELETE", f"/api/events/{event}/webhooks/{webhook}")

    async def _erase(self, _: str, __: Guest, person: Guest) -> None:
        """Erases a person who hosts nothing, and another one comes."""
        if person in self._hosts.values():
            return
        self._people.remove(person)
        await person("DELETE", "/api/me")
        await self._sign_up()
