"""``events?…``: a window of the matching events, and the number of all matching events."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import urlencode

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_gateway.views import search
from turnout_gateway.views.collapsed import CollapsedRange, CollapsedRanges
from turnout_gateway.views.event_index import When
from turnout_gateway.views.frame_cache import Order
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache, list_item
from turnout_gateway.views.query import parse_parameters, quote
from turnout_gateway.views.sorted_events import SortedEvents, event_of
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind

_PARAMETERS: Final = ("when", "q", "tag", "limit")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


class EventsAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of a list.

    Attributes:
        words: folded; an event must contain all of them.
        tag: case-folded, as tags are stored; None for any.
        limit: number of cards in the window.
    """

    when: When = "upcoming"
    words: tuple[str, ...] = ()
    tag: str | None = None
    limit: int = limits.WINDOW_DEFAULT_ITEMS

    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        parts: list[tuple[str, str]] = [("when", self.when)]
        if self.words:
            parts.append(("q", " ".join(self.words)))
        if self.tag is not None:
            parts.append(("tag", self.tag))
        if self.limit != limits.WINDOW_DEFAULT_ITEMS:
            parts.append(("limit", str(self.limit)))
        return f"events?{urlencode(parts)}"

    @property
    def is_search(self) -> bool:
        return bool(self.words)


class ListView(View):
    """The view of one list.

    Attributes:
        shown_events: the events whose cards are in the window.
    """

    __slots__ = ("address", "events", "shown_events")

    def __init__(self, address: EventsAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        order: Order = "descending" if address.when == "past" else "ascending"
        super().__init__(address.canonical, order, loaded_at, collapsed)
        self.address = address
        self.events = SortedEvents()
        self.shown_events: set[str] = set()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed.has_moved_events or not self.shown_events.isdisjoint(collapsed.users)

    def load(self, events: SortedEvents, items: ItemCache) -> dict[str, Item]:
        """Subscribes to ``events``; returns all items."""
        self.events = events
        events.subscribers.add(self)
        self.shown_events = self._window()
        return {"list": list_item(len(events.keys))} | {f"card:{each}": items.card(each) for each in self.shown_events}

    def update_card(self, event: str, items: ItemCache, revision: Revision) -> None:
        """Updates the card of ``event``, which is in the window."""
        self.update_item(f"card:{event}", items.card(event), revision)

    def move_window(self, items: ItemCache, revision: Revision) -> tuple[set[str], set[str]]:
        """Moves the window after the list has changed; returns the events that entered and those that left it."""
        shown = self._window()
        entered, left = shown - self.shown_events, self.shown_events - shown
        for event in sorted(left):
            self.remove_item(f"card:{event}", revision)
        for event in sorted(entered):
            self.update_card(event, items, revision)
        self.update_item("list", list_item(len(self.events.keys)), revision)
        self.shown_events = shown
        return entered, left

    def _window(self) -> set[str]:
        keys, limit = self.events.keys, self.address.limit
        window = keys[-limit:] if self.address.when == "past" else keys[:limit]
        return {event_of(key) for key in window}


class ListKind(ViewKind[EventsAddress, ListView]):
    """Lists, found by the events that they show."""

    address_type = EventsAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._views_by_event: dict[str, set[ListView]] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> EventsAddress | None:  # noqa: ARG003 - the port
        if path != "events":
            return None
        found = parse_parameters(query or "", _PARAMETERS)
        for name in found:
            if name not in _PARAMETERS:
                raise Invalid(f"The view events has no parameter {quote(name)}: it has when, q, tag and limit.")
        return EventsAddress(
            _parse_when(found.get("when") or "upcoming"),
            _parse_words(found.get("q", "")),
            _parse_tag(found.get("tag", "")),
            _parse_limit(found.get("limit") or str(limits.WINDOW_DEFAULT_ITEMS)),
        )

    def check_access(self, address: EventsAddress, viewer: Viewer) -> None:
        """Every listed event is public."""

    def create(self, address: EventsAddress, loaded_at: Revision) -> ListView:
        return ListView(address, loaded_at, self.source.collapsed)

    def load(self, view: ListView) -> Mapping[str, Item]:
        address = view.address
        items = view.load(self.source.index.find(address.when, address.tag, address.words), self.source.items)
        for event in view.shown_events:
            self._views_by_event.setdefault(event, set()).add(view)
        return items

    def close(self, view: ListView) -> None:
        view.events.subscribers.discard(view)
        self.source.index.release(view.address.when, view.address.tag, view.address.words)
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
                    view.update_card(event, self.source.items, refresh.revision)
                    refresh.add_if_changed(view)

    def _move_windows(self, refresh: Refresh) -> None:
        for events in self.source.index.changed_lists:
            for view in events.subscribers:
                assert isinstance(view, ListView)  # noqa: S101 - only lists subscribe
                entered, left = view.move_window(self.source.items, refresh.revision)
                for event in entered:
                    self._views_by_event.setdefault(event, set()).add(view)
                for event in left:
                    self._remove_view(event, view)
                refresh.add_if_changed(view)
        self.source.index.changed_lists.clear()

    def _remove_view(self, event: str, view: ListView) -> None:
        views = self._views_by_event.get(event)
        if views is not None:
            views.discard(view)
            if not views:
                del self._views_by_event[event]


def _parse_when(value: str) -> When:
    match value:
        case "upcoming" | "past":
            return value
        case _:
            raise Invalid(f"when is upcoming or past, not {quote(value)}.")


def _parse_words(value: str) -> tuple[str, ...]:
    if len(value) > limits.SEARCH_MAX_CHARS:
        raise Invalid(f"A search has at most {limits.SEARCH_MAX_CHARS} characters (this one has {len(value)}).")
    return search.split_words(value)


def _parse_tag(value: str) -> str | None:
    if len(value) > limits.TAG_MAX_CHARS:
        raise Invalid(f"tag has at most {limits.TAG_MAX_CHARS} characters.")
    return " ".join(value.casefold().split()) or None


def _parse_limit(value: str) -> int:
    if _NUMBER.fullmatch(value) is None or int(value) > limits.WINDOW_MAX_ITEMS:
        raise Invalid(f"limit is a number from 1 to {limits.WINDOW_MAX_ITEMS}, not {quote(value)}.")
    return int(value)
