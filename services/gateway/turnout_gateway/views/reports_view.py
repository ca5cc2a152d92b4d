"""``moderation``: the open reports, the oldest first, for moderators."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import ClassVar

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.moderation import Report
from turnout_core.domain.state import State
from turnout_core.protocol.rendering import person
from turnout_core.protocol.restricted_items import ReportedText, ReportItem
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, encode_all, list_item
from turnout_gateway.views.query import refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind
from turnout_gateway.views.visibility import check_moderator


class ReportsAddress(msgspec.Struct, frozen=True, gc=False):
    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None
    canonical: ClassVar[str] = "moderation"


class ReportsView(View):
    """The view of the first reports. New ones come in as others are closed."""

    __slots__ = ("_related", "shown")

    def __init__(self, address: ReportsAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.shown: tuple[Report, ...] = ()
        self._related: set[str] = set()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or collapsed.has_moderation or self.mentions(collapsed.users, collapsed.people)

    def mentions(self, events: Iterable[str], users: Iterable[str]) -> bool:
        """True if a report is about one of them, or by one of ``users``, or about a message of theirs."""
        return not (self._related.isdisjoint(events) and self._related.isdisjoint(users))

    def load(self, state: State) -> dict[str, Item]:
        """Returns all items."""
        totals = Counter(each.about for each in state.reports.values())
        self.shown = tuple(islice(state.reports.values(), limits.WINDOW_MAX_ITEMS))
        self._related = {id_ for each in self.shown for id_ in (each.about, each.by)}
        self._related |= {each.message.by for each in self.shown if each.message is not None}
        return {
            "list": list_item(len(state.reports), 0),
            **encode_all(_render(state, each, totals[each.about]) for each in self.shown),
        }


class ReportsKind(ViewKind[ReportsAddress, ReportsView]):
    """The one view of reports."""

    address_type = ReportsAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: ReportsView | None = None

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> ReportsAddress | None:  # noqa: ARG003 - the port
        if path != "moderation":
            return None
        refuse_parameters(path, query)
        return ReportsAddress()

    def check_access(self, address: ReportsAddress, viewer: Viewer) -> None:  # noqa: ARG002 - the port
        """Moderators."""
        check_moderator(self.source.identify(viewer))

    def create(self, address: ReportsAddress, loaded_at: Revision) -> ReportsView:
        return ReportsView(address, loaded_at, self.source.collapsed)

    def load(self, view: ReportsView) -> Mapping[str, Item]:
        self._open = view
        return view.load(self.source.state)

    def close(self, view: ReportsView) -> None:  # noqa: ARG002 - there is only one
        self._open = None

    def reset(self) -> None:
        self._open = None

    def update(self, refresh: Refresh) -> None:
        view = self._open
        if view is not None and (refresh.has_moderation or view.mentions(refresh.events, refresh.users)):
            view.replace_items(view.load(self.source.state), refresh.revision)
            refresh.add_if_changed(view)


def _render(state: State, report: Report, total: int) -> ReportItem:
    event = state.events.get(report.about)
    user = state.users.get(report.about)
    message = report.message
    is_withdrawn = (event is not None and event.hidden) or (user is not None and user.blocked)
    return ReportItem(
        key=f"report:{report.id}",
        rank=report.at,
        id=report.id,
        target=report.target,
        about=report.about,
        label=event.details.title if event is not None else person(state, report.about).name,
        reason=report.reason,
        by=person(state, report.by),
        reported_at=report.at,
        total=total,
        withdrawn=True if is_withdrawn else msgspec.UNSET,
        message=ReportedText(message.text, person(state, message.by)) if message is not None else msgspec.UNSET,
    )
