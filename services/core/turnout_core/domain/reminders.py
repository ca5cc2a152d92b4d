"""Reminders: which of them is due. The writer commits it, and ``noticing`` tells those who go."""

from collections.abc import Iterator, Mapping
from typing import Final

from turnout_core.domain.changes import Details
from turnout_core.domain.notices import Lead
from turnout_core.domain.state import Event

_HOUR_MS: Final = 60 * 60 * 1000
_LEADS_MS: Final[Mapping[Lead, int]] = {"day": 24 * _HOUR_MS, "two-hours": 2 * _HOUR_MS}
_ALL_DAY_LEADS_MS: Final[Mapping[Lead, int]] = {"day": 15 * _HOUR_MS}


def leads_ms(details: Details) -> Mapping[Lead, int]:
    """The time before the start at which each reminder is due, in ms, the longest first.

    Before an event that lasts all day there is one, at 09:00 on the day before. It is reckoned from the stored moment
    of the start, so that replicas with other time zone data agree: where the clocks change between 09:00 and the end
    of that day, it comes an hour earlier or later.
    """
    return _ALL_DAY_LEADS_MS if details.all_day else _LEADS_MS


def reminder_times(details: Details) -> Iterator[tuple[int, Lead]]:
    """The time of each reminder, in ms since 1970."""
    return ((details.starts_at - lead_ms, lead) for lead, lead_ms in leads_ms(details).items())


def passed_leads(details: Details, now: int) -> tuple[Lead, ...]:
    """The reminders whose time is not after ``now`` (ms since 1970)."""
    return tuple([lead for at, lead in reminder_times(details) if at <= now])


def due_reminder(event: Event, now: int) -> Lead | None:
    """The reminder that is due at ``now`` (ms since 1970); None without one.

    That is the last whose time has come. An event that was made after that time has none, and one that was moved has
    it among ``reminded``.
    """
    passed = passed_leads(event.details, now)
    if not passed or event.ended or event.status == "cancelled" or event.details.starts_at <= now:
        return None
    lead = passed[-1]
    is_late = event.created_at > event.details.starts_at - leads_ms(event.details)[lead]
    return None if is_late or lead in event.reminded else lead
