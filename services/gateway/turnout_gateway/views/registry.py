"""Live queries over the replica. Pure: no I/O and no clock; the time is an argument.

Commits mark what they touch; a *refresh* brings every view up to date with all that was marked, once, however many
commits there were. Changes without a commit (an event ends, somebody looks) come through the same refresh, in a turn of
their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from turnout_core.domain.changes import Commit, EventCreated, EventDeleted, EventEdited, SignedOut
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import EventNotFound, NotSignedIn, Rejection, Unavailable
from turnout_core.domain.state import Affected, Event, State
from turnout_gateway.views.address import Address, EventAddress, EventsAddress, MeAddress
from turnout_gateway.views.collapsed import Blur, Blurs
from turnout_gateway.views.event_index import Index
from turnout_gateway.views.event_view import EventView
from turnout_gateway.views.item_cache import Encoded, Item
from turnout_gateway.views.list_view import ListView
from turnout_gateway.views.me_view import MeView
from turnout_gateway.views.timed_changes import SETTLED_AFTER_MS, Unsettled
from turnout_gateway.views.view import Mark, View

_NOBODY: Final[set[str]] = set()  # of every edit, and kept for long; never added to
_MOVES: Final = (EventCreated, EventEdited, EventDeleted)


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Attributes:
        views: different views that are kept at a time.
        searches: of these, different questions with words: each is asked about every event that says something new.
        unwatched: views that nobody watches; the one that was left longest ago goes first.
        linger_ms: how long a view stays when nobody watches it, so that who comes back gets a patch.
    """

    views: int = 50_000
    searches: int = 1_000
    unwatched: int = 2_000
    linger_ms: int = 60_000


class Views:
    """All views that somebody watches, or did so lately.

    Attributes:
        state: the replica; None until it is there.
        changed: views that have changed, and ``ended`` those that nobody can watch any more, since somebody last
            emptied these sets.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.state: State | None = None
        self.changed: set[View] = set()
        self.ended: set[View] = set()
        self._position: Position | None = None
        self._limits = limits or Limits()
        self._turn = 0
        self._views: dict[Address, View] = {}
        self._unwatched: dict[Address, int] = {}  # since when, the longest first
        self._showing: dict[str, set[ListView]] = {}
        self._mine: dict[str, MeView] = {}
        self._index: Index
        self._encoded: Encoded
        self._touched: dict[str, set[str]] = {}
        self._moved = False
        self._blurs = Blurs()
        self._signed_out: set[str] = set()
        self._looking: dict[str, int] = {}
        self._looked: set[str] = set()
        self._unsettled = Unsettled()

    def __len__(self) -> int:
        return len(self._views)

    @property
    def position(self) -> Position:
        """What every view reflects: the replica at the last refresh. Raises Unavailable while there is none."""
        if self._position is None:
            raise Unavailable("The replica is not there yet.")
        return self._position

    def on_snapshot(self, state: State, now_ms: int) -> None:
        """Starts over from ``state``, which is at or beyond the last one unless its epoch differs."""
        before, self.state = self._position, state
        self._position = state.position
        self._index = Index(state, now_ms)
        self._encoded = Encoded(state)
        self._touched.clear()
        self._signed_out.clear()
        self._moved = False
        self._blurs.clear()
        self._showing.clear()
        mark = self._mark()
        same_history = before is not None and before.epoch == state.position.epoch
        for address, view in list(self._views.items()):
            try:
                view.replace(self._load(view), mark)
            except Rejection as rejection:
                self._end(address, rejection)
                continue
            view.forget(mark, turns=not same_history)
            self._born(view, state)
            self.changed.add(view)

    def on_commits(self, commits: Iterable[tuple[Commit, Affected]]) -> None:
        """The State now holds ``commits`` too; the next refresh shows it."""
        for commit, touched in commits:
            if touched.event is not None:
                self._moved = self._moved or any(isinstance(each, _MOVES) for each in commit.changes)
                users = self._touched.get(touched.event)
                if users:
                    users.update(touched.users)
                else:
                    self._touched[touched.event] = set(touched.users) if touched.users else _NOBODY
            else:
                self._signed_out.update(each.user for each in commit.changes if isinstance(each, SignedOut))

    def look(self, event: str, clients: int) -> None:
        """So many clients have ``event`` open, over all gateways."""
        if clients:
            self._looking[event] = clients
        else:
            self._looking.pop(event, None)
        self._looked.add(event)

    def refresh(self, now_ms: int) -> None:
        """Brings every view up to date, and tells in ``changed`` and ``ended`` which ones that concerned."""
        if self.state is None:
            return
        before, self._position = self.position, self.state.position
        touched, self._touched = self._touched, {}
        if self._views:
            self._blurs.note(before.seq, self._position.seq, Blur(touched, self._moved))
        self._moved = False
        if touched or self._signed_out:
            self._refresh_touched(touched, self._mark(), now_ms)
        self._index.advance(now_ms)
        if self._index.moved:
            self._refresh_ended(self._mark(late=True), now_ms)
        if self._looked:
            self._refresh_looked(self._mark(late=True))
        self._unsettled.settle(self.state)

    def next_end_ms(self) -> int | None:
        """When the next event ends, which only a refresh notices."""
        return None if self.state is None else self._index.next_end_ms()

    def open(self, address: Address, now_ms: int) -> View:
        """The view, up to date; it lingers from now on, until it is watched.

        Raises:
            EventNotFound, SignedOut: there is no such view.
            Unavailable: the replica is not there yet, or there are too many different views.
        """
        state = self._replica()
        self.refresh(now_ms)
        view = self._views.get(address)
        if view is None:
            self._make_room(address)
            view = self._shell(address)
            view.fill(self._load(view))
            self._born(view, state)
            self._views[address] = view
            if isinstance(view, MeView):
                self._mine[view.user] = view
            self.unwatched(address, now_ms)
        elif self._unwatched.pop(address, None) is not None:
            self.unwatched(address, now_ms)
        return view

    def watched(self, address: Address) -> None:
        """Somebody watches the view now."""
        self._unwatched.pop(address, None)

    def unwatched(self, address: Address, now_ms: int) -> None:
        """Nobody watches the view any more."""
        view = self._views.get(address)
        if view is not None:
            view.shed()
            self._unwatched[address] = now_ms
        if len(self._unwatched) > self._limits.unwatched:
            self._close(next(iter(self._unwatched)))

    def read(self, address: Address) -> None:
        """The view was read once; where nobody watches it, that leaves nothing behind but its items."""
        if address in self._unwatched:
            self._views[address].shed()

    def sweep(self, now_ms: int) -> None:
        """Closes the views that nobody has watched for a while."""
        while self._unwatched:
            address, since = next(iter(self._unwatched.items()))
            if since > now_ms - self._limits.linger_ms:
                break
            self._close(address)

    def _refresh_touched(self, touched: dict[str, set[str]], mark: Mark, now_ms: int) -> None:
        signed_out, self._signed_out = self._signed_out, set()
        for event in touched:
            for roll in self._index.overtaken(event, now_ms + SETTLED_AFTER_MS):  # another clock may be ahead
                for view in roll.views:
                    view.outdate(mark.seq)
            self._encoded.stale(event)
            self._index.update(event)
        self._slide(mark)
        for event, users in touched.items():
            self._refresh_event(event, users, mark)
        for user in signed_out:
            self._end(MeAddress(user), NotSignedIn())

    def _refresh_event(self, event: str, users: set[str], mark: Mark) -> None:
        there = self._replica().events.get(event)
        if there is not None:
            for shown in self._showing.get(event, ()):
                shown.touch(event, self._encoded, mark)
                self._note(shown, mark)
        address = EventAddress(event)
        view = self._views.get(address)
        if isinstance(view, EventView):
            if there is None:
                self._end(address, EventNotFound())
            else:
                view.update(there, users, self._encoded, mark)
                self._note(view, mark)
        for mine in self._concerned(there, users):
            mine.update(event, self._replica(), self._encoded, mark)
            self._note(mine, mark)

    def _concerned(self, event: Event | None, users: set[str]) -> Iterable[MeView]:
        """The ``me`` views that show the event, or did before."""
        if not self._mine:
            return ()
        found = {user: self._mine[user] for user in users if user in self._mine}
        if event is not None:
            crowd, watching = event.attendances, self._mine
            both = (
                (user for user in crowd if user in watching)
                if len(crowd) < len(watching)
                else (user for user in watching if user in crowd)
            )
            found.update((user, watching[user]) for user in (*both, event.organizer) if user in watching)
        return found.values()

    def _refresh_ended(self, mark: Mark, now_ms: int) -> None:
        for view in self._slide(mark):
            self._unsettled.changed(view, mark, now_ms)

    def _born(self, view: View, state: State) -> None:
        if isinstance(view, ListView) and self._index.last_end_ms >= state.now - SETTLED_AFTER_MS:
            self._unsettled.made(view, self._index.now_ms)

    def _refresh_looked(self, mark: Mark) -> None:
        looked, self._looked = self._looked, set()
        for event in looked:
            view = self._views.get(EventAddress(event))
            if isinstance(view, EventView):
                view.look(self._looking.get(event, 0), mark)
                self._note(view, mark)

    def _slide(self, mark: Mark) -> list[ListView]:
        slid = []
        for roll in self._index.moved:
            for view in roll.views:
                came, left = view.slide(self._encoded, mark)
                for event in came:
                    self._showing.setdefault(event, set()).add(view)
                for event in left:
                    self._hide(event, view)
                self._note(view, mark)
                slid.append(view)
        self._index.moved.clear()
        return slid

    def _note(self, view: View, mark: Mark) -> None:
        if view.turn == mark.turn:
            self.changed.add(view)

    def _shell(self, address: Address) -> View:
        born = Mark(self._turn, self.position.seq)
        match address:
            case EventsAddress():
                return ListView(address, born, self._blurs)
            case EventAddress():
                return EventView(address, born, self._blurs)
            case MeAddress():
                return MeView(address, born, self._blurs)

    def _load(self, view: View) -> Mapping[str, Item]:
        state = self._replica()
        match view:
            case ListView(address=address):
                roll = self._index.roll(address.when, address.tag, address.words)
                items = view.load(roll, self._encoded)
                for event in view.shown:
                    self._showing.setdefault(event, set()).add(view)
                return items
            case EventView(event=event):
                if event not in state.events:
                    raise EventNotFound
                return view.load(state.events[event], self._looking.get(event, 0), self._encoded)
            case MeView(user=user):
                if user not in state.users:
                    raise NotSignedIn
                return view.load(state, self._encoded)
        raise TypeError(f"expected a view of this module, got {view!r}")

    def _make_room(self, address: Address) -> None:
        if len(self._views) >= self._limits.views and self._unwatched:
            self._close(next(iter(self._unwatched)))
        if len(self._views) >= self._limits.views:
            raise Unavailable("Too many different views are open here.")
        if isinstance(address, EventsAddress) and address.words and self._index.searches() >= self._limits.searches:
            idle = (each for each in self._unwatched if isinstance(each, EventsAddress) and each.words)
            oldest = next(idle, None)
            if oldest is None:
                raise Unavailable("Too many different searches are open here.")
            self._close(oldest)

    def _close(self, address: Address) -> None:
        view = self._views.pop(address)
        self._unwatched.pop(address, None)
        if isinstance(view, ListView):
            view.roll.views.discard(view)
            self._index.release(view.address.when, view.address.tag, view.address.words)
            for event in view.shown:
                self._hide(event, view)
        elif isinstance(view, MeView):
            del self._mine[view.user]

    def _end(self, address: Address, reason: Rejection) -> None:
        view = self._views.get(address)
        if view is not None:
            view.ended = reason
            self.ended.add(view)
            self._close(address)

    def _hide(self, event: str, view: ListView) -> None:
        lists = self._showing.get(event)
        if lists is not None:
            lists.discard(view)
            if not lists:
                del self._showing[event]

    def _replica(self) -> State:
        if self.state is None:
            raise Unavailable("The replica is not there yet.")
        return self.state

    def _mark(self, *, late: bool = False) -> Mark:
        self._turn += 1
        return Mark(self._turn, self.position.seq, late)
