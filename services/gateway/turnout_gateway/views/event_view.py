"""One event: itself, the first who go, the first who wait, and how many look."""

from bisect import bisect_left, insort
from collections.abc import Iterable

from turnout_core.domain import limits
from turnout_core.domain.state import Event
from turnout_gateway.views.address import EventAddress
from turnout_gateway.views.collapsed import UNKNOWN, Blur, Blurs
from turnout_gateway.views.item_cache import Encoded, Item, presence
from turnout_gateway.views.view import Mark, View

_Place = tuple[int, str]  # order of joining, user


class EventView(View):
    """``events/<id>``"""

    __slots__ = ("_lines", "_places", "_shown", "event")

    def __init__(self, address: EventAddress, born: Mark, blurs: Blurs) -> None:
        super().__init__(address.canonical, "ascending", born, blurs)
        self.event = address.event
        self._lines: dict[str, list[_Place]] = {"going": [], "waitlisted": []}
        self._places: dict[str, tuple[str, _Place]] = {}
        self._shown: set[str] = set()
        self.unsettle("presence")  # every gateway counts for itself

    def load(self, event: Event, looking: int, encoded: Encoded) -> dict[str, Item]:
        """Gives the whole content."""
        self._lines = {"going": [], "waitlisted": []}
        self._places = {}
        for each in event.attendances.values():
            place = (each.order, each.user)
            self._lines[each.status].append(place)
            self._places[each.user] = (each.status, place)
        for line in self._lines.values():
            line.sort()
        self._shown = self._window()
        items: dict[str, Item] = {f"event:{event.id}": encoded.event(event), "presence": presence(looking)}
        for user in self._shown:
            items[f"attendee:{user}"] = encoded.attendee(event.attendances[user])
        return items

    def concerned(self, blur: Blur) -> bool:
        return blur is UNKNOWN or self.event in blur.users

    def update(self, event: Event, users: Iterable[str], encoded: Encoded, mark: Mark) -> None:
        """The event has changed, and for ``users`` also how they stand to it."""
        self.put(f"event:{event.id}", *encoded.event(event), mark)
        moved = set(users)
        if not moved:
            return
        for user in moved:
            self._move(event, user)
        shown = self._window()
        for user in sorted(self._shown - shown):
            self.drop(f"attendee:{user}", mark)
        for user in sorted((shown - self._shown) | (shown & moved)):
            self.put(f"attendee:{user}", *encoded.attendee(event.attendances[user]), mark)
        self._shown = shown

    def look(self, looking: int, mark: Mark) -> None:
        """So many clients look at it now."""
        self.put("presence", *presence(looking), mark)

    def _move(self, event: Event, user: str) -> None:
        if user in self._places:
            status, place = self._places.pop(user)
            line = self._lines[status]
            del line[bisect_left(line, place)]
        attendance = event.attendances.get(user)
        if attendance is not None:
            place = (attendance.order, user)
            insort(self._lines[attendance.status], place)
            self._places[user] = (attendance.status, place)

    def _window(self) -> set[str]:
        return {user for line in self._lines.values() for _, user in line[: limits.ATTENDEES_WINDOW_ITEMS]}
