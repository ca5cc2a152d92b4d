"""The port of a view kind: all that the registry, the hub and HTTP use of it.

A kind is one file with its address, its view and its ``ViewKind``; ``kinds.KINDS`` lists them. An object of a kind
belongs to one registry and holds the views of that kind that are open there.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar

from turnout_core.domain import access
from turnout_core.domain.rejections import NotSignedIn, Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.web.identity import SignedIn
from turnout_core.web.signed_links import SignedLinks
from turnout_gateway.views.attendee_queues import OpenQueues
from turnout_gateway.views.collapsed import CollapsedRanges
from turnout_gateway.views.event_index import EventIndex
from turnout_gateway.views.gone_events import GoneEvents
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, ItemCache
from turnout_gateway.views.own_events import OwnEvents
from turnout_gateway.views.sorted_events import SortedEvents, Span
from turnout_gateway.views.view import View


class Address(Protocol):
    """The address of a view; hashable, and equal for all spellings of the same view."""

    @property
    def canonical(self) -> str:
        """The one canonical spelling (docs/protocol.md, "Views")."""
        ...

    @property
    def presence_event(self) -> str | None:
        """The event that the watchers of this view count as viewers of; None for none."""
        ...

    @property
    def is_search(self) -> bool:
        """True if every changed event is compared with its search words; such views have a limit of their own."""
        ...


class Viewer(NamedTuple):
    """The user of a request or a connection, and the session of their token; the user is None for a visitor.

    The session was open at first, and may have been closed since: only ``Source.identify`` says who it is now.
    """

    user: str | None = None
    session: str | int = 0

    @classmethod
    def of(cls, signed_in: SignedIn | None) -> "Viewer":
        return cls(signed_in.user.id, signed_in.session) if signed_in is not None else VISITOR


VISITOR: Final = Viewer()
"""All visitors are the same viewer, so their many links share it."""


class Source:
    """The replica, and everything derived from it that the kinds share.

    Attributes:
        index: all public events; ``own``: those of each user.
        viewers: number of clients that have an event open, over all gateways, by event.
        links: signs the paths in items; None until the secret of the instance is loaded.
    """

    def __init__(self) -> None:
        self.collapsed = CollapsedRanges()
        self.viewers: dict[str, int] = {}
        self.queues = OpenQueues()
        self.links: SignedLinks | None = None
        self.index: EventIndex
        self.own: OwnEvents
        self.items: ItemCache
        self._gone = GoneEvents()
        self._state: State | None = None

    @property
    def state(self) -> State:
        """The state of the replica. Raises Unavailable while it is not loaded."""
        if self._state is None:
            raise Unavailable("The replica is not loaded yet.")
        return self._state

    @property
    def is_loaded(self) -> bool:
        return self._state is not None

    def is_gone(self, event: str) -> bool:
        """True if the event does not exist any more, and every visitor could see it until it was deleted."""
        return event in self._gone and event not in self.state.events

    def identify(self, viewer: Viewer) -> access.Viewer:
        """The viewer now: a visitor, if their session has been closed."""
        user = self.state.users.get(viewer.user) if viewer.user is not None else None
        if user is None or not user.has_session(viewer.session):
            return access.VISITOR
        return access.viewer_of(self.state, user.id)

    def check_owner(self, user: str | None, viewer: Viewer) -> None:
        """Raises NotSignedIn unless ``viewer`` is this user now; what belongs to nobody (None) is for everyone."""
        if user is not None and self.identify(viewer).user != user:
            raise NotSignedIn

    def open_index(self, user: str | None) -> EventIndex:
        """The events of a user, up to date until ``close_index``; all public ones for None."""
        return self.index if user is None else self.own.open(user)

    def find_index(self, user: str | None) -> EventIndex:
        """The index that is open for the user, or that of all public events for None."""
        return self.index if user is None else self.own.find(user)

    def close_index(self, user: str | None) -> None:
        if user is not None:
            self.own.close(user)

    def replace(self, state: State) -> None:
        """Replaces the replica, and all that is derived from it."""
        self._state = state
        self.index = EventIndex(state, access.is_listed, state.events.values(), self._gone)
        self.own = OwnEvents(state)
        self.items = ItemCache(state)
        self.queues.clear()
        self.collapsed.clear()

    def update(self, refresh: "Refresh") -> None:
        """Brings what the kinds share up to date, before they update their views."""
        for event, users in refresh.events.items():
            self.items.invalidate(event)
            self.index.update(event)
            self.queues.update(event, users, self.state)
        refresh.changed_lists = self.index.pop_changed_lists()
        refresh.changed_lists.update(self.own.update(refresh.events, refresh.users))


@dataclass(slots=True)
class Refresh:
    """One pass that brings all views up to date.

    Attributes:
        events: affected events, each with the users whose relation to it changed.
        users: users whose own record has changed, such as their sessions or their name.
        has_moderation: True if reports or the audit have changed.
        inboxes: users whose inbox has changed.
        viewer_changes: events whose number of viewers changed.
        changed_lists: lists of events that have changed, each with the span of the events that came or went.
        changed: views that have changed, and ``ended`` those that can no longer be watched, with the reason.
        changed_rules: events whose rules may now admit others; every other change admits or excludes ``events`` only.
        to_recheck: views whose watchers may no longer be allowed to see them: those users, or None for all of them.
    """

    revision: Revision
    events: Mapping[str, set[str]]
    users: Collection[str] = ()
    has_moderation: bool = False
    viewer_changes: Collection[str] = ()
    changed_rules: Collection[str] = ()
    changed_lists: dict[SortedEvents, Span] = field(default_factory=dict)
    changed: set[View] = field(default_factory=set)
    ended: list[tuple[Address, Rejection]] = field(default_factory=list)
    to_recheck: dict[View, Collection[str] | None] = field(default_factory=dict)
    inboxes: Collection[str] = ()

    def add_if_changed(self, view: View) -> None:
        """Adds the view to ``changed`` if this refresh has changed it."""
        if view.revision == self.revision.number:
            self.changed.add(view)

    def recheck(self, view: View, event: str) -> None:
        """Lets the hub ask again who may see ``view``, since ``event`` has changed. Views of public events need not."""
        self.to_recheck[view] = None if event in self.changed_rules else self.events[event]


A = TypeVar("A", bound=Address)
V = TypeVar("V", bound=View)


class ViewKind(ABC, Generic[A, V]):
    """One kind of view.

    Attributes:
        address_type: the class of its addresses; each kind has its own.
    """

    address_type: ClassVar[type[Address]]

    def __init__(self, source: Source) -> None:
        self.source = source

    @classmethod
    @abstractmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> A | None:
        """Reads an address, in any spelling; None if it is of another kind.

        Args:
            path: before the question mark.
            query: after the question mark; None without one.
            viewer: id of the signed-in user.

        Raises:
            Rejection: the address is of this kind but not well-formed, or this viewer can never watch it.
        """

    @abstractmethod
    def check_access(self, address: A, viewer: Viewer) -> None:
        """Raises a Rejection unless ``viewer`` may see the view now."""

    @abstractmethod
    def create(self, address: A, loaded_at: Revision) -> V:
        """The view without content."""

    @abstractmethod
    def load(self, view: V) -> Mapping[str, Item]:
        """Returns all items, and updates the view from now on. Raises a Rejection if there is no such view."""

    @abstractmethod
    def close(self, view: V) -> None:
        """Stops updating the view."""

    @abstractmethod
    def reset(self) -> None:
        """Drops everything derived from the earlier state. The registry then loads all views again."""

    @abstractmethod
    def update(self, refresh: Refresh) -> None:
        """Brings the open views up to date, and adds those that have changed or ended to ``refresh``."""
