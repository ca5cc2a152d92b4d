"""The events of feeds, and those in a person's calendar. ``may`` is asked for each."""

from collections.abc import Iterable

from turnout_core.calendar.entry import Entry, entry_of
from turnout_core.domain import limits
from turnout_core.domain.access import is_listed, may, viewer_of
from turnout_core.domain.preferences import NO_CHOICE
from turnout_core.domain.state import Event, State


def own_entry(state: State, event: Event, user: str | None) -> Entry:
    """The event as the calendar of ``user`` shows it, who may see it. Those who take part have their alarms."""
    found = state.users.get(user) if user is not None else None
    if found is None or not _takes_part(event, found.id):
        return entry_of(state, event, user)
    return entry_of(state, event, user, (found.notify or NO_CHOICE).reminders)


def public_entries(state: State, events: Iterable[str]) -> list[Entry]:
    """Those of the events that are public now."""
    found = (state.events.get(each) for each in events)
    return [entry_of(state, each) for each in found if each is not None and is_listed(each)]


def own_entries(state: State, user: str) -> list[Entry]:
    """The events that ``user`` hosts, attends or waits for, in the order of their starts.

    There are at most ``limits.FEED_EVENTS_MAX``: first those to come, the next ones first, then those that ended last.
    """
    viewer = viewer_of(state, user)
    indexes = (state.attending, state.organizing, state.involved)
    related = (state.events[each] for each in set().union(*(each.get(user, ()) for each in indexes)))
    mine = [each for each in related if _takes_part(each, user) and may(viewer, "see", each)]
    to_come = sorted((each for each in mine if not each.ended), key=_start)
    ended = sorted((each for each in mine if each.ended), key=_start, reverse=True)
    chosen = (to_come + ended)[: limits.FEED_EVENTS_MAX]
    return [own_entry(state, each, user) for each in sorted(chosen, key=_start)]


def _takes_part(event: Event, user: str) -> bool:
    return event.is_host(user) or user in event.attendances


def _start(event: Event) -> tuple[int, str]:
    return event.details.starts_at, event.id
