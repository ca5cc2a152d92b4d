"""Fills an instance over HTTP: an organizer of many events, a guest of one, and an event with many attendees."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypeVar

import httpx

_CONNECTIONS: Final = 32
_EVENTS_A_DAY: Final = 5
_NAMES: Final = ("Ada Novak", "Ben", "Chiara Rossi", "Dev Patel", "Eva Lindqvist", "Farid", "Grace Kim")
_LAST_NAME: Final = "Zuleika"
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Crowd:
    """The people and the page of an instance that is filled.

    Attributes:
        organizer: cookies of the person who organizes all events.
        guest: cookies of a person who attends one of them.
        event_path: the page of the event that has the attendees.
        last_event: title of the event that starts last.
        last_attendee: name of the attendee who joined last.
    """

    organizer: dict[str, str]
    guest: dict[str, str]
    event_path: str
    last_event: str
    last_attendee: str


async def make_crowd(url: str, events: int, attendees: int) -> Crowd:
    """Creates the events, some on each day from tomorrow on, and the attendees of the one that starts last."""
    limits = httpx.Limits(max_connections=_CONNECTIONS)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=None) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # each sign-up is another person's

        async def call(path: str, person: dict[str, str], **body: Any) -> httpx.Response:
            cookie = "; ".join(f"{name}={value}" for name, value in person.items())
            headers = {"Cookie": cookie, "Origin": url}
            return (await client.post(path, json=body, headers=headers)).raise_for_status()

        async def sign_up(name: str) -> dict[str, str]:
            return dict((await call("/api/session", {}, name=name)).cookies)

        async def create(number: int) -> str:
            response = await call("/api/events", organizer, **_draft(number))
            return f"/events/{response.json()['id']}"

        async def join(number: int) -> None:
            await call(f"/api{paths[-1]}/attendees", await sign_up(_name(number)), party=1 + number % 3)

        organizer, guest = await sign_up("Olga"), await sign_up("Gus")
        paths = await _all(create(number) for number in range(events))
        await call(f"/api{paths[0]}/attendees", guest, party=1)
        await _all(join(number) for number in range(attendees - 1))
        await call(f"/api{paths[-1]}/attendees", await sign_up(_LAST_NAME), party=1)
    return Crowd(organizer, guest, paths[-1], _draft(events - 1)["title"], _LAST_NAME)


async def _all(calls: Iterable[Awaitable[_Result]]) -> list[_Result]:
    return list(await asyncio.gather(*calls))


def _draft(number: int) -> dict[str, Any]:
    day, hour = divmod(number, _EVENTS_A_DAY)
    starts = datetime.now(UTC) + timedelta(days=1 + day)
    return {
        "title": f"Board games, evening {number + 1}",
        "starts": f"{starts:%Y-%m-%d}T{12 + 2 * hour}:00",
        "zone": "Europe/Vienna",
        "place": "The Depot, hall 2",
        "description": "Bring a game. " * 20,
        "tags": [("games", "music", "outdoors")[number % 3]],
    }


def _name(number: int) -> str:
    return f"{_NAMES[number % len(_NAMES)]} {number}"
