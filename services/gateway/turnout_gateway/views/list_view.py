"""``events?…``, ``me?…``: a window of the matching events, and the number of all matching events."""

from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import urlencode

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_gateway.views.collapsed import CollapsedRange, CollapsedRanges
from turnout_gateway.views.cursor import Cursor, parse_cursor
from turnout_gateway.views.event_index import When
from turnout_gateway.views.frame_cache import Order
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache, list_item
from turnout_gateway.views.query import parse_limit, parse_parameters, parse_tag, parse_when, parse_words, user_of
from turnout_gateway.views.sorted_events import SortedEvents, SortKey, event_of
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind

_PARAMETERS: Final = ("when", "q", "tag", "after", "before", "limit")


class EventsAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of a list.

    Attributes:
        words: folded; an event must contain all of them.
        tag: case-folded, as tags are stored; None for any.
        limit: number of cards in the window.
        after: the window has the first events that follow it in the order of the list; None for the beginning.
        before: the window has the last events that precede it. At most one of both is set.
        user: whose events these are; None for all public ones.
    """

    when: When = "upcoming"
    words: tuple[str, ...] = ()
    tag: str | None = None
    limit: int = limits.WINDOW_DEFAULT_ITEMS
    after: Cursor | None = None
    before: Cursor | None = None
    user: str | None = None

    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        parts: list[tuple[str, str]] = [("when", self.when)]
        if self.words:
            parts.append(("q", " ".join(self.words)))
        if self.tag is not None:
            parts.append(("tag", self.tag))
        if self.after is not None:
            parts.append(("after", self.after.canonical))
        if self.before is not None:
            parts.append(("before", self.before.canonical))
        if self.limit != limits.WINDOW_DEFAULT_ITEMS:
            parts.append(("limit", str(self.limit)))
        return f"{'events' if self.user is None else 'me'}?{urlencode(parts)}"

    @property
    def is_search(self) -> bool:
        return bool(self.words)

    @property
    def order(self) -> Order:
        return "descending" if self.when == "past" else "ascending"

    def window(self, events: SortedEvents) -> slice:
        """The place of the window in the keys of ``events``, which are in ascending order."""
        cursor = self.after or self.before
        key = None if cursor is None else cursor.sort_key
        is_upwards = (self.order == "ascending") is (self.before is None)
        return events.above(key, self.limit) if is_upwards else events.below(key, self.limit)


class ListView(View):
    """The view of one list.

    Attributes:
        shown_events: the events whose cards are in the window.
    """

    __slots__ = ("_shown_keys", "address", "events", "shown_events")

    def __init__(self, address: EventsAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, address.order, loaded_at, collapsed)
        self.address = address
        self.events = SortedEvents()
        self.shown_events: set[str] = set()
        self._shown_keys: list[SortKey] = []

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return (
            collapsed.has_moved_events
            or not self.shown_events.isdisjoint(collapsed.users)
            or collapsed.concerns(self.address.user)
        )

    def load(self, events: SortedEvents, items: ItemCache) -> dict[str, Item]:
        """Subscribes to ``events``; returns all items."""
        self.events = events
        events.subscribers.add(self)
        place = self.address.window(events)
        self._shown_keys = events.keys[place]
        self.shown_events = {event_of(key) for key in self._shown_keys}
        found = {"list": self._list_item(place)}
        for event in self.shown_events:
            found |= self._items_of(event, items)
        return found

    def update_event(self, event: str, items: ItemCache, revision: Revision) -> None:
        """Updates the items of ``event``, which is in the window."""
        for key, item in self._items_of(event, items).items():
            self.update_item(key, item, revision)

    def move_window(self, items: ItemCache, revision: Revision) -> tuple[set[str], set[str]]:
        """Moves the window after the list has changed; returns the events that entered and those that left it."""
        place = self.address.window(self.events)
        self.update_item("list", self._list_item(place), revision)
        keys = self.events.keys[place]
        if keys == self._shown_keys:
            return set(), set()
        shown = {event_of(key) for key in keys}
        entered, left = shown - self.shown_events, self.shown_events - shown
        for event in sorted(left):
            self.remove_item(f"card:{event}", revision)
            self.remove_item(f"mine:{event}", revision)
        for event in sorted(entered):
            self.update_event(event, items, revision)
        self.shown_events = shown
        self._shown_keys = keys
        return entered, left

    def _items_of(self, event: str, items: ItemCache) -> dict[str, Item]:
        """Its card, and the user's relation to it if it is their own."""
        user = self.address.user
        card = {f"card:{event}": items.card(event)}
        return card if user is None else card | {f"mine:{event}": items.mine(event, user)}

    def _list_item(self, place: slice) -> Item:
        total = len(self.events.keys)
        return list_item(total, place.start if self.address.order == "ascending" else total - place.stop)


class ListKind(ViewKind[EventsAddress, ListView]):
    """Lists, found by the events that they show."""

    address_type = EventsAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._views_by_event: dict[str, set[ListView]] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> EventsAddress | None:
        if path != "events" and not (path == "me" and query):  # ``me`` alone is a view of its own
            return None
        found = parse_parameters(path, query, _PARAMETERS)
        after, before = (parse_cursor(name, found.get(name, "")) for name in ("after", "before"))
        if after is not None and before is not None:
            raise Invalid("A window begins after a cursor or ends before one: after and before exclude each other.")
        return EventsAddress(
            parse_when(found.get("when", "")),
            parse_words(found.get("q", "")),
            parse_tag(found.get("tag", "")),
            parse_limit(found.get("limit", ""), limits.WINDOW_DEFAULT_ITEMS, limits.WINDOW_MAX_ITEMS),
            after,
            before,
            user_of(path, viewer),
        )

    def check_access(self, address: EventsAddress, viewer: Viewer) -> None:
        """Every listed event is public, or the user's own."""
        self.source.check_owner(address.user, viewer)

    def create(self, address: EventsAddress, loaded_at: Revision) -> ListView:
        return ListView(address, loaded_at, self.source.collapsed)

    def load(self, view: ListView) -> Mapping[str, Item]:
        address = view.address
        index = self.source.open_index(address.user)
        items = view.load(index.find(address.when, address.tag, address.words), self.source.items)
        for event in view.shown_events:
            self._views_by_event.setdefault(event, set()).add(view)
        return items

    def close(self, view: ListView) -> None:
        view.events.subscribers.discard(view)
        address = view.address
        self.source.find_index(address.user).release(address.when, address.tag, address.words)
        self.source.close_index(address.user)
        for event in view.shown_events:
            self._remove_view(event, view)

    def reset(self) -> None:
        self._views_by_event.clear()

    def update(self, refresh: Refresh) -> None:
        self._move_windows(refresh)
        if not self._views_by_event:
            return
        events = self.source.state.events
        for event in refresh.events:
            if event in events:
                for view in self._views_by_event.get(event, ()):
                    view.update_event(event, self.source.items, refresh.revision)
                    refresh.add_if_changed(view)

    def _move_windows(self, refresh: Refresh) -> None:
        for events in refresh.changed_lists:
            for view in events.subscribers:
                if not isinstance(view, ListView):
                    continue
                entered, left = view.move_window(self.source.items, refresh.revision)
                for event in entered:
                    self._views_by_event.setdefault(event, set()).add(view)
                for event in left:
                    self._remove_view(event, view)
                refresh.add_if_changed(view)

    def _remove_view(self, event: str, view: ListView) -> None:
        views = self._views_by_event.get(event)
        if views is not None:
            views.discard(view)
            if not views:
                del self._views_by_event[event]
