"""Items as bytes, each encoded once per change and shared by all views that show it."""

from collections.abc import Iterable
from typing import Final

import msgspec

from turnout_core.domain.access import is_invited
from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol import messages, rendering
from turnout_core.protocol.items import DayItem, ListItem, MineItem, PresenceItem, TagItem, UserItem

Item = tuple[int, bytes]
"""Rank, and the item as JSON."""

_CARDS_MAX: Final = 20_000  # about 12 MB; beyond this the cache is emptied

_encode: Final = msgspec.json.Encoder().encode


class ItemCache:
    """Encoded items of one state. A card is valid until its event is invalidated; a new name does that, too."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._cards: dict[str, Item] = {}
        self._queues: dict[str, dict[str, int]] = {}

    def invalidate(self, event: str) -> None:
        """Drops the items of ``event``, which has changed."""
        self._cards.pop(event, None)
        self._queues.pop(event, None)

    def card(self, event: str) -> Item:
        item = self._cards.get(event)
        if item is None:
            if len(self._cards) >= _CARDS_MAX:
                self._cards.clear()
            shown = self._state.events[event]
            item = self._cards[event] = (shown.details.starts_at, _encode(rendering.card(self._state, shown)))
        return item

    def event(self, event: Event) -> Item:
        return event.details.starts_at, _encode(rendering.event_item(self._state, event))

    def attendee(self, attendance: Attendance) -> Item:
        return attendance.order, _encode(rendering.attendee(self._state, attendance))

    def mine(self, event_id: str, user: str) -> Item:
        """The relation of ``user`` to an event."""
        event = self._state.events[event_id]
        attendance = event.attendances.get(user)
        request = event.desk.requests.get(user) if event.desk is not None else None
        is_host = event.is_host(user)
        shown = MineItem(
            key=f"mine:{event.id}",
            rank=event.details.starts_at,
            event=event.id,
            organizing=event.organizer == user,
            status=attendance.status if attendance else None,
            party=attendance.party if attendance else 0,
            ahead=self._queue(event).get(user, 0),
            cohost=True if is_host and event.organizer != user else msgspec.UNSET,
            invited=True if is_invited(event, user) and not is_host and attendance is None else msgspec.UNSET,
            requested=request.party if request is not None else msgspec.UNSET,
        )
        return shown.rank, _encode(shown)

    def user(self, user: str, *, organizes: int, attends: int) -> Item:
        name = self._state.users[user].name
        shown = UserItem(key="user", rank=0, id=user, name=name, organizes=organizes, attends=attends)
        return shown.rank, _encode(shown)

    def _queue(self, event: Event) -> dict[str, int]:
        """The number of parties ahead of each waiting user; computed once per change of the event."""
        queue = self._queues.get(event.id)
        if queue is None:
            if len(self._queues) >= _CARDS_MAX:
                self._queues.clear()
            queue = {each.user: ahead for ahead, each in enumerate(event.waitlist())}
            self._queues[event.id] = queue
        return queue


def encode_all(items: Iterable[messages.Item]) -> dict[str, Item]:
    """Items by key, not cached: for views that few people watch."""
    return {each.key: (each.rank, _encode(each)) for each in items}


def list_item(total: int, before: int) -> Item:
    return 0, _encode(ListItem(key="list", rank=0, total=total, before=before))


def day_item(date: str, start_ms: int, total: int) -> Item:
    return start_ms, _encode(DayItem(key=f"day:{date}", rank=start_ms, date=date, total=total))


def tag_item(tag: str, total: int) -> Item:
    return -total, _encode(TagItem(key=f"tag:{tag}", rank=-total, tag=tag, total=total))


def presence_item(viewers: int) -> Item:
    return 0, _encode(PresenceItem(key="presence", rank=0, looking=viewers))
