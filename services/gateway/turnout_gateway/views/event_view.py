"""``events/<id>``: one event, the first of its attendees and of its waitlist, and the number of viewers."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.rejections import EventNotFound
from turnout_core.domain.state import Event
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache, presence_item
from turnout_gateway.views.query import refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind

_EVENT_ID: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{limits.EVENT_ID_MAX_CHARS}}}")


def is_event_id(text: str) -> bool:
    """True if ``text`` can be the id of an event."""
    return _EVENT_ID.fullmatch(text) is not None


_QueueKey = tuple[int, str]  # order of joining, user


class EventAddress(msgspec.Struct, frozen=True, gc=False):
    event: str

    is_search: ClassVar[bool] = False

    @property
    def canonical(self) -> str:
        return f"events/{self.event}"

    @property
    def presence_event(self) -> str | None:
        return self.event


class EventView(View):
    """The view of one event. The number of viewers is volatile: it changes without a commit."""

    __slots__ = ("_queue_keys", "_queues", "_shown_users", "event")

    def __init__(self, address: EventAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed, volatile=("presence",))
        self.event = address.event
        self._queues: dict[str, list[_QueueKey]] = {"going": [], "waitlisted": []}
        self._queue_keys: dict[str, tuple[str, _QueueKey]] = {}
        self._shown_users: set[str] = set()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or self.event in collapsed.users

    def load(self, event: Event, viewers: int, items: ItemCache) -> dict[str, Item]:
        """Loads the attendees; returns all items."""
        self._queues = {"going": [], "waitlisted": []}
        self._queue_keys = {}
        for each in event.attendances.values():
            key = (each.order, each.user)
            self._queues[each.status].append(key)
            self._queue_keys[each.user] = (each.status, key)
        for queue in self._queues.values():
            queue.sort()
        self._shown_users = self._window()
        content: dict[str, Item] = {f"event:{event.id}": items.event(event), "presence": presence_item(viewers)}
        for user in self._shown_users:
            content[f"attendee:{user}"] = items.attendee(event.attendances[user])
        return content

    def update(self, event: Event, users: Iterable[str], items: ItemCache, revision: Revision) -> None:
        """Updates the items after a change of the event, and of the relation of ``users`` to it."""
        self.update_item(f"event:{event.id}", items.event(event), revision)
        affected = set(users)
        if not affected:
            return
        for user in affected:
            self._move(event, user)
        shown = self._window()
        for user in sorted(self._shown_users - shown):
            self.remove_item(f"attendee:{user}", revision)
        for user in sorted((shown - self._shown_users) | (shown & affected)):
            self.update_item(f"attendee:{user}", items.attendee(event.attendances[user]), revision)
        self._shown_users = shown

    def set_viewers(self, viewers: int, revision: Revision) -> None:
        self.update_item("presence", presence_item(viewers), revision)

    def _move(self, event: Event, user: str) -> None:
        if user in self._queue_keys:
            status, key = self._queue_keys.pop(user)
            queue = self._queues[status]
            del queue[bisect_left(queue, key)]
        attendance = event.attendances.get(user)
        if attendance is not None:
            key = (attendance.order, user)
            insort(self._queues[attendance.status], key)
            self._queue_keys[user] = (attendance.status, key)

    def _window(self) -> set[str]:
        return {user for queue in self._queues.values() for _, user in queue[: limits.ATTENDEES_WINDOW_ITEMS]}


class EventKind(ViewKind[EventAddress, EventView]):
    """Views of one event, found by its id."""

    address_type = EventAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, EventView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> EventAddress | None:  # noqa: ARG003 - the port
        kind, slash, event = path.partition("/")
        if kind != "events" or not slash:
            return None
        refuse_parameters(path, query)
        if not is_event_id(event):
            raise EventNotFound
        return EventAddress(event)

    def check_access(self, address: EventAddress, viewer: Viewer) -> None:
        """Every event is public."""

    def create(self, address: EventAddress, loaded_at: Revision) -> EventView:
        return EventView(address, loaded_at, self.source.collapsed)

    def load(self, view: EventView) -> Mapping[str, Item]:
        event = self.source.state.events.get(view.event)
        if event is None:
            raise EventNotFound
        self._open[view.event] = view
        return view.load(event, self.source.viewers.get(view.event, 0), self.source.items)

    def close(self, view: EventView) -> None:
        self._open.pop(view.event, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        events = self.source.state.events
        for event, users in refresh.events.items():
            view = self._open.get(event)
            if view is None:
                continue
            if event in events:
                view.update(events[event], users, self.source.items, refresh.revision)
                refresh.add_if_changed(view)
            else:
                refresh.ended.append((EventAddress(event), EventNotFound()))
        for event in refresh.viewer_changes:
            view = self._open.get(event)
            if view is not None:
                view.set_viewers(self.source.viewers.get(event, 0), refresh.revision)
                refresh.add_if_changed(view)
