"""A user's own events: they host them, attend, wait, have asked to join or are invited, and may see them.

Their sorted lists exist only while views of them are open.
"""

from collections.abc import Iterable, Mapping

from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.state import Event, State
from turnout_gateway.views.event_index import EventIndex
from turnout_gateway.views.sorted_events import SortedEvents, Span


def has_part(event: Event, user: str) -> bool:
    """True if the user hosts the event, or has a part in it as ``is_guest`` says."""
    return event.is_host(user) or is_guest(event, user)


def is_guest(event: Event, user: str) -> bool:
    """True if the user attends the event or waits, asks for seats, or is invited."""
    desk = event.desk
    return user in event.attendances or (desk is not None and (user in desk.requests or user in desk.invited))


def is_own(state: State, event: Event, user: str) -> bool:
    """True if the event is one of the user's, and they may see it."""
    return has_part(event, user) and user in state.users and may(viewer_of(state, user), "see", event)


def ids_of(state: State, user: str) -> set[str]:
    """The events that may be the user's own: they attend, organize or are otherwise involved."""
    return set().union(*(each.get(user, ()) for each in (state.attending, state.organizing, state.involved)))


def find_affected(event: Event | None, users: Iterable[str], among: Mapping[str, object]) -> set[str]:
    """The users of ``among`` to whom a changed event matters: its people, and ``users``, who may have been before."""
    found = {user for user in users if user in among}
    if event is not None:
        attending = event.attendances
        fewer, more = (attending, among) if len(attending) < len(among) else (among, attending)
        found.update(user for user in fewer if user in more)
        found.update(user for user in (event.organizer, *event.involved()) if user in among)
    return found


class OwnEvents:
    """The events of each user who has views of them open."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._indexes: dict[str, EventIndex] = {}
        self._views: dict[str, int] = {}

    def __len__(self) -> int:
        """Number of users."""
        return len(self._indexes)

    def open(self, user: str) -> EventIndex:
        """The events of ``user``. They stay up to date until ``close`` was called as often."""
        self._views[user] = self._views.get(user, 0) + 1
        index = self._indexes.get(user)
        if index is None:
            events = (self._state.events[each] for each in ids_of(self._state, user))
            index = EventIndex(self._state, lambda event: is_own(self._state, event, user), events)
            self._indexes[user] = index
        return index

    def find(self, user: str) -> EventIndex:
        """The events of ``user``, who has views of them open."""
        return self._indexes[user]

    def close(self, user: str) -> None:
        """Ends one ``open``."""
        self._views[user] -= 1
        if not self._views[user]:
            del self._views[user], self._indexes[user]

    def update(self, events: Mapping[str, Iterable[str]], users: Iterable[str]) -> dict[SortedEvents, Span]:
        """Follows changes of events, each with the users whose relation to it changed, and of the records of users.

        Returns the lists that have changed, as ``EventIndex.pop_changed_lists`` does.
        """
        changed: dict[SortedEvents, Span] = {}
        if not self._indexes:
            return changed
        touched: set[str] = set()
        for event, related in events.items():
            affected = find_affected(self._state.events.get(event), related, self._indexes)
            for user in affected:
                self._indexes[user].update(event)
            touched |= affected
        for user in users:
            if user in self._indexes:
                for event in ids_of(self._state, user):
                    self._indexes[user].update(event)
                touched.add(user)
        for user in touched:
            changed.update(self._indexes[user].pop_changed_lists())
        return changed
