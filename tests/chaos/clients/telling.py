"""Actions of hosts who send messages, and of guests who report them. Sometimes others try what only hosts may."""

from collections.abc import Awaitable, Callable
from random import Random

from chaos.clients.hosting import Send
from chaos.clients.world import Guest, KnownEvent, SharedWorld

_AUDIENCES = ("going", "waiting", "all")
_TEXTS = ("Bring a chair", "We meet at the gate", "Buy my book")


class Telling:
    """The actions of one generated client.

    Args:
        choose_host: returns the organizer of an event, or sometimes another guest, whose message must be refused.
    """

    def __init__(self, world: SharedWorld, rng: Random, send: Send, choose_host: Callable[[KnownEvent], Guest]) -> None:
        self._world = world
        self._rng = rng
        self._send = send
        self._choose_host = choose_host
        self._messages: list[tuple[KnownEvent, str]] = []
        self.actions: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (3, self._tell),
            (1, self._tell_after_departure),
            (3, self._report),
        ]

    async def tell_those_who_stay(self, former: Guest) -> None:
        """Tells something to the guests of an event that ``former`` has just left. One who stays reports it."""
        event = self._event()
        for guest in (former, staying := self._guest()):
            await self._send(guest, "POST", f"/api/events/{event.id}/attendees")
            event.joined[guest.id] = guest
        await self._send(former, "DELETE", f"/api/events/{event.id}/attendees/me")
        event.joined.pop(former.id, None)
        await self._message(event, event.organizer, "all")
        await self._report_newest(staying)

    async def _tell(self) -> None:
        event = self._event()
        await self._message(event, self._choose_host(event), self._rng.choice(_AUDIENCES))

    async def _tell_after_departure(self) -> None:
        await self.tell_those_who_stay(self._guest())

    async def _message(self, event: KnownEvent, host: Guest, to: str) -> None:
        body = {"to": to, "text": self._rng.choice(_TEXTS)}
        response = await self._send(host, "POST", f"/api/events/{event.id}/messages", body)
        if response is not None and response.status == 204:
            seq = response.position.rpartition("-")[2]
            self._messages.append((event, f"{seq}.message.{event.id}"))

    async def _report(self) -> None:
        """Reports a message, which the guest may not have."""
        if self._messages:
            await self._report_newest(self._guest())

    async def _report_newest(self, guest: Guest) -> None:
        for event, notice in self._messages[-1:]:
            body = {"reason": "this is spam", "notice": notice}
            await self._send(guest, "POST", f"/api/events/{event.id}/reports", body)

    def _guest(self) -> Guest:
        return self._rng.choice(self._world.guests)

    def _event(self) -> KnownEvent:
        return self._rng.choice(self._world.events)
