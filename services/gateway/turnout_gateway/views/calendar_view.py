"""``calendar?…``, ``me/calendar?…``: the number of matching events on each day of a month."""

from collections.abc import Mapping
from typing import ClassVar, Final, get_args
from urllib.parse import urlencode

import msgspec

from turnout_core.domain.rejections import Invalid
from turnout_gateway.views.collapsed import CollapsedRange, CollapsedRanges
from turnout_gateway.views.event_index import When
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, day_item
from turnout_gateway.views.month import Day, days_of, parse_month, parse_zone
from turnout_gateway.views.query import parse_parameters, parse_tag, parse_words, user_of
from turnout_gateway.views.sorted_events import SortedEvents, Span
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Viewer, ViewKind

_PARAMETERS: Final = ("month", "zone", "q", "tag")
_DEFAULT_ZONE: Final = "UTC"


class CalendarAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of a month.

    Attributes:
        month: ``YYYY-MM``.
        zone: IANA time zone whose clock says on which day an event starts.
        words, tag, user: as for lists.
    """

    month: str
    zone: str = _DEFAULT_ZONE
    words: tuple[str, ...] = ()
    tag: str | None = None
    user: str | None = None

    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        parts: list[tuple[str, str]] = [("month", self.month)]
        if self.zone != _DEFAULT_ZONE:
            parts.append(("zone", self.zone))
        if self.words:
            parts.append(("q", " ".join(self.words)))
        if self.tag is not None:
            parts.append(("tag", self.tag))
        return f"{'calendar' if self.user is None else 'me/calendar'}?{urlencode(parts)}"

    @property
    def is_search(self) -> bool:
        return bool(self.words)


class CalendarView(View):
    """The view of one month. It counts in the lists of upcoming and of past events."""

    __slots__ = ("_days", "address", "lists")

    def __init__(self, address: CalendarAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.address = address
        self.lists: tuple[SortedEvents, ...] = ()
        self._days = days_of(address.month, address.zone)

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed.has_moved_events or collapsed.concerns(self.address.user)

    def load(self, lists: tuple[SortedEvents, ...]) -> dict[str, Item]:
        """Subscribes to ``lists``; returns all items."""
        self.lists = lists
        for events in lists:
            events.subscribers.add(self)
        totals = ((day, self._total(day)) for day in self._days)
        return {day.key: day_item(day.date, day.start_ms, total) for day, total in totals if total}

    def update(self, span: Span, revision: Revision) -> None:
        """Counts the days again on which events of ``span`` came or went. It takes a search in the lists for each."""
        first, last = span
        if first >= self._days[-1].end_ms or last < self._days[0].start_ms:
            return
        for day in self._days:
            if first < day.end_ms and last >= day.start_ms:
                total = self._total(day)
                if total:
                    self.update_item(day.key, day_item(day.date, day.start_ms, total), revision)
                else:
                    self.remove_item(day.key, revision)

    def _total(self, day: Day) -> int:
        return sum(events.number_from(day.start_ms, day.end_ms) for events in self.lists)


class CalendarKind(ViewKind[CalendarAddress, CalendarView]):
    """Months, found by the lists in which they count."""

    address_type = CalendarAddress

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> CalendarAddress | None:
        if path not in ("calendar", "me/calendar"):
            return None
        found = parse_parameters(path, query, _PARAMETERS)
        if not found.get("month"):
            raise Invalid(f"The view {path} needs a month, such as {path}?month=2026-12.")
        return CalendarAddress(
            parse_month(found["month"]),
            parse_zone(found.get("zone", "")),
            parse_words(found.get("q", "")),
            parse_tag(found.get("tag", "")),
            user_of(path, viewer),
        )

    def check_access(self, address: CalendarAddress, viewer: Viewer) -> None:
        """Every counted event is public, or the user's own."""
        self.source.check_owner(address.user, viewer)

    def create(self, address: CalendarAddress, loaded_at: Revision) -> CalendarView:
        return CalendarView(address, loaded_at, self.source.collapsed)

    def load(self, view: CalendarView) -> Mapping[str, Item]:
        address = view.address
        index = self.source.open_index(address.user)
        return view.load(tuple(index.find(when, address.tag, address.words) for when in get_args(When)))

    def close(self, view: CalendarView) -> None:
        for events in view.lists:
            events.subscribers.discard(view)
        for when in get_args(When):
            self.source.find_index(view.address.user).release(when, view.address.tag, view.address.words)
        self.source.close_index(view.address.user)

    def reset(self) -> None:
        """The views hold the lists of the earlier state until they are loaded again."""

    def update(self, refresh: Refresh) -> None:
        for events, span in refresh.changed_lists.items():
            for view in events.subscribers:
                if isinstance(view, CalendarView):
                    view.update(span, refresh.revision)
                    refresh.add_if_changed(view)
