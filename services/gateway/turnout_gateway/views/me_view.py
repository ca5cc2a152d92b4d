"""``me``: the signed-in user, their relation to what they attend, and the first of their events."""

from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.rejections import NotSignedIn
from turnout_core.domain.state import Event, State
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache
from turnout_gateway.views.own_events import find_affected, ids_of, is_guest, is_own
from turnout_gateway.views.query import user_of
from turnout_gateway.views.sorted_events import SortedEvents, SortKey, event_of
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind


class MeAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of one user's own view; canonically ``me`` for every user."""

    user: str

    canonical: ClassVar[str] = "me"
    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None


class _Part(NamedTuple):
    """The part of one event in the view.

    Attributes:
        key: its place among the events that have not ended; None for one that has.
        is_guest: the user is more than its host.
        organizes, attends: it counts in these numbers of the item ``user``.
    """

    key: SortKey | None
    is_guest: bool
    organizes: bool
    attends: bool


_NO_PART: Final = _Part(None, is_guest=False, organizes=False, attends=False)


class MeView(View):
    """The view of one user."""

    __slots__ = ("_attends", "_organizes", "_parts", "_upcoming", "user")

    def __init__(self, address: MeAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.user = address.user
        self._clear()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return (
            collapsed is UNKNOWN or collapsed.concerns(self.user) or not self._parts.keys().isdisjoint(collapsed.users)
        )

    def load(self, state: State, items: ItemCache) -> dict[str, Item]:
        """Returns all items."""
        self._clear()
        for event in ids_of(state, self.user):
            self._note(event, state)
        window = self._window()
        found = {"user": self._user(items)}
        for event in self._parts:
            found |= self._items_of(event, window, items)
        return found

    def update(self, event: str, state: State, items: ItemCache, revision: Revision) -> None:
        """Updates the items after a change of ``event``, or of the user's relation to it."""
        before = self._window()
        self._note(event, state)
        window = self._window()
        for each in sorted((before ^ window) | {event}):
            found = self._items_of(each, window, items)
            for key in (f"card:{each}", f"mine:{each}"):
                if key in found:
                    self.update_item(key, found[key], revision)
                else:
                    self.remove_item(key, revision)
        self.update_item("user", self._user(items), revision)

    def _clear(self) -> None:
        self._parts: dict[str, _Part] = {}
        self._upcoming = SortedEvents()
        self._organizes = 0
        self._attends = 0

    def _note(self, event: str, state: State) -> None:
        """Takes the part of the event now in place of the one that it had."""
        before, after = self._parts.pop(event, _NO_PART), _NO_PART
        found = state.events.get(event)
        if found is not None and is_own(state, found, self.user):
            after = self._parts[event] = _part_of(found, self.user)
        if after.key != before.key:
            if before.key is not None:
                self._upcoming.discard(before.key)
            if after.key is not None:
                self._upcoming.add(after.key)
        self._organizes += after.organizes - before.organizes
        self._attends += after.attends - before.attends

    def _window(self) -> set[str]:
        """The events whose cards are shown."""
        return {event_of(key) for key in self._upcoming.keys[: limits.WINDOW_DEFAULT_ITEMS]}

    def _items_of(self, event: str, window: set[str], items: ItemCache) -> dict[str, Item]:
        found = {f"card:{event}": items.card(event)} if event in window else {}
        if event in window or self._parts.get(event, _NO_PART).is_guest:
            found[f"mine:{event}"] = items.mine(event, self.user)
        return found

    def _user(self, items: ItemCache) -> Item:
        return items.user(self.user, organizes=self._organizes, attends=self._attends)


def _part_of(event: Event, user: str) -> _Part:
    is_coming = not event.ended and event.status == "scheduled"
    return _Part(
        None if event.ended else (event.details.starts_at, f"card:{event.id}"),
        is_guest(event, user),
        organizes=is_coming and event.organizer == user,
        attends=is_coming and user in event.attendances,
    )


class MeKind(ViewKind[MeAddress, MeView]):
    """Views of one user, found by their id."""

    address_type = MeAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, MeView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> MeAddress | None:
        user = user_of(path, viewer) if path == "me" and not query else None  # with parameters, ``list_view`` has it
        return None if user is None else MeAddress(user)

    def check_access(self, address: MeAddress, viewer: Viewer) -> None:
        """Only the user, and only in a session that has not ended."""
        self.source.check_owner(address.user, viewer)

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
        source = self.source
        for event, users in refresh.events.items():
            for user in find_affected(source.state.events.get(event), users, self._open):
                if user in source.state.users:
                    self._open[user].update(event, source.state, source.items, refresh.revision)
                    refresh.add_if_changed(self._open[user])
        for user in refresh.users:
            view = self._open.get(user)
            if view is not None and user in source.state.users:
                view.replace_items(view.load(source.state, source.items), refresh.revision)
                refresh.add_if_changed(view)
