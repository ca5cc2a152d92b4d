"""``events/<id>/desk``: what only its hosts see: requests, invitations, people kept out, notes and webhooks."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from turnout_core.domain.access import may
from turnout_core.domain.event_desk import Desk
from turnout_core.domain.rejections import EventNotFound, NotPermitted
from turnout_core.domain.state import State
from turnout_core.protocol.rendering import invitation, person, request, webhook
from turnout_core.protocol.restricted_items import KeptOutItem, NoteItem
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, encode_all
from turnout_gateway.views.query import is_event_id, refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind
from turnout_gateway.views.visibility import visible_event


class DeskAddress(msgspec.Struct, frozen=True, gc=False):
    event: str

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        return f"events/{self.event}/desk"


class DeskView(View):
    """The view of the desk of one event."""

    __slots__ = ("event",)

    def __init__(self, address: DeskAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.event = address.event

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or self.event in collapsed.users or bool(collapsed.people)


class DeskKind(ViewKind[DeskAddress, DeskView]):
    """Desks, found by their event. A desk is small, so each change renders it again."""

    address_type = DeskAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, DeskView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> DeskAddress | None:  # noqa: ARG003 - the port
        match path.split("/"):
            case ["events", event, "desk"]:
                if not is_event_id(event):
                    raise EventNotFound
            case _:
                return None
        refuse_parameters(path, query)
        return DeskAddress(event)

    def check_access(self, address: DeskAddress, viewer: Viewer) -> None:
        """The hosts of the event."""
        asking = self.source.identify(viewer)
        if not may(asking, "see-desk", visible_event(self.source.state, address.event, asking)):
            raise NotPermitted("Only the hosts of this event see that.")

    def create(self, address: DeskAddress, loaded_at: Revision) -> DeskView:
        return DeskView(address, loaded_at, self.source.collapsed)

    def load(self, view: DeskView) -> Mapping[str, Item]:
        event = self.source.state.events.get(view.event)
        if event is None:
            raise EventNotFound
        self._open[view.event] = view
        return _render(self.source.state, event.desk)

    def close(self, view: DeskView) -> None:
        self._open.pop(view.event, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        state = self.source.state
        for event, view in self._open.items():
            if event not in state.events:
                refresh.ended.append((DeskAddress(event), EventNotFound()))
            elif event in refresh.events:
                refresh.recheck(view, event)
                view.replace_items(_render(state, state.events[event].desk), refresh.revision)
                refresh.add_if_changed(view)


def _render(state: State, desk: Desk | None) -> dict[str, Item]:
    """The items of a desk. An item is the same for all hosts, so a link for co-hosts is without its code."""
    if desk is None:
        return {}
    return encode_all(
        (
            *(request(state, each) for each in desk.requests.values()),
            *(invitation(state, each, has_code=each.role == "guest") for each in desk.invitations.values()),
            *(KeptOutItem(key=f"kept-out:{user}", rank=0, user=person(state, user)) for user in desk.blocked),
            *(
                NoteItem(key=f"note:{user}", rank=0, user=person(state, user), text=text)
                for user, text in desk.notes.items()
            ),
            *(webhook(each) for each in desk.webhooks.values()),
        )
    )
