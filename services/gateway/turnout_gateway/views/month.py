"""A month of the calendar, and the moments at which its days begin by the clock of a zone."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_core.domain.zones import load_zone
from turnout_gateway.views.query import quote

MONTH_PATTERN: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"

# By the clock of another zone, an event may be in the year before or after that of its own zone.
_YEARS: Final = range(limits.YEAR_MIN - 1, limits.YEAR_MAX + 2)
_MONTH: Final = re.compile(r"([0-9]{4})-(?:0[1-9]|1[0-2])")
_MINUTE: Final = timedelta(minutes=1)


class Day(NamedTuple):
    """A day of a zone: from ``start_ms`` up to ``end_ms``, in ms since 1970. They are equal for a day that is skipped.

    Attributes:
        date: ``YYYY-MM-DD``.
    """

    date: str
    start_ms: int
    end_ms: int

    @property
    def key(self) -> str:
        """The key of its item."""
        return f"day:{self.date}"


def parse_month(value: str) -> str:
    """Checks ``month``, such as ``2026-12``. Raises Invalid."""
    found = _MONTH.fullmatch(value)
    if found is None or int(found[1]) not in _YEARS:
        raise Invalid(f"month is a month from {_YEARS[0]}-01 to {_YEARS[-1]}-12, not {quote(value)}.")
    return value


def parse_zone(value: str) -> str:
    """Checks ``zone``; without a value it is UTC. Raises Invalid."""
    try:
        return load_zone(value or "UTC").key
    except KeyError:
        raise Invalid(f"zone is an IANA time zone such as Europe/Vienna, not {quote(value)}.") from None


@lru_cache(maxsize=1_000)
def days_of(month: str, zone: str) -> tuple[Day, ...]:
    """The days of a checked month in a checked zone."""
    rules = load_zone(zone)
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    dates = [first + timedelta(days=each) for each in range((following - first).days + 1)]
    starts = [_start_ms(each, rules) for each in dates]
    return tuple(
        Day(day.isoformat(), start, end) for day, start, end in zip(dates[:-1], starts[:-1], starts[1:], strict=True)
    )


def _start_ms(day: date, zone: tzinfo) -> int:
    """The moment at which ``day`` begins.

    Where the clocks skip midnight, ``fold=0`` means the moment of the change (PEP 495). Where they show midnight twice,
    it is the first, unless the day before goes on after it, as in St. John's until 2011 (from 00:01 back to 23:01).
    """
    first, second = (datetime(day.year, day.month, day.day, tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    goes_on = second > first and (second - _MINUTE).astimezone(zone).date() < day
    return round((second if goes_on else first).timestamp() * 1000)
