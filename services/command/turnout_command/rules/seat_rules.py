"""The rules for seats: capacity, waitlist, promotion."""

from collections.abc import Iterable

from turnout_core.domain import changes
from turnout_core.domain.rejections import EventFull
from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol.rendering import event_item


def seat(state: State, event: Event, user: str, party: int) -> changes.Joined:
    """The join of a newcomer: going if the party fits, else waitlisted.

    This is first come, first served: no waiting party fits into the free seats.

    Raises:
        EventFull: there is no waitlist, or the party exceeds the capacity.
    """
    if _fits(party, event.free_seats()):
        return changes.Joined(event.id, user, party, "going")
    if not event.details.waitlist:
        raise event_full(state, event, _seats_left(event))
    _check_party_fits_event(state, event, party)
    return changes.Joined(event.id, user, party, "waitlisted")


def resize(state: State, event: Event, attendance: Attendance, party: int) -> list[changes.AnyChange]:
    """The changes of another party size. The attendee keeps their status, or moves up; a waiting one keeps their place.

    Raises:
        EventFull: the larger party does not fit.
    """
    if party == attendance.party:
        return []
    changed = changes.PartyChanged(event.id, attendance.user, party)
    free = event.free_seats()
    if attendance.status == "waitlisted":
        _check_party_fits_event(state, event, party)
        line = ((each.user, party if each is attendance else each.party) for each in event.waitlist())
        return [changed, *promote(event, line, free)]
    more = party - attendance.party
    if not _fits(more, free):
        raise event_full(state, event, _seats_left(event))
    return [changed, *promotions(event, None if free is None else free - more)]


def promotions(event: Event, free: int | None) -> list[changes.Promoted]:
    """The parties promoted when ``free`` seats are free (None: no limit): first come, first served.

    A party that does not fit is skipped, and keeps its place.
    """
    return promote(event, ((each.user, each.party) for each in event.waitlist()), free) if event.waiting else []


def event_full(state: State, event: Event, detail: str) -> EventFull:
    """The rejection, with the present event."""
    return EventFull(detail, event=event_item(state, event))


def promote(event: Event, line: Iterable[tuple[str, int]], free: int | None) -> list[changes.Promoted]:
    """The promotions of the waitlist ``line``, which has users and their parties, into ``free`` seats."""
    promoted: list[changes.Promoted] = []
    if free is None:
        return [changes.Promoted(event.id, user) for user, _ in line]
    if free <= 0:
        return promoted
    for user, party in line:
        if party <= free:
            free -= party
            promoted.append(changes.Promoted(event.id, user))
            if free == 0:
                break
    return promoted


def _fits(party: int, free: int | None) -> bool:
    return free is None or party <= free


def _check_party_fits_event(state: State, event: Event, party: int) -> None:
    capacity = event.details.capacity
    if capacity is not None and party > capacity:
        raise event_full(state, event, f"The event has only {_seats(capacity)}, so a party of {party} never fits.")


def _seats_left(event: Event) -> str:
    free = event.free_seats() or 0
    return f"Only {_seats(free)} left." if free else "No seats are left."


def _seats(number: int) -> str:
    return "1 seat" if number == 1 else f"{number} seats"
