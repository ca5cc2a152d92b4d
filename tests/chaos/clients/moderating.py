"""Actions of people who report something, and of the moderator. Sometimes others try what only moderators may."""

from collections.abc import Awaitable, Callable
from random import Random

from chaos.clients.hosting import Send
from chaos.clients.world import Guest, KnownEvent, SharedWorld

_HIDDEN_MAX = 2  # most of the load needs events that are seen
_BLOCKED_MAX = 2
_EVENTS_MIN = 4


class Moderating:
    """The actions of one generated client."""

    def __init__(self, world: SharedWorld, rng: Random, send: Send) -> None:
        self._world = world
        self._rng = rng
        self._send = send
        self.actions: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (1, self._report_event),
            (1, self._report_person),
            (2, self.hide),
            (3, self._restore),
            (1, self._take_down),
            (1, self._block),
            (2, self._unblock),
        ]

    async def _report_event(self) -> None:
        await self._act(self._guest(), f"events/{self._event().id}/reports", "this is spam")

    async def _report_person(self) -> None:
        await self._act(self._guest(), f"users/{self._guest().id}/reports", "this is spam")

    async def hide(self) -> None:
        if len(self._world.hidden) < _HIDDEN_MAX and self._world.events:
            event = self._event()
            self._world.hidden.append(event)
            await self._act(self._moderator(), f"events/{event.id}/hide", "it is spam")

    async def _restore(self) -> None:
        event = self._world.hidden.pop(0) if self._world.hidden else self._event()
        await self._act(self._world.moderator or self._guest(), f"events/{event.id}/restore", "it is none")

    async def _take_down(self) -> None:
        """Deletes an event that is hidden."""
        if self._world.hidden and len(self._world.events) > _EVENTS_MIN:
            event = self._world.hidden.pop(0)
            self._world.events = [each for each in self._world.events if each is not event]
            await self._act(self._world.moderator or self._guest(), f"events/{event.id}/take-down", "it is spam")

    async def _block(self) -> None:
        if len(self._world.blocked) < _BLOCKED_MAX:
            guest, event = self._guest(), self._event()
            self._world.blocked.append(guest)
            await self._act(self._moderator(), f"users/{guest.id}/block", "they send spam")
            await self._act(guest, f"events/{event.id}/reports", "to annoy")  # must be refused

    async def _unblock(self) -> None:
        guest = self._world.blocked.pop(0) if self._world.blocked else self._guest()
        await self._act(self._world.moderator or self._guest(), f"users/{guest.id}/unblock", "they regret it")

    async def _act(self, guest: Guest, path: str, reason: str) -> None:
        await self._send(guest, "POST", f"/api/{path}", {"reason": reason})

    def _guest(self) -> Guest:
        return self._rng.choice(self._world.guests)

    def _event(self) -> KnownEvent:
        return self._rng.choice(self._world.events)

    def _moderator(self) -> Guest:
        """The moderator, or sometimes another guest, who must be refused."""
        moderator = self._world.moderator
        return moderator if moderator is not None and self._rng.random() < 0.9 else self._guest()
