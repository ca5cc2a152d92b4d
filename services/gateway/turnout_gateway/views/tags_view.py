"""``tags?…``, ``me/tags?…``: the most frequent tags of upcoming or past events, each with its number of events."""

from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import urlencode

import msgspec

from turnout_core.domain import limits
from turnout_gateway.views.collapsed import CollapsedRange, CollapsedRanges
from turnout_gateway.views.event_index import When
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, tag_item
from turnout_gateway.views.query import parse_limit, parse_parameters, parse_when, user_of
from turnout_gateway.views.sorted_events import SortedEvents
from turnout_gateway.views.tag_totals import TagKey, TagTotals
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Viewer, ViewKind

_PARAMETERS: Final = ("when", "limit")


class TagsAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of the tags of all upcoming or all past events.

    Attributes:
        limit: number of tags in the view.
        user: whose events these are; None for all public ones.
    """

    when: When = "upcoming"
    limit: int = limits.TAGS_WINDOW_DEFAULT_ITEMS
    user: str | None = None

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        parts: dict[str, str] = {"when": self.when}
        if self.limit != limits.TAGS_WINDOW_DEFAULT_ITEMS:
            parts["limit"] = str(self.limit)
        return f"{'tags' if self.user is None else 'me/tags'}?{urlencode(parts)}"


class TagsView(View):
    """The view of the most frequent tags."""

    __slots__ = ("_shown", "_totals", "address", "events")

    def __init__(self, address: TagsAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.address = address
        self.events = SortedEvents()
        self._totals = TagTotals({})
        self._shown: list[TagKey] = []

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed.has_moved_events or collapsed.concerns(self.address.user)

    def load(self, events: SortedEvents, totals: TagTotals) -> dict[str, Item]:
        """Subscribes to ``events``, whose tags these are; returns all items."""
        self.events, self._totals = events, totals
        events.subscribers.add(self)
        return self._top_items()

    def update(self, revision: Revision) -> None:
        """Updates the items, unless the most frequent tags are the same."""
        if self._totals.top(self.address.limit) != self._shown:
            self.replace_items(self._top_items(), revision)

    def _top_items(self) -> dict[str, Item]:
        self._shown = self._totals.top(self.address.limit)
        return {f"tag:{tag}": tag_item(tag, -minus_total) for minus_total, tag in self._shown}


class TagsKind(ViewKind[TagsAddress, TagsView]):
    """The most frequent tags, found by the lists whose events have them."""

    address_type = TagsAddress

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> TagsAddress | None:
        if path not in ("tags", "me/tags"):
            return None
        found = parse_parameters(path, query, _PARAMETERS)
        return TagsAddress(
            parse_when(found.get("when", "")),
            parse_limit(found.get("limit", ""), limits.TAGS_WINDOW_DEFAULT_ITEMS, limits.TAGS_WINDOW_MAX_ITEMS),
            user_of(path, viewer),
        )

    def check_access(self, address: TagsAddress, viewer: Viewer) -> None:
        """Every counted event is public, or the user's own."""
        self.source.check_owner(address.user, viewer)

    def create(self, address: TagsAddress, loaded_at: Revision) -> TagsView:
        return TagsView(address, loaded_at, self.source.collapsed)

    def load(self, view: TagsView) -> Mapping[str, Item]:
        when, index = view.address.when, self.source.open_index(view.address.user)
        return view.load(index.find(when, None, ()), index.tags[when])

    def close(self, view: TagsView) -> None:
        view.events.subscribers.discard(view)
        self.source.find_index(view.address.user).release(view.address.when, None, ())
        self.source.close_index(view.address.user)

    def reset(self) -> None:
        """The views hold the lists of the earlier state until they are loaded again."""

    def update(self, refresh: Refresh) -> None:
        for events in refresh.changed_lists:
            for view in events.subscribers:
                if isinstance(view, TagsView):
                    view.update(refresh.revision)
                    refresh.add_if_changed(view)
