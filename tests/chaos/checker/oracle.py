"""Computes the items of every view at a State from docs/protocol.md ("Views"), without the gateway's code.

It may be slow, so it is short: it reads all events for each view. It leaves out ``presence``, which is in no journal.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import blake2b
from itertools import islice
from typing import Final

import msgspec
from msgspec import UNSET

from turnout_core.domain import limits
from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.changes import Details
from turnout_core.domain.folding import fold
from turnout_core.domain.state import Event, State
from turnout_core.domain.zones import load_zone
from turnout_core.protocol.items import DayItem, ListItem, MineItem, TagItem, UserItem
from turnout_core.protocol.rendering import attendee, card, event_item
from turnout_core.protocol.restricted_items import ChangedValue, NoticeItem, NoticesItem
from turnout_gateway.views.calendar_view import CalendarAddress
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.me_view import MeAddress
from turnout_gateway.views.notices_view import NoticesAddress
from turnout_gateway.views.people_view import PeopleAddress
from turnout_gateway.views.tags_view import TagsAddress
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

    def page(self, state: State, address: Address, viewer: str | None = None) -> Page | None:  # noqa: PLR0911 - one for each kind of view
        """The items of the view; None if it does not exist, or not for ``viewer`` (user id; None for a visitor)."""
        match address:
            case EventsAddress():
                return self._events(state, address) if _is_user(state, address.user) else None
            case CalendarAddress():
                return _calendar(state, address) if _is_user(state, address.user) else None
            case TagsAddress():
                return _tags(state, address) if _is_user(state, address.user) else None
            case EventAddress(event=event):
                return _event(state, state.events[event]) if _sees(state, viewer, event) else None
            case PeopleAddress(event=event):
                return _people(state, state.events[event], address) if _sees(state, viewer, event) else None
            case MeAddress(user=user):
                return self._me(state, user) if user in state.users else None
            case NoticesAddress(user=user):
                return _notices(state, user) if user in state.users else None
        raise TypeError(f"expected an address of docs/protocol.md, got {address!r}")

    def _events(self, state: State, address: EventsAddress) -> Page:
        past = address.when == "past"
        found = [event for event in state.events.values() if event.ended is past and _matches(state, event, address)]
        found.sort(key=_sort_key, reverse=past)
        start, window = _window(found, address)
        items = [self._card(state, event) for event in window]
        if address.user is not None:
            items += [_encoded(_mine(event, address.user)) for event in window]
        total = ListItem(key="list", rank=0, total=len(found), before=start)
        return _page([*items, (0, "list", msgspec.json.encode(total))], past)

    def _me(self, state: State, user: str) -> Page:
        own = [event for event in state.events.values() if _is_own(state, event, user)]
        coming = [event for event in own if not event.ended]
        on = [event for event in coming if event.status == "scheduled"]
        organizes = sum(event.organizer == user for event in on)
        attends = sum(user in event.attendances for event in on)
        name = state.users[user].name
        first = sorted(coming, key=_sort_key)[: limits.WINDOW_DEFAULT_ITEMS]
        others = [event for event in own if event not in first and _is_guest(event, user)]
        return _page(
            [
                _encoded(UserItem(key="user", rank=0, id=user, name=name, organizes=organizes, attends=attends)),
                *(self._card(state, event) for event in first),
                *(_encoded(_mine(event, user)) for event in (*first, *others)),
            ],
            descending=False,
        )

    def _card(self, state: State, event: Event) -> _Sorted:
        touched, encoded = self._cards.get(event.id, (-1, b""))
        if touched != event.touched:
            encoded = msgspec.json.encode(card(state, event))
            self._cards[event.id] = (event.touched, encoded)
        return event.details.starts_at, f"card:{event.id}", encoded


def digest(order: str, items: Iterable[bytes]) -> str:
    """A digest of the bytes of all items and of their order."""
    return blake2b(b"\n".join((order.encode(), *items)), digest_size=16).hexdigest()


def _sees(state: State, viewer: str | None, event: str) -> bool:
    return event in state.events and may(viewer_of(state, viewer), "see", state.events[event])


def _sort_key(event: Event) -> tuple[int, str]:
    return event.details.starts_at, f"card:{event.id}"


def _window(found: list[Event], address: EventsAddress) -> tuple[int, list[Event]]:
    """The number of events before the window, and its events; ``found`` is in the order of the list."""
    cursor = address.after or address.before
    if cursor is None:
        return 0, found[: address.limit]
    place = (cursor.moment_ms, f"card:{cursor.event}" if cursor.event else "")
    higher = [event for event in found if _sort_key(event) > place]
    lower = [event for event in found if _sort_key(event) < place]
    preceding, following = (higher, lower) if address.when == "past" else (lower, higher)
    if address.after is not None:
        return len(found) - len(following), following[: address.limit]
    return max(len(preceding) - address.limit, 0), preceding[-address.limit :]


def _calendar(state: State, address: CalendarAddress) -> Page:
    """Each event counts on the day that the zone's clock shows when it starts."""
    totals: Counter[str] = Counter()
    for event in state.events.values():
        starts = datetime.fromtimestamp(event.details.starts_at / 1000, load_zone(address.zone))
        if starts.isoformat().startswith(address.month) and _matches(state, event, address):
            totals[starts.date().isoformat()] += 1
    days = (_day(day, address.zone, total) for day, total in totals.items())
    return _page([(day.rank, day.key, msgspec.json.encode(day)) for day in days], descending=False)


def _day(day: str, zone: str, total: int) -> DayItem:
    return DayItem(key=f"day:{day}", rank=_first_ms(day, zone), date=day, total=total)


@cache
def _first_ms(day: str, zone: str) -> int:
    """The first moment from which the clock shows ``day`` until noon. Clocks change at whole minutes."""
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=load_zone(zone)).astimezone(UTC)
    minute = timedelta(minutes=1)
    while (noon - minute).astimezone(load_zone(zone)).date() == date.fromisoformat(day):
        noon -= minute
    return round(noon.timestamp() * 1000)


def _tags(state: State, address: TagsAddress) -> Page:
    totals: Counter[str] = Counter()
    for event in state.events.values():
        if _is_listed(state, event, address.user) and event.ended is (address.when == "past"):
            totals.update(event.details.tags)
    top = sorted(totals.items(), key=lambda each: (-each[1], each[0]))[: address.limit]
    items = (TagItem(key=f"tag:{tag}", rank=-total, tag=tag, total=total) for tag, total in top)
    return _page([(item.rank, item.key, msgspec.json.encode(item)) for item in items], descending=False)


def _people(state: State, event: Event, address: PeopleAddress) -> Page:
    names = {user: fold(state.users[user].name) for user in event.attendances}
    line = sorted(
        (each for each in event.attendances.values() if each.status == address.status), key=lambda each: each.order
    )
    found = [each for each in line if all(word in names[each.user] for word in address.words)]
    window = [each for each in found if each.order > address.after]
    total = ListItem(key="list", rank=0, total=len(found), before=len(found) - len(window))
    items = [attendee(state, each) for each in window[: address.limit]]
    encoded = [(each.rank, each.key, msgspec.json.encode(each)) for each in items]
    return _page([(0, "list", msgspec.json.encode(total)), *encoded], descending=False)


def _event(state: State, event: Event) -> Page:
    item = event_item(state, event)
    items = [(item.rank, item.key, msgspec.json.encode(item))]
    is_open = event.details.guest_list == "everyone"
    line = sorted(event.attendances.values(), key=lambda each: each.order) if is_open else []
    for status in ("going", "waitlisted"):
        window = islice((each for each in line if each.status == status), limits.ATTENDEES_WINDOW_ITEMS)
        for each in window:
            shown = attendee(state, each)
            items.append((shown.rank, shown.key, msgspec.json.encode(shown)))
    return _page(items, descending=False)


def _notices(state: State, user: str) -> Page:
    """Notices of events that the user sees; those who were removed or declined may see the event no more."""
    inbox = state.inboxes.get(user)
    items: list[_Sorted] = []
    unread = 0
    for notice in inbox.notices if inbox is not None else ():
        event = state.events.get(notice.event)
        is_seen = event is None or may(viewer_of(state, user), "see", event)
        if not is_seen and (event is None or event.hidden or notice.kind not in ("removed", "declined")):
            continue
        is_read = inbox is not None and notice.seq <= inbox.read
        unread += not is_read
        is_known = event is None or notice.by in _hosts(event) or user in _hosts(event)
        item = NoticeItem(
            key=f"notice:{notice.id}", rank=notice.seq, id=notice.id, what=notice.kind, event=notice.event,
            title=notice.title, at=notice.at, read=is_read,
            by=state.users[notice.by].name if is_known and notice.by in state.users else UNSET,
            changes=tuple(ChangedValue(each.field, each.before, each.after) for each in notice.changes) or UNSET,
            text=notice.text if notice.kind == "message" else UNSET,
            lead=notice.lead or UNSET, party=notice.party or UNSET,
            zone=event.details.zone if event is not None and may(viewer_of(state, user), "see", event) else UNSET,
        )  # fmt: skip
        items.append((item.rank, item.key, msgspec.json.encode(item)))
    total = NoticesItem(key="notices", rank=0, unread=unread)
    return _page([*items, (0, total.key, msgspec.json.encode(total))], descending=True)


def _hosts(event: Event) -> tuple[str, ...]:
    return (event.organizer, *event.cohosts)


def _is_user(state: State, user: str | None) -> bool:
    return user is None or user in state.users


def _is_own(state: State, event: Event, user: str) -> bool:
    return (user in _hosts(event) or _is_guest(event, user)) and may(viewer_of(state, user), "see", event)


def _is_guest(event: Event, user: str) -> bool:
    desk = event.desk
    return user in event.attendances or (desk is not None and (user in desk.requests or user in desk.invited))


def _mine(event: Event, user: str) -> MineItem:
    attendance = event.attendances.get(user)
    request = event.desk.requests.get(user) if event.desk is not None else None
    is_guest = event.desk is not None and user in event.desk.invited
    line = [each.user for each in event.waitlist()]
    return MineItem(
        key=f"mine:{event.id}",
        rank=event.details.starts_at,
        event=event.id,
        organizing=event.organizer == user,
        status=attendance.status if attendance else None,
        party=attendance.party if attendance else 0,
        ahead=line.index(user) if user in line else 0,
        cohost=True if user in event.cohosts else UNSET,
        invited=True if is_guest and user not in (event.organizer, *event.cohosts, *event.attendances) else UNSET,
        requested=UNSET if request is None else request.party,
    )


def _matches(state: State, event: Event, address: EventsAddress | CalendarAddress) -> bool:
    has_tag = address.tag is None or address.tag in event.details.tags
    return _is_listed(state, event, address.user) and has_tag and _has_words(state, event, address.words)


def _is_listed(state: State, event: Event, user: str | None) -> bool:
    if user is not None:
        return _is_own(state, event, user)
    return event.details.visibility == "public" and not event.hidden


def _has_words(state: State, event: Event, words: tuple[str, ...]) -> bool:
    said = event.details
    organizer = state.users.get(event.organizer)
    texts = (said.title, said.description, said.place, organizer.name if organizer is not None else "", *said.tags)
    days = _days(said)
    return all(word in days or any(word in fold(text) for text in texts) for word in words)


def _days(said: Details) -> set[str]:
    """Words for the days of the event, in its zone; an event shorter than a day has the day of its start."""
    first, last = date.fromisoformat(said.starts[:10]), date.fromisoformat(said.ends[:10])
    number = (last - first).days + 1 if said.ends_at - said.starts_at >= _DAY_MS else 1
    if said.all_day:
        number = (last - first).days
    days = (first + timedelta(days=each) for each in range(number))
    return {word for day in days for word in f"{day:%Y-%m-%d %A %a %B %b %Y} {day.day}".lower().split()}


def _encoded(item: UserItem | MineItem) -> _Sorted:
    return item.rank, item.key, msgspec.json.encode(item)


def _page(items: list[_Sorted], descending: bool) -> Page:
    ordered = sorted(items, key=lambda item: item[:2], reverse=descending)
    return Page("descending" if descending else "ascending", tuple(item[2] for item in ordered))
