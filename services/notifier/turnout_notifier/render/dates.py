"""Dates and times of events as people read them, in the zone of the event."""

from datetime import date, datetime
from typing import Final

from turnout_core.domain.all_day import first_and_last_day
from turnout_core.domain.changes import Details

_DATE_CHARS: Final = 10  # YYYY-MM-DD


def when(details: Details) -> str:
    """Such as ``Friday, 27 November 2026, 19:30 to 22:30 (Europe/Vienna)``; days are the same in all zones."""
    if details.all_day:
        days = dict.fromkeys(first_and_last_day(details))
        return f"{' to '.join(map(_day, days))}, all day"
    starts, ends = details.starts, details.ends
    until = ends[_DATE_CHARS + 1 :] if starts[:_DATE_CHARS] == ends[:_DATE_CHARS] else local(ends)
    return f"{local(starts)} to {until} ({details.zone})"


def local(text: str) -> str:
    """A local time ``YYYY-MM-DDTHH:MM``, such as ``Friday, 27 November 2026, 19:30``; a date likewise."""
    moment = datetime.fromisoformat(text)
    clock = f", {moment:%H:%M}" if len(text) > _DATE_CHARS else ""
    return f"{_day(moment.date())}{clock}"


def _day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"
