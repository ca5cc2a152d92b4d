"""The registry of open views: live queries over the replica, each opened once for all its watchers.

Pure: no I/O and no clock; the time is an argument. It works with any kind of view (``view_kind``).
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from turnout_core.domain import access
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import FeedNotFound, Rejection, Unavailable
from turnout_core.domain.state import State
from turnout_core.web.signed_links import SignedLinks
from turnout_gateway.views.history import Revision
from turnout_gateway.views.kinds import KINDS, Kinds
from turnout_gateway.views.pool import Pool
from turnout_gateway.views.refresh import PendingChanges
from turnout_gateway.views.shares import ANYONE, Owner
from turnout_gateway.views.sorted_events import event_of
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Address, Source, Viewer, ViewKind


@dataclass(frozen=True, slots=True)
class ViewLimits:
    """The limits of a registry.

    Attributes:
        views: open views.
        searches: open views with search words: each is compared with every event whose text changes.
        unwatched: open views without watchers; the longest unwatched one is evicted first.
        linger_s: seconds for which a view without watchers stays open, so that clients can resume it with a patch.
    """

    views: int = 50_000
    searches: int = 1_000
    unwatched: int = 2_000
    linger_s: float = 60.0


class Watchers(Protocol):
    """The clients that watch views."""

    def owners_of(self, view: View) -> Iterable[Owner]:
        """All watchers of the view."""
        ...

    def end_view(self, view: View) -> None:
        """Ends all watches of the view, at once, for the reason ``view.ended``."""
        ...

    def recheck(self, views: Mapping[View, Collection[str] | None], users: Collection[str]) -> None:
        """Ends the watches that are no longer allowed, at once.

        It asks again about ``views``, each watched by these users or for None by anyone, and about all views that
        ``users`` watch.
        """
        ...


class NoWatchers:
    """Satisfies ``Watchers`` for a registry whose views are only read."""

    def owners_of(self, _view: View) -> Iterable[Owner]:
        return ()

    def end_view(self, _view: View) -> None:
        """Nobody watches it."""

    def recheck(self, _views: Mapping[View, Collection[str] | None], _users: Collection[str]) -> None:
        """Nobody watches them."""


class ViewRegistry:
    """All open views of a gateway.

    Attributes:
        kinds: the kinds of views that can be opened.
        watchers: of the views; the hub sets it.
        changed: views that have changed, and ``ended`` those that can no longer be watched, since the hub last
            emptied these sets.
    """

    def __init__(self, limits: ViewLimits | None = None, kinds: Kinds = KINDS) -> None:
        self.kinds = kinds
        self.changed: set[View] = set()
        self.ended: set[View] = set()
        self.watchers: Watchers = NoWatchers()
        self._limits = limits or ViewLimits()
        self._source = Source()
        self._kinds: dict[type, ViewKind[Any, Any]] = {kind.address_type: kind(self._source) for kind in kinds}
        self._pending = PendingChanges()
        self._position: Position | None = None
        self._revision = 0
        self._views: dict[Address, View] = {}
        self._all = Pool("views", self._limits.views)
        self._searches = Pool("searches", self._limits.searches)
        self._unwatched_since_s: OrderedDict[Address, float] = OrderedDict()  # oldest first

    def __len__(self) -> int:
        return len(self._views)

    @property
    def state(self) -> State | None:
        """The state of the replica; None until it is loaded."""
        return self._source.state if self._source.is_loaded else None

    @property
    def position(self) -> Position:
        """The position that every view shows: that of the replica at the last refresh. Raises Unavailable."""
        if self._position is None:
            raise Unavailable("The replica is not loaded yet.")
        return self._position

    def sign_with(self, links: SignedLinks) -> None:
        """Signs the paths in items with these ``links`` from now on."""
        self._source.links = links

    def on_snapshot(self, state: State) -> None:
        """Loads all views again from ``state``, which is not older than the last one unless its epoch differs."""
        before, self._position = self._position, state.position
        self._source.replace(state)
        self._pending.clear()
        for kind in self._kinds.values():
            kind.reset()
        revision = self._next_revision()
        same_history = before is not None and before.epoch == state.position.epoch
        for address, view in list(self._views.items()):
            try:
                view.replace_items(self._kind(address).load(view), revision)
            except Rejection as rejection:
                self._end(address, rejection)
                continue
            view.reset_history(revision, connected=not same_history)
            self.changed.add(view)
        self.watchers.recheck(dict.fromkeys(self._views.values()), ())

    def on_commits(self, commits: Iterable[tuple[Commit, Affected]]) -> None:
        """Adds ``commits``, which are applied to the state; the next refresh shows them."""
        self._pending.add(commits)

    def set_viewers(self, event: str, clients: int) -> None:
        """Sets the number of clients that have ``event`` open, over all gateways; the next refresh shows it."""
        if clients:
            self._source.viewers[event] = clients
        else:
            self._source.viewers.pop(event, None)
        self._pending.add_viewer_change(event)

    def refresh(self) -> None:
        """Brings every view up to date, and adds to ``changed`` and ``ended``."""
        source = self._source
        if not source.is_loaded:
            return
        before, self._position = self.position, source.state.position
        if not self._pending:
            return
        refresh, collapsed = self._pending.pop(self._next_revision())
        if self._views:
            source.collapsed.add(before.seq, self._position.seq, collapsed)
        source.update(refresh)
        for kind in self._kinds.values():
            kind.update(refresh)
        self.changed |= refresh.changed
        for address, reason in refresh.ended:
            self._end(address, reason)
        self.watchers.recheck(refresh.to_recheck, refresh.users)

    def identify(self, viewer: Viewer) -> access.Viewer:
        """See ``Source.identify``."""
        return self._source.identify(viewer)

    def upcoming_events(self, tag: str | None, limit: int) -> list[str]:
        """The first ``limit`` listed events that had not ended at the last refresh, in the order of their starts.

        Raises Unavailable if the replica is not loaded.
        """
        source = self._source
        if not source.is_loaded:
            raise Unavailable("The replica is not loaded yet.")
        found = source.index.find("upcoming", tag, ())
        events = [event_of(key) for key in found.keys[found.above(None, limit)]]
        source.index.release("upcoming", tag, ())
        return events

    def feed_owner(self, token: str) -> str:
        """The user whose present secret feed has ``token``.

        Raises:
            FeedNotFound: it is forged or has been replaced, or the user is gone.
            Unavailable: the replica or the secret of the instance is not loaded.
        """
        source = self._source
        if not source.is_loaded or source.links is None:
            raise Unavailable("The replica is not loaded yet.")
        owner = source.links.find_feed(source.state, token)
        if owner is None:
            raise FeedNotFound
        return owner.id

    def is_gone(self, event: str) -> bool:
        """See ``Source.is_gone``."""
        return self._source.is_gone(event)

    def check_access(self, address: Address, viewer: Viewer) -> None:
        """Raises a Rejection unless ``viewer`` may see the view now."""
        self._kind(address).check_access(address, viewer)

    def open(self, address: Address, viewer: Viewer, now_s: float, opener: Owner = ANYONE) -> View:
        """Opens the view and brings it up to date. Unless it is watched, it lingers. ``now_s`` is monotonic time.

        If too many views are open, the oldest one of the address or user with most is closed for it.

        Raises:
            Rejection: there is no such view, or ``viewer`` may not see it.
            Unavailable: the replica is not loaded yet, or there is no room although nobody has more than one view.
        """
        kind = self._kind(address)
        self.refresh()
        kind.check_access(address, viewer)
        view = self._views.get(address)
        if view is None:
            self._make_room(address, opener)
            view = kind.create(address, Revision(self._revision, self.position.seq))
            view.fill(kind.load(view))
            self._views[address] = view
            self.on_unwatched(address, now_s)
        elif self._unwatched_since_s.pop(address, None) is not None:
            self.on_unwatched(address, now_s)
        return view

    def on_watched(self, address: Address, owner: Owner) -> None:
        """Stops the lingering of a view, whose first watcher is ``owner``."""
        self._unwatched_since_s.pop(address, None)
        for pool in self._pools(address):
            pool.set_watched(address, owner)

    def on_watcher_left(self, address: Address, left: Owner, remaining: Owner) -> None:
        """Charges the view to a ``remaining`` watcher, if it was charged to the one that ``left``."""
        for pool in self._pools(address):
            if pool.shares.owner_of(address) == left:
                pool.set_watched(address, remaining)

    def on_unwatched(self, address: Address, now_s: float) -> None:
        """Starts the lingering of a view, which has no watcher now."""
        view = self._views.get(address)
        if view is not None:
            view.drop_frames()
            self._unwatched_since_s[address] = now_s
            for pool in self._pools(address):
                pool.set_unwatched(address)
        if len(self._unwatched_since_s) > self._limits.unwatched:
            self._close(next(iter(self._unwatched_since_s)))

    def release(self, address: Address) -> None:
        """Drops the frames of a view that was read once and has no watchers."""
        if address in self._unwatched_since_s:
            self._views[address].drop_frames()

    def evict_idle(self, now_s: float) -> None:
        """Closes the views that had no watcher for ``linger_s`` seconds."""
        while self._unwatched_since_s:
            address, since_s = next(iter(self._unwatched_since_s.items()))
            if since_s > now_s - self._limits.linger_s:
                break
            self._close(address)

    def _make_room(self, address: Address, opener: Owner) -> None:
        for pool in self._pools(address):
            excess = pool.find_excess(opener, self._owners_of)
            if excess is None:
                continue
            view = self._views[excess]
            is_watched = excess not in self._unwatched_since_s
            self._close(excess)
            if is_watched:
                view.ended = pool.reason()
                self.watchers.end_view(view)

    def _owners_of(self, address: Address) -> Iterable[Owner]:
        return self.watchers.owners_of(self._views[address])

    def _pools(self, address: Address) -> tuple[Pool, ...]:
        """The pools of a view. Room in the smaller one is room in the larger one."""
        return (self._searches, self._all) if address.is_search else (self._all,)

    def _close(self, address: Address) -> None:
        view = self._views.pop(address)
        self._unwatched_since_s.pop(address, None)
        for pool in self._pools(address):
            pool.remove(address)
        self._kind(address).close(view)

    def _end(self, address: Address, reason: Rejection) -> None:
        view = self._views.get(address)
        if view is not None:
            view.ended = reason
            self.ended.add(view)
            self._close(address)

    def _kind(self, address: Address) -> ViewKind[Any, Any]:
        return self._kinds[type(address)]

    def _next_revision(self) -> Revision:
        self._revision += 1
        return Revision(self._revision, self.position.seq)
