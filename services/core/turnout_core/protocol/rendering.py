"""From the State to the items that people read. Pure; both services show the same.

An item is made as a plain dict first, in the order of its model's fields: the gateway encodes thousands a second, and
building a model to encode it would cost three times as much (bench/items.py). That both give the same JSON is a
test.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from turnout_core.domain import limits
from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol.items import AttendeeItem, Card, EventItem, Person


def person(state: State, user: str) -> Person:
    return Person(id=user, name=state.users[user].name)


def card(state: State, event: Event) -> Card:
    """The event as lists show it."""
    return Card.model_validate(card_fields(state, event))


def event_item(state: State, event: Event) -> EventItem:
    """The event, whole."""
    return EventItem.model_validate(event_fields(state, event))


def attendee(state: State, attendance: Attendance) -> AttendeeItem:
    """One attendee, in the order of joining."""
    return AttendeeItem.model_validate(attendee_fields(state, attendance))


def card_fields(state: State, event: Event) -> dict[str, Any]:
    return _shown(state, event, "card")


def event_fields(state: State, event: Event) -> dict[str, Any]:
    fields = _shown(state, event, "event")
    fields["description"] = event.details.description
    fields["created_at"] = event.created_at
    return fields


def attendee_fields(state: State, attendance: Attendance) -> dict[str, Any]:
    return {
        "key": f"attendee:{attendance.user}",
        "rank": attendance.order,
        "kind": "attendee",
        "user": _named(state, attendance.user),
        "party": attendance.party,
        "status": attendance.status,
        "joined_at": attendance.at,
    }


def _named(state: State, user: str) -> dict[str, str]:
    return {"id": user, "name": state.users[user].name}


def _shown(state: State, event: Event, kind: str) -> dict[str, Any]:
    details = event.details
    going = (each for each in event.attendances.values() if each.status == "going")
    faces = _faces(state, islice(going, limits.FACES_MAX))
    return {
        "key": f"{kind}:{event.id}",
        "rank": details.starts_at,
        "id": event.id,
        "version": event.version,
        "status": event.status,
        "title": details.title,
        "organizer": _named(state, event.organizer),
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
        "newest": _newest(state, event) if len(faces) == limits.FACES_MAX else [],
        "kind": kind,
    }


def _newest(state: State, event: Event) -> list[dict[str, Any]]:
    found: list[Attendance] = []
    for each in islice(reversed(event.attendances.values()), limits.NEWEST_LOOK_BACK):
        if each.status == "going":
            found.append(each)
            if len(found) == limits.NEWEST_MAX:
                break
    return _faces(state, reversed(found))


def _faces(state: State, attendances: Iterator[Attendance]) -> list[dict[str, Any]]:
    users = state.users
    return [{"id": each.user, "name": users[each.user].name, "party": each.party} for each in attendances]
