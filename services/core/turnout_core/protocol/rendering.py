"""Renders the State into items. Pure; both services use it, so they show the same.

The gateway renders and encodes thousands of items a second: bench/items.py compares the cost with that of plain
dicts and of pydantic models.
"""

import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from msgspec import UNSET

from turnout_core.domain import limits
from turnout_core.domain.event_desk import Invitation, Request, Webhook
from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol.items import AttendeeItem, Card, EventItem, Face, InvitationItem, Person, RequestItem
from turnout_core.protocol.restricted_items import WebhookItem

NOBODY: Final = Person("", "")
_EventLike = TypeVar("_EventLike", Card, EventItem)


def person(state: State, user: str) -> Person:
    """The user. The id and the name are empty if they are gone."""
    found = state.users.get(user)
    return Person(user, found.name) if found is not None else NOBODY


def card(state: State, event: Event) -> Card:
    """The event as lists show it."""
    return _render(Card, f"card:{event.id}", state, event)


def event_item(state: State, event: Event) -> EventItem:
    """The event with its description."""
    return _render(
        EventItem,
        f"event:{event.id}",
        state,
        event,
        description=event.details.description,
        created_at=event.created_at,
    )


def attendee(state: State, attendance: Attendance) -> AttendeeItem:
    """One attendee, in the order of joining."""
    return AttendeeItem(
        key=f"attendee:{attendance.user}",
        rank=attendance.order,
        user=person(state, attendance.user),
        party=attendance.party,
        status=attendance.status,
        joined_at=attendance.at,
    )


def request(state: State, wanted: Request) -> RequestItem:
    """One request, in the order of asking."""
    return RequestItem(
        key=f"request:{wanted.user}",
        rank=wanted.order,
        user=person(state, wanted.user),
        party=wanted.party,
        requested_at=wanted.at,
    )


def invitation(state: State, made: Invitation, *, has_code: bool) -> InvitationItem:
    """One invitation link, in the order of making.

    Only those may read the code who may make such a link: for the desk, which all hosts read, that of a link for
    co-hosts has to be left out.
    """
    return InvitationItem(
        key=f"invitation:{made.id}",
        rank=made.made_at,
        id=made.id,
        code=made.code if has_code else UNSET,
        role=made.role,
        uses=made.uses,
        ends_at=made.ends_at,
        made_by=person(state, made.made_by),
        made_at=made.made_at,
    )


def webhook(added: Webhook) -> WebhookItem:
    """One webhook, in the order of adding. Its address can have a secret, so the item has only the host."""
    host = urlsplit(added.url).netloc
    return WebhookItem(key=f"webhook:{added.id}", rank=added.made_at, id=added.id, host=host, made_at=added.made_at)


def _render(item: type[_EventLike], key: str, state: State, event: Event, **further: Any) -> _EventLike:
    """The event as an ``item``; ``further`` are the fields that a card does not have."""
    details = event.details
    faces, newest = _faces_and_newest(state, event)
    return item(
        key=key,
        rank=details.starts_at,
        id=event.id,
        version=event.version,
        status=event.status,
        title=details.title,
        organizer=person(state, event.organizer),
        starts=details.starts,
        ends=details.ends,
        zone=details.zone,
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        place=details.place,
        link=details.link,
        tags=details.tags,
        capacity=details.capacity,
        waitlist=details.waitlist,
        going=event.going,
        waiting=event.waiting,
        faces=faces,
        newest=newest,
        starts_fold=details.starts_fold or UNSET,
        ends_fold=details.ends_fold or UNSET,
        all_day=details.all_day or UNSET,
        cohosts=tuple([person(state, each) for each in event.cohosts]) if event.cohosts else UNSET,
        visibility=UNSET if details.visibility == "public" else details.visibility,
        joining=UNSET if details.joining == "open" else details.joining,
        guest_list=UNSET if details.guest_list == "everyone" else details.guest_list,
        guest_hint=UNSET if details.guest_hint == "initials" else details.guest_hint,
        hidden=event.hidden or UNSET,
        **further,
    )


def _faces_and_newest(state: State, event: Event) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
    """The first attendees, and the last ones; of a restricted guest list their initials at most.

    An item is the same for everyone who sees the event, so it has no name that one of them may not see.
    """
    details = event.details
    going = (each for each in event.attendances.values() if each.status == "going")
    if details.guest_list == "everyone":
        faces = _faces(state, islice(going, limits.FACES_MAX))
        return faces, _newest(state, event) if len(faces) == limits.FACES_MAX else ()
    if details.guest_hint == "counts":
        return (), ()
    users = state.users
    return tuple([Face("", initial(users[each.user].name), each.party) for each in islice(going, limits.FACES_MAX)]), ()


def initial(name: str) -> str:
    """The first letter of a name, with its marks (Unicode Standard Annex 29)."""
    first = name[:1]
    for character in name[1:]:
        if not unicodedata.combining(character):
            break
        first += character
    return first.upper()


def _newest(state: State, event: Event) -> tuple[Face, ...]:
    found: list[Attendance] = []
    for each in islice(reversed(event.attendances.values()), limits.NEWEST_LOOK_BACK):
        if each.status == "going":
            found.append(each)
            if len(found) == limits.NEWEST_MAX:
                break
    return _faces(state, reversed(found))


def _faces(state: State, attendances: Iterator[Attendance]) -> tuple[Face, ...]:
    users = state.users
    return tuple([Face(each.user, users[each.user].name, each.party) for each in attendances])
