"""``me``: the events that one user hosts, attends, asks to join or is invited to; ``me?q=…``: those that match."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import ClassVar, Final
from urllib.parse import urlencode

import msgspec

from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.domain.state import Event, State
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.event_index import EventIndex
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache
from turnout_gateway.views.query import parse_parameters, parse_words
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind

_PARAMETERS: Final = ("q",)


class MeAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of one user's own view; canonically ``me`` for every user.

    Attributes:
        words: folded; an event must contain all of them.
    """

    user: str
    words: tuple[str, ...] = ()

    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        return f"me?{urlencode({'q': ' '.join(self.words)})}" if self.words else "me"

    @property
    def is_search(self) -> bool:
        return bool(self.words)


class MeView(View):
    """The view of one user: of all their events, or of those that match a search."""

    __slots__ = ("address",)

    def __init__(self, address: MeAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.address = address

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        if collapsed is UNKNOWN or (self.address.words and collapsed.has_moved_events):
            return True
        user = self.address.user
        return user in collapsed.people or any(
            user in users or f"mine:{event}" in self for event, users in collapsed.users.items()
        )

    def load(self, state: State, index: EventIndex, items: ItemCache) -> dict[str, Item]:
        """Returns all items."""
        user, words = self.address.user, self.address.words
        content = {} if words else {"user": items.user(user)}
        indexes = (state.attending, state.organizing, state.involved)
        for event in sorted(set().union(*(each.get(user, ()) for each in indexes))):
            if self._shows(state, state.events[event], index):
                content[f"card:{event}"] = items.card(event)
                content[f"mine:{event}"] = items.mine(state.events[event], user)
        return content

    def update(self, event: str, state: State, index: EventIndex, items: ItemCache, revision: Revision) -> None:
        """Updates the items after a change of ``event``, or of the user's relation to it."""
        found = state.events.get(event)
        if found is not None and self._shows(state, found, index):
            self.update_item(f"card:{event}", items.card(event), revision)
            self.update_item(f"mine:{event}", items.mine(found, self.address.user), revision)
        else:
            self.remove_item(f"card:{event}", revision)
            self.remove_item(f"mine:{event}", revision)

    def _shows(self, state: State, event: Event, index: EventIndex) -> bool:
        user, words = self.address.user, self.address.words
        return (
            _is_related(event, user)
            and may(viewer_of(state, user), "see", event)
            and (not words or index.matches(event.id, words))
        )


def _is_related(event: Event, user: str) -> bool:
    """True if the user hosts the event, attends it or waits, asks for seats, or is invited."""
    return (
        event.is_host(user)
        or user in event.attendances
        or (event.desk is not None and (user in event.desk.requests or user in event.desk.invited))
    )


class MeKind(ViewKind[MeAddress, MeView]):
    """Views of one user, found by their id; a user may have several, with different words."""

    address_type = MeAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, set[MeView]] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> MeAddress | None:
        if path != "me":
            return None
        found = parse_parameters(path, query, _PARAMETERS)
        if viewer is None:
            raise NotSignedIn
        return MeAddress(viewer, parse_words(found.get("q", "")))

    def check_access(self, address: MeAddress, viewer: Viewer) -> None:
        """Only the user, and only in a session that has not ended."""
        if self.source.identify(viewer).user != address.user:
            raise NotSignedIn

    def create(self, address: MeAddress, loaded_at: Revision) -> MeView:
        return MeView(address, loaded_at, self.source.collapsed)

    def load(self, view: MeView) -> Mapping[str, Item]:
        user, source = view.address.user, self.source
        if user not in source.state.users:
            raise NotSignedIn
        self._open.setdefault(user, set()).add(view)
        return view.load(source.state, source.index, source.items)

    def close(self, view: MeView) -> None:
        views = self._open.get(view.address.user)
        if views is not None:
            views.discard(view)
            if not views:
                del self._open[view.address.user]

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        source = self.source
        for event, users in refresh.events.items():
            for view in self._affected_views(source.state.events.get(event), users):
                view.update(event, source.state, source.index, source.items, refresh.revision)
                refresh.add_if_changed(view)
        for user in refresh.users:
            for view in self._open.get(user, ()):
                if user in source.state.users:
                    view.replace_items(view.load(source.state, source.index, source.items), refresh.revision)
                    refresh.add_if_changed(view)

    def _affected_views(self, event: Event | None, users: set[str]) -> Iterable[MeView]:
        """The views that may show the event, and those of ``users``, which may have shown it before."""
        found = {user for user in users if user in self._open}
        if event is not None:
            attending, watching = event.attendances, self._open
            found.update(
                (user for user in attending if user in watching)
                if len(attending) < len(watching)
                else (user for user in watching if user in attending)
            )
            involved = (event.organizer, *event.involved())
            found.update(user for user in involved if user in watching)
        return chain.from_iterable(self._open[user] for user in found)
