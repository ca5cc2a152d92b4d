"""Merges keep the seats, the places and the events of the guest. This is checked independently of the rules."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from turnout_core.domain.access import is_kept_out
from turnout_core.domain.changes import Commit
from turnout_core.domain.people_changes import SessionOpened, UserRemoved
from turnout_core.domain.state import Event, State


class Place(NamedTuple):
    """The part of guest and account in an event before they become one.

    Attributes:
        seats: the largest party that goes; 0 if neither goes.
        is_waiting: True if one of them waits.
    """

    seats: int
    is_waiting: bool
    is_organizer: bool


class Merge:
    """A merge, as of the State before its commit."""

    def __init__(self, state: State, guest: str, account: str) -> None:
        self._guest = guest
        self._account = account
        events = state.attending.get(guest, set()) | state.attending.get(account, set())
        events |= state.organizing.get(guest, set())
        self._places = {event: _place(state.events[event], guest, account) for event in events}

    @classmethod
    def of(cls, state: State, commit: Commit) -> Self | None:
        """The merge that ``commit`` makes; None if it makes none."""
        guests = [each.user for each in commit.changes if isinstance(each, UserRemoved)]
        accounts = [each.user for each in commit.changes if isinstance(each, SessionOpened)]
        return cls(state, guests[0], accounts[0]) if guests and accounts and guests[0] in state.users else None

    def losses(self, after: State) -> Iterator[str]:
        """Yields the losses of the account, in the State after the commit."""
        if self._guest in after.users:
            yield f"{self._guest} is still there"
        for event, place in self._places.items():
            found = after.events[event]
            attendance = found.attendances.get(self._account)
            going = attendance.party if attendance is not None and attendance.status == "going" else 0
            if going < place.seats:
                yield f"{self._account} has {going} of {place.seats} seats at {event}"
            if place.is_waiting and attendance is None:
                yield f"{self._account} has no place at {event}"
            if place.is_organizer and found.organizer != self._account:
                yield f"{event} is of {found.organizer}, not of {self._account}"
            if self._guest in found.attendances:
                yield f"{self._guest} still attends {event}"


def _place(event: Event, guest: str, account: str) -> Place:
    """Hosts can keep people out: then nothing but the event itself has to stay."""
    both = (guest, account)
    is_out = any(is_kept_out(event, each) for each in both) and not any(map(event.is_host, both))
    places = [] if is_out else [event.attendances[each] for each in both if each in event.attendances]
    seats = max((each.party for each in places if each.status == "going"), default=0)
    is_waiting = any(each.status == "waitlisted" for each in places)
    return Place(seats, is_waiting, event.organizer == guest)
