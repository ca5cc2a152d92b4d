"""The seats of an event, independently of the rules."""

from collections.abc import Iterator

from chaos.history.history_index import Violation
from turnout_core.domain.changes import Commit
from turnout_core.domain.state import Event


def check_seats(event: Event, commit: Commit) -> Iterator[Violation]:
    """Yields the invariants that the event breaks after ``commit``."""
    seats = {"going": 0, "waitlisted": 0}
    for each in event.attendances.values():
        seats[each.status] += each.party
    if (seats["going"], seats["waitlisted"]) != (event.going, event.waiting):
        yield Violation("seats", f"{event.id} counts {event.going}+{event.waiting}, has {seats}", seq=commit.seq)
    free = event.free_seats()
    if free is not None and free < 0:
        yield Violation("seats", f"{event.id} is overbooked by {-free}", seq=commit.seq)
    promotable = [each.user for each in event.waitlist() if free is None or each.party <= free]
    is_open = event.status == "scheduled" and not event.ended and commit.at < event.details.ends_at
    if is_open and promotable:
        yield Violation("seats", f"{promotable[0]} waits for {event.id}, where {free} seats are free", seq=commit.seq)
