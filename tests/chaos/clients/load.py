"""Generated people, who send every kind of command. Most commands are valid, and some conflict."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from chaos.clients.client import Client
from chaos.clients.hosting import Hosting
from chaos.clients.moderating import Moderating
from chaos.clients.returning import Returning, guest_of
from chaos.clients.telling import Telling
from chaos.clients.world import Guest, KnownEvent, SharedWorld
from chaos.history.events import Request, Response
from chaos.history.recorder import Recorder

WORDS: Final = ("chess", "garden", "river", "lantern", "bread", "choir", "mountain", "letters")
TAGS: Final = ("games", "music", "outdoors")
_ZONES: Final = ("Europe/Vienna", "America/New_York", "Asia/Kolkata")
FAR_YEAR: Final = 2090  # events of this year do not end during a run
_SHORT_SHARE: Final = 0.3  # share of events that end during a run
_ALL_DAY_SHARE: Final = 0.2  # share of the others that last all day
_LOCAL_FORMAT: Final = "%Y-%m-%dT%H:%M"
_USERS_MAX: Final = 24
_EVENTS_MAX: Final = 16
_EVENTS_MIN: Final = 3
_GUESTS_MIN: Final = 3
_DUPLICATE_SHARE: Final = 0.05


class Person:
    """One generated client."""

    def __init__(self, client: Client, recorder: Recorder, world: SharedWorld, rng: Random) -> None:
        self._client = client
        self._recorder = recorder
        self._world = world
        self._rng = rng
        self.hosting = Hosting(world, rng, self._send, self._choose_editor)
        self.returning = Returning(world, rng, self._send, self.new_guest)
        self.moderating = Moderating(world, rng, self._send)
        self.telling = Telling(world, rng, self._send, self._choose_editor)
        self._actions: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (2, self.sign_up),
            (1, self._sign_out),
            (3, self.read_session),
            (4, self.create),
            (5, self._edit),
            (1, self._cancel),
            (2, self._delete),
            (16, self._join),
            (4, self._change_party),
            (10, self._unattend),
            (3, self._remove),
            (2, self._read_notices),
            (1, self._reuse_key),
            (2, self._repeat_request),
            (1, self.promote_a_waiter),
            *self.hosting.actions,
            *self.returning.actions,
            *self.moderating.actions,
            *self.telling.actions,
        ]

    async def act(self) -> None:
        """Performs one random action. The first actions create guests and events."""
        if len(self._world.guests) < _GUESTS_MIN:
            await self.sign_up()
        elif len(self._world.events) < _EVENTS_MIN:
            await self.create()
        else:
            weights = [weight for weight, _ in self._actions]
            await self._rng.choices(self._actions, weights)[0][1]()

    async def sign_up(self) -> Guest | None:
        if len(self._world.guests) >= _USERS_MAX:
            return None
        guest = await self.new_guest()
        if guest is not None:
            self._world.guests.append(guest)
        return guest

    async def new_guest(self) -> Guest | None:
        """Signs up someone whom the other clients do not know."""
        name = f"{self._rng.choice(WORDS).title()} {self._rng.randrange(1000)}"
        response = await self._send(None, "POST", "/api/session", {"name": name})
        return guest_of(response)

    async def create(self) -> KnownEvent | None:
        guest = self._choose_guest()
        if len(self._world.events) >= _EVENTS_MAX:
            return None
        is_short = self._world.now_ms is not None and self._rng.random() < _SHORT_SHARE
        response = await self._send(
            guest, "POST", "/api/events", {**self._draw_draft(), **(self._short_times() if is_short else {})}
        )
        if response is None or response.status != 201:
            return None
        event = KnownEvent(json.loads(response.body)["id"], guest, 1)
        self._world.events.append(event)
        return event

    async def retitle(self, event: KnownEvent, title: str) -> str | None:
        """Gives an event another title. Returns the position of the change; None if it is refused or abandoned."""
        response = await self._send(event.organizer, "PATCH", f"/api/events/{event.id}", {"title": title})
        return response.position if response is not None and response.status == 200 else None

    async def create_short(self) -> None:
        """Creates an event that ends within a minute."""
        await self._send(self._choose_guest(), "POST", "/api/events", {**self._draw_draft(), **self._short_times()})

    def _short_times(self) -> dict[str, Any]:
        assert self._world.now_ms is not None
        starts = datetime.fromtimestamp(self._world.now_ms() // 60_000 * 60, UTC)
        ends = starts + timedelta(minutes=1)
        self._world.short_ends.append(round(ends.timestamp() * 1000))
        times = {"starts": starts.strftime(_LOCAL_FORMAT), "ends": ends.strftime(_LOCAL_FORMAT)}
        return {"zone": "UTC", "all_day": False, **times}

    async def _sign_out(self) -> None:
        if len(self._world.guests) < _USERS_MAX // 2:
            return
        guest = self._choose_guest()
        self._world.forget(guest)
        await self._send(guest, "DELETE", "/api/session")
        await self._send(guest, "POST", "/api/events", self._draw_draft())  # must be refused

    async def read_session(self) -> None:
        guest = self._choose_guest()
        request = self._recorder.add_request(guest.id, "GET", "/api/session", session=guest.session)
        await self._client.send(request, guest.token)

    async def _edit(self) -> None:
        event = self._choose_event()
        draft = self._draw_draft()
        fields = {name: value for name, value in draft.items() if self._rng.random() < 0.3}
        if "starts" in fields or "all_day" in fields:
            fields |= {"starts": draft["starts"], "all_day": draft["all_day"]}
        if "starts" in fields or "zone" in fields:
            fields["ends"] = None
        if_match = f'"{event.version}"' if self._rng.random() < 0.5 else None
        response = await self._send(self._choose_editor(event), "PATCH", f"/api/events/{event.id}", fields, if_match)
        if response is not None and response.etag is not None:
            event.version = max(event.version, int(response.etag.strip('"')))
        elif response is not None and response.status == 412:
            event.version = json.loads(response.body)["event"]["version"]

    async def _cancel(self) -> None:
        event = self._choose_event()
        await self._send(self._choose_editor(event), "POST", f"/api/events/{event.id}/cancel")

    async def _delete(self) -> None:
        event = self._choose_event()
        if len(self._world.events) <= _EVENTS_MIN:
            return
        response = await self._send(self._choose_editor(event), "DELETE", f"/api/events/{event.id}")
        if response is not None and response.status in (204, 404) and event in self._world.events:
            self._world.events.remove(event)

    async def _join(self) -> None:
        guest, event = self._choose_guest(), self._choose_event()
        event.joined[guest.id] = guest
        if self._rng.random() < _DUPLICATE_SHARE:
            await self.join_twice()
        else:
            party = {"party": self._rng.choice((1, 1, 1, 2, 3))}
            await self._send(guest, "POST", f"/api/events/{event.id}/attendees", party)

    async def join_twice(self) -> None:
        """Joins twice at once with two keys, so that one of the joins must be refused."""
        guest, event = self._choose_guest(), self._choose_event()
        event.joined[guest.id] = guest
        await asyncio.gather(*(self._send(guest, "POST", f"/api/events/{event.id}/attendees") for _ in "ab"))

    async def promote_a_waiter(self) -> None:
        """Two guests join an event with one seat. Then the first leaves, so that the second is promoted."""
        first, second = self._rng.sample(self._world.guests, 2)
        response = await self._send(
            first, "POST", "/api/events", {**self._draw_draft(), "capacity": 1, "waitlist": True}
        )
        if response is None or response.status != 201:
            return
        event = json.loads(response.body)["id"]
        for guest in (first, second):
            await self._send(guest, "POST", f"/api/events/{event}/attendees")
        await self._send(first, "DELETE", f"/api/events/{event}/attendees/me")

    async def approve_more_than_fit(self) -> None:
        """A host approves two guests for an event with one seat, so that the second waits."""
        host, first, second = self._rng.sample(self._world.guests, 3)
        settings = {"capacity": 1, "waitlist": True, "visibility": "public", "joining": "request"}
        response = await self._send(host, "POST", "/api/events", {**self._draw_draft(), **settings})
        if response is None or response.status != 201:
            return
        event = json.loads(response.body)["id"]
        for guest in (first, second):
            await self._send(guest, "POST", f"/api/events/{event}/attendees")
            await self._send(host, "POST", f"/api/events/{event}/requests/{guest.id}/approve", {})

    async def _change_party(self) -> None:
        event = self._choose_event()
        guest = self._choose_attendee(event)
        await self._send(guest, "PATCH", f"/api/events/{event.id}/attendees/me", {"party": self._rng.randint(1, 4)})

    async def _unattend(self) -> None:
        event = self._choose_event()
        guest = self._choose_attendee(event)
        event.joined.pop(guest.id, None)
        await self._send(guest, "DELETE", f"/api/events/{event.id}/attendees/me")

    async def _remove(self) -> None:
        event = self._choose_event()
        guest = self._choose_attendee(event)
        event.joined.pop(guest.id, None)
        await self._send(self._choose_editor(event), "DELETE", f"/api/events/{event.id}/attendees/{guest.id}")

    async def _read_notices(self) -> None:
        """Reads the notices of the first half of the run, or all."""
        until = self._rng.choice((200, 1_000_000))
        await self._send(self._choose_guest(), "POST", "/api/me/notices/read", {"until": f"{until}.changed.any"})

    async def _reuse_key(self) -> None:
        if self._world.effective_requests:
            guest, request = self._rng.choice(self._world.effective_requests)
            await self._send(guest, "POST", "/api/events", self._draw_draft(), key=request.key)

    async def _repeat_request(self) -> None:
        """Repeats an earlier request, as a client that has lost the response."""
        if self._world.effective_requests:
            guest, request = self._rng.choice(self._world.effective_requests)
            await self._client.send(request, guest.token)

    async def _send(
        self,
        guest: Guest | None,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
        key: str | None = None,
        *,
        has_key: bool = True,
    ) -> Response | None:
        user, token, session = (guest.id, guest.token, guest.session) if guest else (None, None, "")
        content = "" if body is None else json.dumps(body)
        used_key = (key or self._client.new_key()) if has_key else None
        request = self._recorder.add_request(user, method, path, content, used_key, if_match, session)
        response = await self._send_once_or_twice(request, token)
        is_new = key is None and has_key
        if guest is not None and is_new and response is not None and response.status == 201:
            self._world.effective_requests = [*self._world.effective_requests[-20:], (guest, request)]
        return response

    async def _send_once_or_twice(self, request: Request, token: str | None) -> Response | None:
        if self._rng.random() >= _DUPLICATE_SHARE:
            return await self._client.send(request, token)
        responses = await asyncio.gather(*(self._client.send(request, token) for _ in "ab"))  # raced duplicates
        return responses[0] or responses[1]

    def _choose_guest(self) -> Guest:
        return self._rng.choice(self._world.guests)

    def _choose_event(self) -> KnownEvent:
        return self._rng.choice(self._world.events)

    def _choose_editor(self, event: KnownEvent) -> Guest:
        """Returns the organizer, or sometimes another guest, whose edit must be refused."""
        return event.organizer if self._rng.random() < 0.9 else self._choose_guest()

    def _choose_attendee(self, event: KnownEvent) -> Guest:
        """Returns a guest who has joined, or any guest if the event has none."""
        return self._rng.choice([*event.joined.values()] or self._world.guests)

    def _draw_draft(self) -> dict[str, Any]:
        rng = self._rng
        all_day = rng.random() < _ALL_DAY_SHARE
        return {
            "title": f"{rng.choice(WORDS)} {rng.choice(WORDS)}",
            "starts": f"{FAR_YEAR}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T"
            + ("00:00" if all_day else f"{rng.randint(8, 22):02}:30"),
            "all_day": all_day,
            "zone": rng.choice(_ZONES),
            "description": " ".join(rng.choices(WORDS, k=3)),
            "place": rng.choice(("", "the old mill", "room 4")),
            "tags": sorted(set(rng.choices(TAGS, k=2))),
            "capacity": rng.choice((None, 2, 3, 4, 6)),
            "waitlist": rng.random() < 0.85,
        }
