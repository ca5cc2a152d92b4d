"""From the State to the items that people read. Pure; both services show the same."""

from itertools import islice

from turnout_core import limits
from turnout_core.items import AttendeeItem, Card, EventItem, Face, Person
from turnout_core.model import Attendance, Event, State


def person(state: State, user: str) -> Person:
    return Person(id=user, name=state.users[user].name)


def card(state: State, event: Event) -> Card:
    """The event as lists show it."""
    return Card(key=f"card:{event.id}", kind="card", **_shown(state, event))


def event_item(state: State, event: Event) -> EventItem:
    """The event, whole."""
    return EventItem(
        key=f"event:{event.id}",
        kind="event",
        description=event.details.description,
        created_at=event.created_at,
        **_shown(state, event),
    )


def attendee(state: State, attendance: Attendance) -> AttendeeItem:
    """One attendee, in the order of joining."""
    return AttendeeItem(
        key=f"attendee:{attendance.user}",
        rank=attendance.order,
        kind="attendee",
        user=person(state, attendance.user),
        party=attendance.party,
        status=attendance.status,
        joined_at=attendance.at,
    )


def _shown(state: State, event: Event) -> dict[str, object]:
    details = event.details
    going = (each for each in event.attendances.values() if each.status == "going")
    return {
        "rank": details.starts_at,
        "id": event.id,
        "version": event.version,
        "status": event.status,
        "title": details.title,
        "organizer": person(state, event.organizer),
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
        "faces": tuple(
            Face(id=each.user, name=state.users[each.user].name, party=each.party)
            for each in islice(going, limits.FACES_MAX)
        ),
    }
