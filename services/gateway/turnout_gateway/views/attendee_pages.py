"""Pages of attendees, to read beyond the window of the event's view."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from msgspec import Meta, Struct

from turnout_core.domain.access import Viewer
from turnout_core.domain.state import Attendance, State
from turnout_core.protocol import rendering
from turnout_core.protocol.items import AttendeeItem, Seating
from turnout_gateway.views.visibility import event_with_people


class AttendeesPage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A page of the attendees of one event, in the order of joining.

    Attributes:
        next: the ``after`` of the following page; null at the end.
    """

    at: str
    items: tuple[AttendeeItem, ...]
    next: Annotated[int | None, Meta(description="the `after` of the following page; null at the end")]


def read_page(state: State, event: str, viewer: Viewer, status: Seating, after: int, limit: int) -> AttendeesPage:
    """Up to ``limit`` attendees of ``event`` who joined after the commit ``after``, for ``viewer``.

    Raises EventNotFound and NotPermitted.
    """
    current_event = event_with_people(state, event, viewer)
    found = list(islice(_after(current_event.attendances.values().__iter__(), status, after), limit + 1))
    items = tuple(rendering.attendee(state, each) for each in found[:limit])
    return AttendeesPage(at=str(state.position), items=items, next=items[-1].rank if len(found) > limit else None)


def _after(attendances: Iterator[Attendance], status: Seating, after: int) -> Iterator[Attendance]:
    return (each for each in attendances if each.order > after and each.status == status)
