"""``me``: the events that one user organizes, attends or waits for."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec

from turnout_core.domain.rejections import NotSignedIn
from turnout_core.domain.state import Event, State
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache
from turnout_gateway.views.query import refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind


class MeAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of one user's own view; canonically ``me`` for every user."""

    user: str

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        return "me"


class MeView(View):
    """The view of one user."""

    __slots__ = ("user",)

    def __init__(self, address: MeAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.user = address.user

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        if collapsed is UNKNOWN:
            return True
        return any(self.user in users or f"mine:{event}" in self for event, users in collapsed.users.items())

    def load(self, state: State, items: ItemCache) -> dict[str, Item]:
        """Returns all items."""
        content = {"user": items.user(self.user)}
        related = state.attending.get(self.user, set()) | state.organizing.get(self.user, set())
        for event in sorted(related):
            content[f"card:{event}"] = items.card(event)
            content[f"mine:{event}"] = items.mine(state.events[event], self.user)
        return content

    def update(self, event: str, state: State, items: ItemCache, revision: Revision) -> None:
        """Updates the items after a change of ``event``, or of the user's relation to it."""
        current_event = state.events.get(event)
        if current_event is not None and (
            current_event.organizer == self.user or self.user in current_event.attendances
        ):
            self.update_item(f"card:{event}", items.card(event), revision)
            self.update_item(f"mine:{event}", items.mine(current_event, self.user), revision)
        else:
            self.remove_item(f"card:{event}", revision)
            self.remove_item(f"mine:{event}", revision)


class MeKind(ViewKind[MeAddress, MeView]):
    """Views of one user, found by their id."""

    address_type = MeAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, MeView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> MeAddress | None:
        if path != "me":
            return None
        refuse_parameters(path, query)
        if viewer is None:
            raise NotSignedIn
        return MeAddress(viewer)

    def check_access(self, address: MeAddress, viewer: Viewer) -> None:
        """Only the user, and only in a session that has not ended."""
        user = self.source.state.users.get(address.user)
        if user is None or viewer != (user.id, user.session):
            raise NotSignedIn

    def create(self, address: MeAddress, loaded_at: Revision) -> MeView:
        return MeView(address, loaded_at, self.source.collapsed)

    def load(self, view: MeView) -> Mapping[str, Item]:
        if view.user not in self.source.state.users:
            raise NotSignedIn
        self._open[view.user] = view
        return view.load(self.source.state, self.source.items)

    def close(self, view: MeView) -> None:
        self._open.pop(view.user, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        state = self.source.state
        for event, users in refresh.events.items():
            for view in self._affected_views(state.events.get(event), users):
                view.update(event, state, self.source.items, refresh.revision)
                refresh.add_if_changed(view)
        for user in refresh.signed_out:
            if user in self._open:
                refresh.ended.append((MeAddress(user), NotSignedIn()))

    def _affected_views(self, event: Event | None, users: set[str]) -> Iterable[MeView]:
        """The views that show the event, and those of ``users``, which may have shown it before."""
        found = {user: self._open[user] for user in users if user in self._open}
        if event is not None:
            attending, watching = event.attendances, self._open
            both = (
                (user for user in attending if user in watching)
                if len(attending) < len(watching)
                else (user for user in watching if user in attending)
            )
            found.update((user, watching[user]) for user in (*both, event.organizer) if user in watching)
        return found.values()
