"""``events/<id>/people``: a window of the people of one event, in the order of joining, and their number."""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from typing import ClassVar, Final
from urllib.parse import urlencode

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.access import is_restricted
from turnout_core.domain.changes import Seating
from turnout_core.domain.rejections import EventNotFound, Invalid
from turnout_core.domain.state import Event
from turnout_gateway.views.attendee_queues import AttendeeQueues, QueueKey
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache, list_item
from turnout_gateway.views.query import is_event_id, parse_limit, parse_parameters, parse_words, quote
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind
from turnout_gateway.views.visibility import event_with_people

_PARAMETERS: Final = ("status", "q", "after", "limit")
_RANK_MAX_DIGITS: Final = 15  # every client can count that far exactly


class PeopleAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of a window of the people of one event.

    Attributes:
        words: folded; a name must contain all of them.
        after: the window begins behind this rank.
        limit: number of people in the window.
    """

    event: str
    status: Seating = "going"
    words: tuple[str, ...] = ()
    after: int = 0
    limit: int = limits.ATTENDEES_WINDOW_ITEMS

    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        parts: list[tuple[str, str]] = [("status", self.status)]
        if self.words:
            parts.append(("q", " ".join(self.words)))
        if self.after:
            parts.append(("after", str(self.after)))
        if self.limit != limits.ATTENDEES_WINDOW_ITEMS:
            parts.append(("limit", str(self.limit)))
        return f"events/{self.event}/people?{urlencode(parts)}"

    @property
    def is_search(self) -> bool:
        return bool(self.words)


class PeopleView(View):
    """The view of one window."""

    __slots__ = ("_queue", "_shown", "address", "queues")

    def __init__(self, address: PeopleAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.address = address
        self.queues: AttendeeQueues | None = None
        self._queue: list[QueueKey] = []
        self._shown: list[QueueKey] = []

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or bool(collapsed.users.get(self.address.event))

    def load(self, event: Event, queues: AttendeeQueues, items: ItemCache) -> dict[str, Item]:
        """Sets the queues; returns all items."""
        self.queues = queues
        self._queue = queues.find(self.address.status, self.address.words)
        start, self._shown = self._window()
        content = {f"attendee:{user}": items.attendee(event.attendances[user]) for _, user in self._shown}
        return {"list": list_item(len(self._queue), start)} | content

    def update(self, event: Event, users: Collection[str], items: ItemCache, revision: Revision) -> None:
        """Moves the window after ``users`` have joined, left or changed."""
        start, keys = self._window()
        self.update_item("list", list_item(len(self._queue), start), revision)
        shown = {user for _, user in keys}
        changed = shown.intersection(users)
        if keys != self._shown:
            before = {user for _, user in self._shown}
            for user in sorted(before - shown):
                self.remove_item(f"attendee:{user}", revision)
            changed |= shown - before
            self._shown = keys
        for user in sorted(changed):
            self.update_item(f"attendee:{user}", items.attendee(event.attendances[user]), revision)

    def _window(self) -> tuple[int, list[QueueKey]]:
        start = bisect_left(self._queue, (self.address.after + 1, ""))
        return start, self._queue[start : start + self.address.limit]


class PeopleKind(ViewKind[PeopleAddress, PeopleView]):
    """Windows of people, found by their event."""

    address_type = PeopleAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, set[PeopleView]] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> PeopleAddress | None:  # noqa: ARG003 - the port
        match path.split("/"):
            case ["events", event, "people"]:
                if not is_event_id(event):
                    raise EventNotFound
            case _:
                return None
        found = parse_parameters(path, query, _PARAMETERS)
        return PeopleAddress(
            event,
            _parse_status(found.get("status", "")),
            parse_words(found.get("q", "")),
            _parse_after(found.get("after", "")),
            parse_limit(found.get("limit", ""), limits.ATTENDEES_WINDOW_ITEMS, limits.PAGE_MAX_ITEMS),
        )

    def check_access(self, address: PeopleAddress, viewer: Viewer) -> None:
        """Everyone who may see the names of the attendees."""
        event_with_people(self.source.state, address.event, self.source.identify(viewer))

    def create(self, address: PeopleAddress, loaded_at: Revision) -> PeopleView:
        return PeopleView(address, loaded_at, self.source.collapsed)

    def load(self, view: PeopleView) -> Mapping[str, Item]:
        event = self.source.state.events.get(view.address.event)
        if event is None:
            raise EventNotFound
        self._open.setdefault(event.id, set()).add(view)
        queues = self.source.queues.subscribe(view, event, self.source.state)
        return view.load(event, queues, self.source.items)

    def close(self, view: PeopleView) -> None:
        address = view.address
        if view.queues is not None:
            view.queues.release(address.status, address.words)
        self.source.queues.unsubscribe(view, address.event)
        views = self._open.get(address.event)
        if views is not None:
            views.discard(view)
            if not views:
                del self._open[address.event]

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        events = self.source.state.events
        for event, users in refresh.events.items():
            if event not in events:
                reason = EventNotFound()
                refresh.ended.extend((view.address, reason) for view in self._open.get(event, ()))
                continue
            for view in self._open.get(event, ()):
                if users:
                    view.update(events[event], users, self.source.items, refresh.revision)
                    refresh.add_if_changed(view)
                if is_restricted(events[event]):
                    refresh.recheck(view, event)


def _parse_status(value: str) -> Seating:
    match value or "going":
        case "going" | "waitlisted" as status:
            return status
        case _:
            raise Invalid(f"status is going or waitlisted, not {quote(value)}.")


def _parse_after(value: str) -> int:
    if not value:
        return 0
    if not (value.isascii() and value.isdigit()) or len(value) > _RANK_MAX_DIGITS:
        raise Invalid(f"after is the rank of an attendee, or 0, not {quote(value)}.")
    return int(value)
