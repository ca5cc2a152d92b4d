"""``me/notices``: what the signed-in user has been told, the newest first."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.notices import Notice
from turnout_core.domain.noticing.reading import is_readable, shown_author
from turnout_core.domain.state import State
from turnout_core.protocol.restricted_items import ChangedValue, NoticeItem, NoticesItem
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, encode_all
from turnout_gateway.views.personal_view import PersonalAddress, PersonalKind, PersonalView
from turnout_gateway.views.view_kind import Refresh


class NoticesAddress(PersonalAddress, frozen=True, gc=False):
    canonical: ClassVar[str] = "me/notices"


class NoticesView(PersonalView):
    """The view of one user.

    Attributes:
        related: the events and people that the notices name, whether they are shown or not.
    """

    __slots__ = ("related",)

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


class NoticesKind(PersonalKind[NoticesAddress, NoticesView]):
    address_type = NoticesAddress

    def create(self, address: NoticesAddress, loaded_at: Revision) -> NoticesView:
        return NoticesView(address, loaded_at, self.source.collapsed)

    def render(self, view: NoticesView) -> dict[str, Item]:
        return view.load(self.source.state)

    def affected(self, refresh: Refresh) -> Iterable[str]:
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
        zone=_zone(state, user, notice) or msgspec.UNSET,
    )


def _zone(state: State, user: str, notice: Notice) -> str | None:
    event = state.events.get(notice.event)
    return event.details.zone if event is not None and may(viewer_of(state, user), "see", event) else None
