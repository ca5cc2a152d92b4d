"""The texts of pages, in the words of the front end: days, times by the event's own clock, and seats."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import UNSET

from turnout_core.domain.all_day import first_and_last_day
from turnout_core.protocol.items import Card, EventItem
from turnout_gateway.pages.day_range import day_range

AnyEvent = Card | EventItem

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TO: Final = "\u2013"  # an en dash
_SHORT_CHARS: Final = 3
_DATE_CHARS: Final = 10  # YYYY-MM-DD
_NO_CITY: Final = ("Etc/",)


def full_day(local: date, this_year: int | None = None) -> str:
    """``Friday 27 November 2026``; without the year if it is this one."""
    year = "" if local.year == this_year else f" {local.year}"
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}"


def short_day(local: date, this_year: int | None = None) -> str:
    """``Fri 27 Nov 2026``; without the year if it is this one."""
    year = "" if local.year == this_year else f" {local.year}"
    day, month = _DAYS[local.weekday()][:_SHORT_CHARS], _month(local)
    return f"{day} {local.day} {month}{year}"


def day_parts(local: datetime) -> tuple[str, str, str]:
    """``Fri``, ``27``, ``Nov``."""
    return _DAYS[local.weekday()][:_SHORT_CHARS], str(local.day), _month(local)


def local_start(event: AnyEvent) -> datetime:
    """The start, as the event's clock shows it."""
    return datetime.fromisoformat(event.starts)


def days(event: AnyEvent, text_of: Callable[[date, int | None], str], this_year: int | None = None) -> str:
    """The day of the start by ``full_day`` or ``short_day``; all days of an event that lasts all day."""
    if event.all_day is UNSET:
        return text_of(local_start(event), this_year)
    return day_range(*first_and_last_day(event), lambda day: text_of(day, this_year))


def hours(event: AnyEvent) -> str:
    """The words after the days: ``19:30 - 21:30 in Vienna``, or ``all day``, which needs no clock."""
    return f"{time_span(event)} {zone_words(event)}" if event.all_day is UNSET else "all day"


def card_time(event: AnyEvent) -> str:
    """The words beside the day of the start: ``19:30 - 21:30``, ``All day``, or the days if there are more."""
    if event.all_day is UNSET:
        return time_span(event)
    first, last = first_and_last_day(event)
    return "All day" if first == last else day_range(first, last, lambda day: short_day(day, day.year))


def machine_time(event: AnyEvent) -> str:
    """The start for ``datetime`` of a ``time`` element: a moment (UTC), or a day, which is the same in all zones."""
    return f"{moment(event.starts_at):%Y-%m-%dT%H:%M:%S}.000Z" if event.all_day is UNSET else event.starts[:_DATE_CHARS]


def time_span(event: AnyEvent) -> str:
    """``19:30 - 21:30``, with the day of the end if that differs. Clocks that went back in between are named."""
    start, end = local_start(event), datetime.fromisoformat(event.ends)
    if start.date() != end.date():
        return f"{start:%H:%M} {_TO} {short_day(end, end.year)} {end:%H:%M}"
    if end <= start and event.starts_at < event.ends_at:
        first, last = (offset(*each) for each in ((event.starts, event.starts_at), (event.ends, event.ends_at)))
        return f"{start:%H:%M} UTC{first} {_TO} {end:%H:%M} UTC{last}"
    return f"{start:%H:%M} {_TO} {end:%H:%M}"


def zone_words(event: AnyEvent) -> str:
    """Whose clock that is: ``in Vienna``, or ``UTC`` for a clock of no city."""
    if "/" not in event.zone or event.zone.startswith(_NO_CITY):
        return event.zone.rpartition("/")[2]
    return f"in {event.zone.rpartition('/')[2].replace('_', ' ')}"


def offset(local: str, at_ms: int) -> str:
    """The offset from UTC of a clock that shows ``local`` at that moment, such as ``+01:00``."""
    shown = datetime.fromisoformat(local).replace(tzinfo=UTC)
    minutes = round((shown - moment(at_ms)) / timedelta(minutes=1))
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def moment(at_ms: int) -> datetime:
    """A time in ms since 1970 (UTC)."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)


def is_over(event: AnyEvent, now_ms: int) -> bool:
    return event.ends_at <= now_ms


def seat_words(event: AnyEvent, now_ms: int) -> str:
    """``17 of 24 going, 3 waiting``; of a past event ``17 of 24 went``, of a called-off one ``17 of 24 were going``."""
    taken = f"{event.going:,}" if event.capacity is None else f"{event.going:,} of {event.capacity:,}"
    if event.status == "cancelled":
        return f"{taken} {'was' if event.capacity is None and event.going == 1 else 'were'} going"
    if is_over(event, now_ms):
        return f"{taken} went"
    return f"{taken} going" + (f", {event.waiting:,} waiting" if event.waiting else "")


def shorten(text: str, chars: int) -> str:
    """The text on one line, cut at a word if it has more than ``chars`` characters."""
    line = " ".join(text.split())
    if len(line) <= chars:
        return line
    return line[: chars - 1].rsplit(" ", 1)[0] + "…"


def _month(local: date) -> str:
    return _MONTHS[local.month - 1][:_SHORT_CHARS]
