"""Actions of hosts and of their guests: requests, invitations, roles, and people who are kept out."""

import json
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Protocol

from chaos.clients.world import Guest, KnownEvent, SharedWorld
from chaos.history.events import Response

_GUESTS_MIN = 6  # of those who stay when people leave for good


class Send(Protocol):
    """Sends a command of a guest, under a new key if it ``has_key``; None is a visitor."""

    def __call__(
        self,
        guest: Guest | None,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        has_key: bool = True,
    ) -> Awaitable[Response | None]: ...


class Hosting:
    """The actions of one generated client.

    Args:
        choose_host: returns the organizer of an event, or sometimes another guest, whose command must be refused.
    """

    def __init__(self, world: SharedWorld, rng: Random, send: Send, choose_host: Callable[[KnownEvent], Guest]) -> None:
        self._world = world
        self._rng = rng
        self._send = send
        self._choose_host = choose_host
        self.actions: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (3, self.rename),
            (3, self._ask),
            (4, self._answer_request),
            (1, self._withdraw),
            (2, self._keep_out),
            (1, self._allow),
            (1, self._note),
            (2, self.invite),
            (4, self._accept),
            (1, self._revoke),
            (2, self._hand_over),
            (1, self._remove_cohost),
            (1, self._erase),
        ]

    async def rename(self) -> None:
        """Two devices of one person may do this at once."""
        await self._send(self._guest(), "PATCH", "/api/session", {"name": f"Renamed {self._rng.randrange(1000)}"})

    async def _ask(self) -> None:
        """Joins an event of which its organizer has just said that it takes requests. Often a host approves at once."""
        event, guest = self._event(), self._guest()
        joining = {"joining": self._rng.choice(("request", "request", "open"))}
        await self._send(event.organizer, "PATCH", self._path(event), joining)
        await self._send(guest, "POST", f"{self._path(event)}/attendees", {"party": self._rng.randint(1, 3)})
        event.asked[guest.id] = guest
        if self._rng.random() < 0.6:
            await self._send(event.organizer, "POST", f"{self._path(event)}/requests/{guest.id}/approve", {})
            event.joined[guest.id] = guest

    async def _answer_request(self) -> None:
        event = self._event(lambda each: bool(each.asked))
        guest = self._rng.choice([*event.asked.values()] or self._world.guests)
        event.asked.pop(guest.id, None)
        path = f"{self._path(event)}/requests/{guest.id}"
        if self._rng.random() < 0.7:
            await self._send(self._choose_host(event), "POST", f"{path}/approve", {})
            event.joined[guest.id] = guest
        else:
            await self._send(self._choose_host(event), "DELETE", path)

    async def _withdraw(self) -> None:
        event = self._event(lambda each: bool(each.asked))
        guest = self._rng.choice([*event.asked.values()] or self._world.guests)
        await self._send(guest, "DELETE", f"{self._path(event)}/requests/me")

    async def _keep_out(self) -> None:
        event = self._event()
        guest = self._rng.choice([*event.joined.values()] or self._world.guests)
        await self._send(self._choose_host(event), "POST", f"{self._path(event)}/blocks", {"user": guest.id})
        event.kept_out.append(guest)
        await self._send(guest, "POST", f"{self._path(event)}/attendees")  # must be refused

    async def _allow(self) -> None:
        event = self._event()
        guest = event.kept_out.pop() if event.kept_out else self._guest()
        await self._send(self._choose_host(event), "DELETE", f"{self._path(event)}/blocks/{guest.id}")

    async def _note(self) -> None:
        event = self._event()
        text = {"text": self._rng.choice(("", "brings a cake"))}
        await self._send(self._choose_host(event), "PUT", f"{self._path(event)}/notes/{self._guest().id}", text)

    async def invite(self) -> str | None:
        """Makes a link for one or two people; returns its code."""
        event = self._event()
        body: dict[str, object] = {"role": self._rng.choice(("guest", "co-host")), "uses": self._rng.randint(1, 2)}
        response = await self._send(self._choose_host(event), "POST", f"{self._path(event)}/invitations", body)
        if response is None or response.status != 201:
            return None
        code: str = json.loads(response.body)["code"]
        event.codes.append(code)
        return code

    async def _accept(self) -> None:
        event, guest = self._event(lambda each: bool(each.codes)), self._guest()
        code = self._rng.choice(event.codes or ["a" * 26])
        response = await self._send(guest, "POST", f"{self._path(event)}/invitations/{code}/accept")
        if response is not None and response.status == 200 and "cohosts" in json.loads(response.body):
            event.cohosts.append(guest)

    async def _revoke(self) -> None:
        event = self._event()
        if event.codes:
            code = event.codes.pop()
            await self._send(self._choose_host(event), "DELETE", f"{self._path(event)}/invitations/{code}")

    async def _hand_over(self) -> None:
        event = self._event(lambda each: bool(each.cohosts))
        to = self._rng.choice(event.cohosts or self._world.guests)
        response = await self._send(self._choose_host(event), "POST", f"{self._path(event)}/hand-over", {"user": to.id})
        if response is not None and response.status == 200:
            event.cohosts.append(event.organizer)
            event.organizer = to

    async def _remove_cohost(self) -> None:
        event = self._event(lambda each: bool(each.cohosts))
        guest = event.cohosts.pop() if event.cohosts else self._guest()
        if self._rng.random() < 0.5:
            await self._send(guest, "DELETE", f"{self._path(event)}/hosts/me")
        else:
            await self._send(self._choose_host(event), "DELETE", f"{self._path(event)}/hosts/{guest.id}")

    async def _erase(self) -> None:
        """A guest leaves for good, and then tries to join."""
        if len(self._world.guests) <= _GUESTS_MIN:
            return
        guest, event = self._guest(), self._event()
        self._world.forget(guest)
        await self._send(guest, "DELETE", "/api/me")
        await self._send(guest, "POST", f"{self._path(event)}/attendees")  # must be refused

    def _guest(self) -> Guest:
        return self._rng.choice(self._world.guests)

    def _event(self, suits: Callable[[KnownEvent], bool] = lambda _: True) -> KnownEvent:
        """An event that suits, or else any event."""
        return self._rng.choice([each for each in self._world.events if suits(each)] or self._world.events)

    def _path(self, event: KnownEvent) -> str:
        return f"/api/events/{event.id}"
