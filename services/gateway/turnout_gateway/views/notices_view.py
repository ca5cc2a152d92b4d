"""``me/notices``: what the signed-in user has been told, the newest first."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec

from turnout_core.domain.notices import Notice
from turnout_core.domain.noticing.reading import is_readable, shown_author
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.domain.state import State
from turnout_core.protocol.restricted_items import ChangedValue, NoticeItem, NoticesItem
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, encode_all
from turnout_gateway.views.query import refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind


class NoticesAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of one user's own view; canonically ``me/notices`` for every user."""

    user: str

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None
    canonical: ClassVar[str] = "me/notices"


class NoticesView(View):
    """The view of one user.

    Attributes:
        related: the events and people that the notices name, whether they are shown or not.
    """

    __slots__ = ("related", "user")

    def __init__(self, address: NoticesAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "descending", loaded_at, collapsed)
        self.user = address.user
        self.related: set[str] = set()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return (
            collapsed is UNKNOWN
            or self.user in collapsed.inboxes
            or self.user in collapsed.people
            or not self.related.isdisjoint(collapsed.users)
            or not self.related.isdisjoint(collapsed.people)
        )

    def load(self, state: State) -> dict[str, Item]:
        """Returns all items."""
        inbox = state.inboxes.get(self.user)
        notices = inbox.notices if inbox is not None else ()
        read = inbox.read if inbox is not None else 0
        self.related = {name for each in notices for name in (each.event, each.by)}
        shown = [each for each in notices if is_readable(state, self.user, each)]
        unread = sum(each.seq > read for each in shown)
        return encode_all(
            (
                NoticesItem(key="notices", rank=0, unread=unread),
                *(_render(state, self.user, each, is_read=each.seq <= read) for each in shown),
            )
        )


class NoticesKind(ViewKind[NoticesAddress, NoticesView]):
    """Views of notices, found by their user."""

    address_type = NoticesAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, NoticesView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> NoticesAddress | None:
        if path != "me/notices":
            return None
        refuse_parameters(path, query)
        if viewer is None:
            raise NotSignedIn
        return NoticesAddress(viewer)

    def check_access(self, address: NoticesAddress, viewer: Viewer) -> None:
        """Only the user, and only in a session that has not ended."""
        if self.source.identify(viewer).user != address.user:
            raise NotSignedIn

    def create(self, address: NoticesAddress, loaded_at: Revision) -> NoticesView:
        return NoticesView(address, loaded_at, self.source.collapsed)

    def load(self, view: NoticesView) -> Mapping[str, Item]:
        if view.user not in self.source.state.users:
            raise NotSignedIn
        self._open[view.user] = view
        return view.load(self.source.state)

    def close(self, view: NoticesView) -> None:
        self._open.pop(view.user, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        state = self.source.state
        for user in self._affected(refresh):
            view = self._open[user]
            if user in state.users:  # else the hub ends the watches
                view.replace_items(view.load(state), refresh.revision)
                refresh.add_if_changed(view)

    def _affected(self, refresh: Refresh) -> Iterable[str]:
        """The open users with new notices, or whose notices may be shown otherwise than before."""
        told, watching = self.source.state.told, self._open.keys()
        found = {user for users in (refresh.inboxes, refresh.users) for user in users if user in watching}
        named = set(refresh.users)
        for event, users in refresh.events.items():
            named |= users
            if event in refresh.changed_rules:
                found |= watching & told.get(event, set())
            else:
                found |= watching & users
        for person in named:  # their name, or whether they host the event
            found |= watching & told.get(person, set())
        return found


def _render(state: State, user: str, notice: Notice, *, is_read: bool) -> NoticeItem:
    return NoticeItem(
        key=f"notice:{notice.id}",
        rank=notice.seq,
        id=notice.id,
        what=notice.kind,
        event=notice.event,
        title=notice.title,
        at=notice.at,
        read=is_read,
        by=shown_author(state, user, notice) or msgspec.UNSET,
        changes=tuple([ChangedValue(each.field, each.before, each.after) for each in notice.changes]) or msgspec.UNSET,
        text=notice.text if notice.kind == "message" else msgspec.UNSET,
        lead=notice.lead or msgspec.UNSET,
        party=notice.party or msgspec.UNSET,
    )
