"""Computes the items of every view at a State from docs/protocol.md ("Views"), without the gateway's code.

It may be slow, so it is short: it reads all events for each view. It leaves out ``presence``, which is in no journal.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Final

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.changes import Details
from turnout_core.domain.folding import fold
from turnout_core.domain.state import Event, State
from turnout_core.protocol.items import ListItem, MineItem, UserItem
from turnout_core.protocol.rendering import attendee, card, event_item
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.me_view import MeAddress
from turnout_gateway.views.view_kind import Address

PRESENCE: Final = "presence"
_DAY_MS: Final = 24 * 60 * 60 * 1000
_Sorted = tuple[int, str, bytes]


class Page(msgspec.Struct, frozen=True):
    """The items of a view as JSON, in order."""

    order: str
    items: tuple[bytes, ...]


class Oracle:
    """Computes pages. It caches only the encoded cards of unchanged events."""

    def __init__(self) -> None:
        self._cards: dict[str, tuple[int, bytes]] = {}

    def page(self, state: State, address: Address) -> Page | None:
        """The items of the view; None if the view does not exist."""
        match address:
            case EventsAddress():
                return self._events(state, address)
            case EventAddress(event=event):
                return _event(state, state.events[event]) if event in state.events else None
            case MeAddress(user=user):
                return self._me(state, user) if user in state.users else None
        raise TypeError(f"expected an address of docs/protocol.md, got {address!r}")

    def _events(self, state: State, address: EventsAddress) -> Page:
        past = address.when == "past"
        found = [event for event in state.events.values() if event.ended is past and _matches(state, event, address)]
        found.sort(key=lambda event: (event.details.starts_at, f"card:{event.id}"), reverse=past)
        items = [self._card(state, event) for event in found[: address.limit]]
        total = ListItem(key="list", rank=0, total=len(found))
        return _page([*items, (0, "list", msgspec.json.encode(total))], past)

    def _me(self, state: State, user: str) -> Page:
        self_item = UserItem(key="user", rank=0, id=user, name=state.users[user].name)
        items = [(0, "user", msgspec.json.encode(self_item))]
        for event in state.events.values():
            if event.organizer == user or user in event.attendances:
                mine = _mine(event, user)
                items += [self._card(state, event), (mine.rank, mine.key, msgspec.json.encode(mine))]
        return _page(items, descending=False)

    def _card(self, state: State, event: Event) -> _Sorted:
        touched, encoded = self._cards.get(event.id, (-1, b""))
        if touched != event.touched:
            encoded = msgspec.json.encode(card(state, event))
            self._cards[event.id] = (event.touched, encoded)
        return event.details.starts_at, f"card:{event.id}", encoded


def digest(order: str, items: Iterable[bytes]) -> str:
    """A digest of the bytes of all items and of their order."""
    return blake2b(b"\n".join((order.encode(), *items)), digest_size=16).hexdigest()


def _event(state: State, event: Event) -> Page:
    item = event_item(state, event)
    items = [(item.rank, item.key, msgspec.json.encode(item))]
    line = sorted(event.attendances.values(), key=lambda each: each.order)
    for status in ("going", "waitlisted"):
        window = islice((each for each in line if each.status == status), limits.ATTENDEES_WINDOW_ITEMS)
        for each in window:
            shown = attendee(state, each)
            items.append((shown.rank, shown.key, msgspec.json.encode(shown)))
    return _page(items, descending=False)


def _mine(event: Event, user: str) -> MineItem:
    attendance = event.attendances.get(user)
    line = [each.user for each in event.waitlist()]
    return MineItem(
        key=f"mine:{event.id}",
        rank=event.details.starts_at,
        event=event.id,
        organizing=event.organizer == user,
        status=attendance.status if attendance else None,
        party=attendance.party if attendance else 0,
        ahead=line.index(user) if user in line else 0,
    )


def _matches(state: State, event: Event, address: EventsAddress) -> bool:
    said = event.details
    texts = (said.title, said.description, said.place, state.users[event.organizer].name, *said.tags)
    days = _days(said)
    words = all(word in days or any(word in fold(text) for text in texts) for word in address.words)
    return words and (address.tag is None or address.tag in said.tags)


def _days(said: Details) -> set[str]:
    """Words for the days of the event, in its zone; an event shorter than a day has the day of its start."""
    first, last = date.fromisoformat(said.starts[:10]), date.fromisoformat(said.ends[:10])
    number = (last - first).days + 1 if said.ends_at - said.starts_at >= _DAY_MS else 1
    days = (first + timedelta(days=each) for each in range(number))
    return {word for day in days for word in f"{day:%Y-%m-%d %A %a %B %b %Y} {day.day}".lower().split()}


def _page(items: list[_Sorted], descending: bool) -> Page:
    ordered = sorted(items, key=lambda item: item[:2], reverse=descending)
    return Page("descending" if descending else "ascending", tuple(item[2] for item in ordered))
