"""Entries: the content of a calendar file about one event."""

from typing import Final, Literal, NamedTuple

from turnout_core.domain.changes import Details, Seating, Status
from turnout_core.domain.notices import Lead
from turnout_core.domain.state import Event, State

MEDIA_TYPE: Final = "text/calendar"  # of a file with entries (RFC 5545 section 8.1)


class Entry(NamedTuple):
    """An event as a calendar shows it to one person, or to everyone. It is a value, so that rendered ones are cached.

    Attributes:
        organizer: their name; empty if they are gone.
        version: of the event; counts edits and the cancellation, from 1.
        created_at, modified_at: ms since 1970 (UTC).
        seating: that of the person in whose calendar it is; empty without a seat or a place on the waitlist.
        alarms: how long before the start the calendar reminds the person.
    """

    event: str
    organizer: str
    details: Details
    status: Status
    version: int
    created_at: int
    modified_at: int
    seating: Seating | Literal[""] = ""
    alarms: tuple[Lead, ...] = ()


def entry_of(state: State, event: Event, user: str | None = None, alarms: tuple[Lead, ...] = ()) -> Entry:
    """The event as the calendar of ``user`` shows it; as that of everyone without one.

    It has no attendee and no mail address, so everyone who may see the event may read it. The caller asks ``may``.
    """
    organizer = state.users.get(event.organizer)
    attendance = event.attendances.get(user) if user is not None else None
    return Entry(
        event.id,
        organizer.name if organizer is not None else "",
        event.details,
        event.status,
        event.version,
        event.created_at,
        max(event.created_at, event.edited_at),
        attendance.status if attendance is not None else "",
        alarms,
    )
