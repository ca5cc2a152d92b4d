"""``moderation/audit``: what moderators and the operator did, the newest first, for moderators."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.state import State
from turnout_core.protocol.items import Person
from turnout_core.protocol.rendering import person
from turnout_core.protocol.restricted_items import AuditItem
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, encode_all, list_item
from turnout_gateway.views.query import refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind
from turnout_gateway.views.visibility import check_moderator


class AuditAddress(msgspec.Struct, frozen=True, gc=False):
    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None
    canonical: ClassVar[str] = "moderation/audit"


class AuditView(View):
    """The view of the newest acts."""

    __slots__ = ("moderators",)

    def __init__(self, address: AuditAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "descending", loaded_at, collapsed)
        self.moderators: set[str] = set()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or collapsed.has_moderation or not self.moderators.isdisjoint(collapsed.people)

    def load(self, state: State) -> dict[str, Item]:
        """Returns all items."""
        shown = state.audit[-limits.WINDOW_MAX_ITEMS :]
        self.moderators = {each.by for each in shown}
        acts: Counter[int] = Counter()  # a commit may have several
        items = []
        for each in shown:
            acts[each.order] += 1
            items.append(
                AuditItem(
                    key=f"audit:{each.order}.{acts[each.order]}",
                    rank=each.order,
                    by=Person(each.by, person(state, each.by).name),
                    action=each.action,
                    target=each.target,
                    about=each.about,
                    label=each.label,
                    reason=each.reason,
                    acted_at=each.at,
                )
            )
        return {"list": list_item(len(state.audit), 0), **encode_all(items)}


class AuditKind(ViewKind[AuditAddress, AuditView]):
    """The one view of the audit."""

    address_type = AuditAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: AuditView | None = None

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> AuditAddress | None:  # noqa: ARG003 - the port
        if path != "moderation/audit":
            return None
        refuse_parameters(path, query)
        return AuditAddress()

    def check_access(self, address: AuditAddress, viewer: Viewer) -> None:  # noqa: ARG002 - the port
        """Moderators."""
        check_moderator(self.source.identify(viewer))

    def create(self, address: AuditAddress, loaded_at: Revision) -> AuditView:
        return AuditView(address, loaded_at, self.source.collapsed)

    def load(self, view: AuditView) -> Mapping[str, Item]:
        self._open = view
        return view.load(self.source.state)

    def close(self, view: AuditView) -> None:  # noqa: ARG002 - there is only one
        self._open = None

    def reset(self) -> None:
        self._open = None

    def update(self, refresh: Refresh) -> None:
        view = self._open
        if view is not None and (refresh.has_moderation or not view.moderators.isdisjoint(refresh.users)):
            view.replace_items(view.load(self.source.state), refresh.revision)
            refresh.add_if_changed(view)
