"""Generated people: they send every kind of command, mostly valid ones, and sometimes conflict."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from chaos.clients.client import Client
from chaos.history.events import Answered, Asked
from chaos.history.recorder import Recorder

WORDS: Final = ("chess", "garden", "river", "lantern", "bread", "choir", "mountain", "letters")
TAGS: Final = ("games", "music", "outdoors")
_ZONES: Final = ("Europe/Vienna", "America/New_York", "Asia/Kolkata")
_YEAR: Final = 2090  # far from now: these events do not end during a run
_SHORT_SHARE: Final = 0.3  # of the events, that end during a run
_LOCAL: Final = "%Y-%m-%dT%H:%M"
_USERS_MOST: Final = 24
_EVENTS_MOST: Final = 16
_EVENTS_LEAST: Final = 3
_TWICE_AT_ONCE: Final = 0.05


@dataclass(slots=True)
class Guest:
    id: str
    token: str


@dataclass(slots=True)
class Known:
    """An event, as somebody has seen it."""

    id: str
    organizer: Guest
    version: int
    joined: dict[str, Guest] = field(default_factory=dict)


@dataclass
class SharedWorld:
    """The events and people that all clients of a run know.

    Attributes:
        done: requests that have had an effect, and whose they were.
        now_ms: wall clock by which some events end during the run, at ``short_ends``; None for none.
    """

    guests: list[Guest] = field(default_factory=list)
    events: list[Known] = field(default_factory=list)
    done: list[tuple[Guest, Asked]] = field(default_factory=list)
    now_ms: Callable[[], int] | None = None
    short_ends: list[int] = field(default_factory=list)


class Person:
    """One generated client."""

    def __init__(self, client: Client, recorder: Recorder, world: SharedWorld, rng: Random) -> None:
        self._client = client
        self._recorder = recorder
        self._world = world
        self._rng = rng
        self._actions: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (2, self.sign_up),
            (1, self._sign_out),
            (3, self.who_am_i),
            (4, self.create),
            (5, self._edit),
            (1, self._cancel),
            (2, self._delete),
            (16, self._join),
            (4, self._change_party),
            (10, self._unattend),
            (3, self._remove),
            (1, self._reuse_key),
            (2, self._ask_again),
            (1, self.make_room),
        ]

    async def act(self) -> None:
        """Does one thing, or what has to be done before anything else can be."""
        if len(self._world.guests) < 3:
            await self.sign_up()
        elif len(self._world.events) < 3:
            await self.create()
        else:
            weights = [weight for weight, _ in self._actions]
            await self._rng.choices(self._actions, weights)[0][1]()

    async def sign_up(self) -> Guest | None:
        if len(self._world.guests) >= _USERS_MOST:
            return None
        name = f"{self._rng.choice(WORDS).title()} {self._rng.randrange(1000)}"
        answered = await self._ask(None, "POST", "/api/session", {"name": name})
        if answered is None or answered.status != 201:
            return None
        said = json.loads(answered.body)
        guest = Guest(said["user"]["id"], said["token"])
        self._world.guests.append(guest)
        return guest

    async def create(self) -> Known | None:
        guest = self._guest()
        if len(self._world.events) >= _EVENTS_MOST:
            return None
        short = self._world.now_ms is not None and self._rng.random() < _SHORT_SHARE
        answered = await self._ask(guest, "POST", "/api/events", {**self._draft(), **(self._soon() if short else {})})
        if answered is None or answered.status != 201:
            return None
        known = Known(json.loads(answered.body)["id"], guest, 1)
        self._world.events.append(known)
        return known

    async def create_short(self) -> None:
        """Makes an event that ends within a minute."""
        await self._ask(self._guest(), "POST", "/api/events", {**self._draft(), **self._soon()})

    def _soon(self) -> dict[str, Any]:
        assert self._world.now_ms is not None
        starts = datetime.fromtimestamp(self._world.now_ms() // 60_000 * 60, UTC)
        ends = starts + timedelta(minutes=1)
        self._world.short_ends.append(round(ends.timestamp() * 1000))
        return {"zone": "UTC", "starts": starts.strftime(_LOCAL), "ends": ends.strftime(_LOCAL)}

    async def _sign_out(self) -> None:
        if len(self._world.guests) < _USERS_MOST // 2:
            return
        guest = self._guest()
        self._world.guests.remove(guest)
        await self._ask(guest, "DELETE", "/api/session")
        await self._ask(guest, "POST", "/api/events", self._draft())  # refused, and so it should be

    async def who_am_i(self) -> None:
        asked = self._recorder.asked(self._guest().id, "GET", "/api/session")
        await self._client.do(asked, next(each.token for each in self._world.guests if each.id == asked.user))

    async def _edit(self) -> None:
        event = self._event()
        fields = {name: value for name, value in self._draft().items() if self._rng.random() < 0.3}
        if "starts" in fields or "zone" in fields:
            fields["ends"] = None
        if_match = f'"{event.version}"' if self._rng.random() < 0.5 else None
        answered = await self._ask(self._owner(event), "PATCH", f"/api/events/{event.id}", fields, if_match)
        if answered is not None and answered.etag is not None:
            event.version = max(event.version, int(answered.etag.strip('"')))
        elif answered is not None and answered.status == 412:
            event.version = json.loads(answered.body)["event"]["version"]

    async def _cancel(self) -> None:
        event = self._event()
        await self._ask(self._owner(event), "POST", f"/api/events/{event.id}/cancel")

    async def _delete(self) -> None:
        event = self._event()
        if len(self._world.events) <= _EVENTS_LEAST:
            return
        answered = await self._ask(self._owner(event), "DELETE", f"/api/events/{event.id}")
        if answered is not None and answered.status in (204, 404) and event in self._world.events:
            self._world.events.remove(event)

    async def _join(self) -> None:
        guest, event = self._guest(), self._event()
        event.joined[guest.id] = guest
        if self._rng.random() < _TWICE_AT_ONCE:
            await self.join_twice()
        else:
            party = {"party": self._rng.choice((1, 1, 1, 2, 3))}
            await self._ask(guest, "POST", f"/api/events/{event.id}/attendees", party)

    async def join_twice(self) -> None:
        """With two keys at once, so that one of them finds that it has joined already."""
        guest, event = self._guest(), self._event()
        event.joined[guest.id] = guest
        await asyncio.gather(*(self._ask(guest, "POST", f"/api/events/{event.id}/attendees") for _ in "ab"))

    async def make_room(self) -> None:
        """Two want one seat; who has it leaves, so that the other gets it."""
        first, second = self._rng.sample(self._world.guests, 2)
        answered = await self._ask(first, "POST", "/api/events", {**self._draft(), "capacity": 1, "waitlist": True})
        if answered is None or answered.status != 201:
            return
        event = json.loads(answered.body)["id"]
        for guest in (first, second):
            await self._ask(guest, "POST", f"/api/events/{event}/attendees")
        await self._ask(first, "DELETE", f"/api/events/{event}/attendees/me")

    async def _change_party(self) -> None:
        event = self._event()
        guest = self._joined(event)
        await self._ask(guest, "PATCH", f"/api/events/{event.id}/attendees/me", {"party": self._rng.randint(1, 4)})

    async def _unattend(self) -> None:
        event = self._event()
        guest = self._joined(event)
        event.joined.pop(guest.id, None)
        await self._ask(guest, "DELETE", f"/api/events/{event.id}/attendees/me")

    async def _remove(self) -> None:
        event = self._event()
        guest = self._joined(event)
        event.joined.pop(guest.id, None)
        await self._ask(self._owner(event), "DELETE", f"/api/events/{event.id}/attendees/{guest.id}")

    async def _reuse_key(self) -> None:
        if self._world.done:
            guest, asked = self._rng.choice(self._world.done)
            await self._ask(guest, "POST", "/api/events", self._draft(), key=asked.key)

    async def _ask_again(self) -> None:
        """As one who has lost the answer."""
        if self._world.done:
            guest, asked = self._rng.choice(self._world.done)
            await self._client.do(asked, guest.token)

    async def _ask(
        self,
        guest: Guest | None,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        if_match: str | None = None,
        key: str | None = None,
    ) -> Answered | None:
        user, token = (guest.id, guest.token) if guest else (None, None)
        said = "" if body is None else json.dumps(body)
        asked = self._recorder.asked(user, method, path, said, key or self._client.key(), if_match)
        answered = await self._once_or_twice(asked, token)
        if guest is not None and key is None and answered is not None and answered.status == 201:
            self._world.done = [*self._world.done[-20:], (guest, asked)]
        return answered

    async def _once_or_twice(self, asked: Asked, token: str | None) -> Answered | None:
        if self._rng.random() >= _TWICE_AT_ONCE:
            return await self._client.do(asked, token)
        answers = await asyncio.gather(*(self._client.do(asked, token) for _ in "ab"))  # raced duplicates
        return answers[0] or answers[1]

    def _guest(self) -> Guest:
        return self._rng.choice(self._world.guests)

    def _event(self) -> Known:
        return self._rng.choice(self._world.events)

    def _owner(self, event: Known) -> Guest:
        """The organizer, or, now and then, somebody who is not."""
        return event.organizer if self._rng.random() < 0.9 else self._guest()

    def _joined(self, event: Known) -> Guest:
        """Somebody who has joined, or, where nobody has, anybody."""
        return self._rng.choice([*event.joined.values()] or self._world.guests)

    def _draft(self) -> dict[str, Any]:
        rng = self._rng
        return {
            "title": f"{rng.choice(WORDS)} {rng.choice(WORDS)}",
            "starts": f"{_YEAR}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(8, 22):02}:30",
            "zone": rng.choice(_ZONES),
            "description": " ".join(rng.choices(WORDS, k=3)),
            "place": rng.choice(("", "the old mill", "room 4")),
            "tags": sorted(set(rng.choices(TAGS, k=2))),
            "capacity": rng.choice((None, 2, 3, 4, 6)),
            "waitlist": rng.random() < 0.85,
        }
