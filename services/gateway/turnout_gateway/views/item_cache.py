"""Items as bytes, each encoded once per change and shared by all views that show it."""

from typing import Final

import msgspec
from pydantic import TypeAdapter

from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol import rendering as present
from turnout_core.protocol.items import ListItem, MineItem, PresenceItem, UserItem

Item = tuple[int, bytes]
"""Rank, and the item as JSON."""

_CARDS_MAX: Final = 20_000  # about 12 MB; beyond it they are made anew

_encode: Final = msgspec.json.Encoder().encode
_mine: Final = TypeAdapter(MineItem).dump_json
_user: Final = TypeAdapter(UserItem).dump_json
_list: Final = TypeAdapter(ListItem).dump_json
_presence: Final = TypeAdapter(PresenceItem).dump_json


class Encoded:
    """The items of one State. Names never change and counts only with the event, so a card is good until ``stale``."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._cards: dict[str, Item] = {}
        self._lines: dict[str, dict[str, int]] = {}

    def stale(self, event: str) -> None:
        """``event`` has changed."""
        self._cards.pop(event, None)
        self._lines.pop(event, None)

    def card(self, event: str) -> Item:
        item = self._cards.get(event)
        if item is None:
            if len(self._cards) >= _CARDS_MAX:
                self._cards.clear()
            shown = self._state.events[event]
            item = self._cards[event] = (shown.details.starts_at, _encode(present.card_fields(self._state, shown)))
        return item

    def event(self, event: Event) -> Item:
        return event.details.starts_at, _encode(present.event_fields(self._state, event))

    def attendee(self, attendance: Attendance) -> Item:
        return attendance.order, _encode(present.attendee_fields(self._state, attendance))

    def mine(self, event: Event, user: str) -> Item:
        """How ``user``, who organises or attends, stands to ``event``."""
        attendance = event.attendances.get(user)
        shown = MineItem(
            key=f"mine:{event.id}",
            rank=event.details.starts_at,
            kind="mine",
            event=event.id,
            organizing=event.organizer == user,
            status=attendance.status if attendance else None,
            party=attendance.party if attendance else 0,
            ahead=self._line(event).get(user, 0),
        )
        return shown.rank, _mine(shown)

    def user(self, user: str) -> Item:
        shown = UserItem(key="user", rank=0, kind="user", id=user, name=self._state.users[user].name)
        return shown.rank, _user(shown)

    def _line(self, event: Event) -> dict[str, int]:
        """Parties ahead of everybody who waits; one pass per change, however many of them look."""
        line = self._lines.get(event.id)
        if line is None:
            if len(self._lines) >= _CARDS_MAX:
                self._lines.clear()
            line = {each.user: ahead for ahead, each in enumerate(event.waitlist())}
            self._lines[event.id] = line
        return line


def total(count: int) -> Item:
    return 0, _list(ListItem(key="list", rank=0, kind="list", total=count))


def presence(looking: int) -> Item:
    return 0, _presence(PresenceItem(key="presence", rank=0, kind="presence", looking=looking))
