"""Actions of people who come back by a recovery link, and bring the guest of another device along.

The service stores no response to them, so they have no Idempotency-Key. A client that repeats one may do it twice.
"""

import json
from collections.abc import Awaitable, Callable
from random import Random

from chaos.clients.hosting import Send
from chaos.clients.world import Guest, KnownEvent, SharedWorld
from chaos.history.events import Response

_GUESTS_MIN = 6  # of those who stay when a guest is brought along
_NOBODYS_SECRET = "a" * 26


class Returning:
    """The actions of one generated client.

    Args:
        new_guest: signs up someone whom the other clients do not know.
    """

    def __init__(
        self, world: SharedWorld, rng: Random, send: Send, new_guest: Callable[[], Awaitable[Guest | None]]
    ) -> None:
        self._world = world
        self._rng = rng
        self._send = send
        self._new_guest = new_guest
        self.actions: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (3, self._set_recovery),
            (1, self._end_recovery),
            (3, self._come_back),
            (1, self._try_former_secret),
            (3, self._bring_along),
        ]

    async def bring_a_guest_with_seats(self) -> None:
        """Someone joins on a new device, and then comes back there; the device's guest has seats to lose."""
        owner, guest = await self._new_guest(), await self._new_guest()
        if owner is None or guest is None:
            return
        secret = await self._new_secret(owner)
        if secret is not None and self._world.events:
            event = self._rng.choice(self._world.events)
            await self._send(guest, "POST", f"/api/events/{event.id}/attendees", {"party": 1})
            await self._sign_in(guest, secret, bring=True)

    async def replace_a_link(self) -> None:
        """Someone replaces their link, and then uses the former one, which must be refused."""
        owner = await self._new_guest()
        former = await self._new_secret(owner) if owner is not None else None
        if owner is None or former is None:
            return
        await self._new_secret(owner)
        await self._sign_in(None, former)

    async def _set_recovery(self) -> None:
        guest = self._rng.choice(self._world.guests)
        secret = await self._new_secret(guest)
        if secret is None or not self._world.knows(guest.id):
            return
        former = self._world.secrets.get(guest.id)
        if former is not None:
            self._world.former_secrets = [*self._world.former_secrets[-20:], former]
        self._world.secrets[guest.id] = secret

    async def _end_recovery(self) -> None:
        """This has a key, since its response has no secret."""
        guest = self._rng.choice(self._world.guests)
        former = self._world.secrets.pop(guest.id, None)
        if former is not None:
            self._world.former_secrets = [*self._world.former_secrets[-20:], former]
        await self._send(guest, "DELETE", "/api/recovery")

    async def _come_back(self) -> None:
        """Someone signs in on a device that has no session."""
        if self._world.secrets:
            device = await self._sign_in(None, self._choose_secret())
            if device is not None and self._world.knows(device.id):
                self._world.guests.append(device)

    async def _try_former_secret(self) -> None:
        await self._sign_in(None, self._rng.choice(self._world.former_secrets or [_NOBODYS_SECRET]))

    async def _bring_along(self) -> None:
        """Someone signs in on the device of a guest, and brings them along; no client acts as that guest then."""
        guest = self._rng.choice(self._world.guests)
        others = [user for user in self._world.secrets if user != guest.id]
        if not others or len({each.id for each in self._world.guests}) <= _GUESTS_MIN:
            return
        secret = self._world.secrets[self._rng.choice(others)]
        own_events = [each for each in self._world.events if each.organizer.id == guest.id]
        self._world.forget(guest)
        device = await self._sign_in(guest, secret, bring=True)
        if device is not None and self._world.knows(device.id):
            self._world.guests.append(device)
            self._give_events(own_events, device)

    def _give_events(self, events: list[KnownEvent], organizer: Guest) -> None:
        for event in events:
            event.organizer = organizer
        self._world.events += events

    async def _new_secret(self, guest: Guest) -> str | None:
        response = await self._send(guest, "POST", "/api/recovery", has_key=False)
        if response is None or response.status != 201:
            return None
        secret: str = json.loads(response.body)["secret"]
        return secret

    async def _sign_in(self, guest: Guest | None, secret: str, *, bring: bool = False) -> Guest | None:
        body = {"way": "recovery", "secret": secret, "bring": bring}
        return guest_of(await self._send(guest, "POST", "/api/sign-in", body, has_key=False))

    def _choose_secret(self) -> str:
        return self._rng.choice(list(self._world.secrets.values()))


def guest_of(response: Response | None) -> Guest | None:
    """The device that the response to a sign-up or a sign-in signs in; None if it was refused."""
    if response is None or response.status != 201:
        return None
    content = json.loads(response.body)
    return Guest(content["user"]["id"], content["token"], content["session"])
