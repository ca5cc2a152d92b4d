"""Reminders: which of them is due. The writer commits it, and ``noticing`` tells those who go."""

from collections.abc import Iterator, Mapping
from typing import Final

from turnout_core.domain.changes import Details
from turnout_core.domain.notices import Lead
from turnout_core.domain.state import Event

_HOUR_MS: Final = 60 * 60 * 1000
LEADS_MS: Final[Mapping[Lead, int]] = {"day": 24 * _HOUR_MS, "two-hours": 2 * _HOUR_MS}
"""The time before the start at which each reminder is due, the longest first."""


def reminder_times(details: Details) -> Iterator[tuple[int, Lead]]:
    """The time of each reminder, in ms since 1970."""
    return ((details.starts_at - lead_ms, lead) for lead, lead_ms in LEADS_MS.items())


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
    is_late = event.created_at > event.details.starts_at - LEADS_MS[lead]
    return None if is_late or lead in event.reminded else lead
