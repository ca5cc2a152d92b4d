"""Measures the cost of rendering and encoding the card of an event with 13 people, in three variants.

The variants are msgspec structs (``protocol.rendering``), plain dicts with the same members, and pydantic models built
from these dicts. They alternate block by block, so that other work on the machine affects all of them alike.

python bench/items.py
"""

import time
from collections.abc import Callable, Iterable
from itertools import islice
from statistics import median
from typing import Any, Final

import msgspec
from pydantic import BaseModel, ConfigDict, create_model

from turnout_core.domain import limits
from turnout_core.domain.changes import Details
from turnout_core.domain.position import Position
from turnout_core.domain.state import Attendance, Event, State, User
from turnout_core.journal.record import GENESIS
from turnout_core.protocol.items import Card, Face, Person
from turnout_core.protocol.rendering import card

BLOCKS: Final = 30
ROUNDS: Final = 3_000

_encode: Final = msgspec.json.Encoder().encode


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def main() -> None:
    state, event = make_sample()
    card_model = model_of_card()
    variants: dict[str, Callable[[], bytes]] = {
        "structs": lambda: _encode(card(state, event)),
        "plain dicts": lambda: _encode(card_dict(state, event)),
        "pydantic models": lambda: card_model.model_validate(card_dict(state, event)).model_dump_json().encode(),
    }
    if len({msgspec.json.encode(msgspec.json.decode(variant()), order="sorted") for variant in variants.values()}) != 1:
        raise SystemExit("the three variants do not give the same card")
    durations_us = measure(variants)
    for name, blocks in durations_us.items():
        ratio = median(
            variant_us / dicts_us for variant_us, dicts_us in zip(blocks, durations_us["plain dicts"], strict=True)
        )
        print(f"{name:<16} {median(blocks):6.2f} us   {ratio:.2f} times plain dicts")


def measure(variants: dict[str, Callable[[], bytes]]) -> dict[str, list[float]]:
    """Microseconds per card, by variant and block. Every other block runs the variants in the opposite order."""
    durations_us: dict[str, list[float]] = {name: [] for name in variants}
    for block in range(BLOCKS):
        for name in list(variants) if block % 2 else reversed(variants):
            variant = variants[name]
            before = time.perf_counter()
            for _ in range(ROUNDS):
                variant()
            durations_us[name].append((time.perf_counter() - before) / ROUNDS * 1e6)
    return durations_us


def make_sample() -> tuple[State, Event]:
    state = State(Position("bench", 0), GENESIS)
    details = Details("Board games", "2026-11-27T19:30", "2026-11-27T21:30", "Europe/Vienna", 1, 2, capacity=24)
    event = Event("event0000001", "user00000000", details, 0)
    for number in range(13):
        user = f"user{number:08}"
        state.users[user] = User(user, f"Person {number}")
        event.attendances[user] = Attendance(user, 1, "going", number, 0)
    return state, event


def model_of_card() -> type[BaseModel]:
    """A pydantic model with the fields of ``Card``."""
    person = create_model("PersonModel", __base__=_Model, id=str, name=str)
    face = create_model("FaceModel", __base__=_Model, id=str, name=str, party=int)
    types: dict[Any, Any] = {Person: person, tuple[Face, ...]: tuple[face, ...]}
    fields: dict[str, Any] = {
        each.name: types.get(each.type, each.type) for each in msgspec.structs.fields(Card) if each.required
    }
    return create_model("CardModel", __base__=_Model, kind=str, **fields)


def card_dict(state: State, event: Event) -> dict[str, Any]:
    """The members of ``Card``, from ``event``."""
    details = event.details
    going = (each for each in event.attendances.values() if each.status == "going")
    faces = face_dicts(state, islice(going, limits.FACES_MAX))
    return {
        "kind": "card",
        "key": f"card:{event.id}",
        "rank": details.starts_at,
        "id": event.id,
        "version": event.version,
        "status": event.status,
        "title": details.title,
        "organizer": {"id": event.organizer, "name": state.users[event.organizer].name},
        "starts": details.starts,
        "ends": details.ends,
        "zone": details.zone,
        "starts_at": details.starts_at,
        "ends_at": details.ends_at,
        "place": details.place,
        "link": details.link,
        "tags": details.tags,
        "capacity": details.capacity,
        "waitlist": details.waitlist,
        "going": event.going,
        "waiting": event.waiting,
        "faces": faces,
        "newest": newest_dicts(state, event) if len(faces) == limits.FACES_MAX else [],
    }


def newest_dicts(state: State, event: Event) -> list[dict[str, Any]]:
    newest: list[Attendance] = []
    for each in islice(reversed(event.attendances.values()), limits.NEWEST_LOOK_BACK):
        if each.status == "going":
            newest.append(each)
            if len(newest) == limits.NEWEST_MAX:
                break
    return face_dicts(state, reversed(newest))


def face_dicts(state: State, attendances: Iterable[Attendance]) -> list[dict[str, Any]]:
    users = state.users
    return [{"id": each.user, "name": users[each.user].name, "party": each.party} for each in attendances]


if __name__ == "__main__":
    main()
