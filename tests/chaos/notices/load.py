"""People who join, leave, host and change events, and who have mail addresses."""

import asyncio
from random import Random
from typing import Any, Final

import httpx
from running_service import Guest, RunningService

from turnout_core.domain.person_commands import SetMail

_PEOPLE: Final = 24
_EVENTS_MAX: Final = 12
_DRAFT: Final = {"starts": "2099-11-27T19:30", "zone": "Europe/Vienna", "capacity": 3}


class Load:
    """Random commands of people, one after the other."""

    def __init__(self, service: RunningService, random: Random) -> None:
        self._service = service
        self._random = random
        self._people: list[Guest] = []
        self._hosts: dict[str, Guest] = {}
        self._names = 0

    async def prepare(self) -> None:
        """Makes the people and some events, before any notice counts."""
        for _ in range(_PEOPLE):
            await self._sign_up()
        for _ in range(_EVENTS_MAX // 2):
            await self._create()

    async def run(self, end: asyncio.Event) -> int:
        """Sends commands until ``end``. Returns how many."""
        count = 0
        while not end.is_set():
            await self._step()
            count += 1
            await asyncio.sleep(self._random.uniform(0, 0.03))
        return count

    async def _step(self) -> None:
        event = self._random.choice(list(self._hosts)) if self._hosts else await self._create()
        person, host, path = self._random.choice(self._people), self._hosts[event], f"/api/events/{event}"
        act = self._random.choices(
            ("join", "leave", "edit", "remove", "cancel", "delete", "create", "erase"), (40, 18, 20, 6, 2, 1, 6, 1)
        )[0]
        match act:
            case "join":
                await person("POST", f"{path}/attendees", {"party": 1})
            case "leave":
                await person("DELETE", f"{path}/attendees/me")
            case "edit":
                self._names += 1
                found = (await host("PATCH", path, {"place": f"Room {self._names}"})).status_code
                assert found in {200, 409}, found
            case "remove":
                await host("DELETE", f"{path}/attendees/{person.id}")
            case "cancel":
                await host("POST", f"{path}/cancel")
                del self._hosts[event]
            case "delete":
                await host("DELETE", path)
                del self._hosts[event]
            case "create" if len(self._hosts) < _EVENTS_MAX:
                await self._create()
            case "erase":
                await self._erase(person)

    async def _sign_up(self) -> None:
        self._names += 1
        guest = await self._service.guest(f"Person {self._names}")
        mail = SetMail(mail=f"person{self._names}@here.example")
        await self._service.command.writer.committer().submit(mail, guest.id)
        self._people.append(guest)

    async def _create(self) -> str:
        self._names += 1
        host = self._random.choice(self._people)
        response: httpx.Response = await host("POST", "/api/events", {"title": f"Evening {self._names}", **_DRAFT})
        answer: dict[str, Any] = response.raise_for_status().json()
        self._hosts[answer["id"]] = host
        return str(answer["id"])

    async def _erase(self, person: Guest) -> None:
        """Erases a person who hosts nothing, and another one comes."""
        if person in self._hosts.values():
            return
        self._people.remove(person)
        await person("DELETE", "/api/me")
        await self._sign_up()
