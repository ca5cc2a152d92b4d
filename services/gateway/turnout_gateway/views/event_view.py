"""``events/<id>``: one event, the first of its attendees and of its waitlist, and the number of viewers.

Attendees are in it only if everyone may see them; ``people_view`` shows them to those who may.
"""

from collections.abc import Collection, Mapping
from itertools import chain
from typing import ClassVar

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.access import is_restricted
from turnout_core.domain.rejections import EventNotFound
from turnout_core.domain.state import Event
from turnout_gateway.views.attendee_queues import AttendeeQueues, QueueKey
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache, presence_item
from turnout_gateway.views.query import is_event_id, refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind
from turnout_gateway.views.visibility import visible_event


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

    __slots__ = ("_going", "_shown_users", "_waitlisted", "event")

    def __init__(self, address: EventAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed, volatile=("presence",))
        self.event = address.event
        self._going: list[QueueKey] = []
        self._waitlisted: list[QueueKey] = []
        self._shown_users: set[str] = set()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or self.event in collapsed.users

    def load(self, event: Event, queues: AttendeeQueues, viewers: int, items: ItemCache) -> dict[str, Item]:
        """Sets the queues, whose first people it shows; returns all items."""
        self._going, self._waitlisted = queues.find("going"), queues.find("waitlisted")
        self._shown_users = self._window(event)
        content: dict[str, Item] = {f"event:{event.id}": items.event(event), "presence": presence_item(viewers)}
        for user in self._shown_users:
            content[f"attendee:{user}"] = items.attendee(event.attendances[user])
        return content

    def update(self, event: Event, users: Collection[str], items: ItemCache, revision: Revision) -> None:
        """Updates the items after a change of the event, and of the relation of ``users`` to it."""
        self.update_item(f"event:{event.id}", items.event(event), revision)
        if not users and bool(self._shown_users) is (event.details.guest_list == "everyone"):
            return
        shown = self._window(event)
        for user in sorted(self._shown_users - shown):
            self.remove_item(f"attendee:{user}", revision)
        for user in sorted((shown - self._shown_users) | shown.intersection(users)):
            self.update_item(f"attendee:{user}", items.attendee(event.attendances[user]), revision)
        self._shown_users = shown

    def set_viewers(self, viewers: int, revision: Revision) -> None:
        self.update_item("presence", presence_item(viewers), revision)

    def _window(self, event: Event) -> set[str]:
        """The people whom everyone who sees the event sees: none, if its guest list is restricted."""
        if event.details.guest_list != "everyone":
            return set()
        first = limits.ATTENDEES_WINDOW_ITEMS
        return {user for _, user in chain(self._going[:first], self._waitlisted[:first])}


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
        """Everyone who may see the event."""
        visible_event(self.source.state, address.event, self.source.identify(viewer))

    def create(self, address: EventAddress, loaded_at: Revision) -> EventView:
        return EventView(address, loaded_at, self.source.collapsed)

    def load(self, view: EventView) -> Mapping[str, Item]:
        event = self.source.state.events.get(view.event)
        if event is None:
            raise EventNotFound
        self._open[view.event] = view
        queues = self.source.queues.subscribe(view, event, self.source.state)
        return view.load(event, queues, self.source.viewers.get(view.event, 0), self.source.items)

    def close(self, view: EventView) -> None:
        self._open.pop(view.event, None)
        self.source.queues.unsubscribe(view, view.event)

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
                if is_restricted(events[event]):
                    refresh.recheck(view, event)
            else:
                refresh.ended.append((EventAddress(event), EventNotFound()))
        for event in refresh.viewer_changes:
            view = self._open.get(event)
            if view is not None:
                view.set_viewers(self.source.viewers.get(event, 0), refresh.revision)
                refresh.add_if_changed(view)
