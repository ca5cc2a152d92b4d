"""A month of the calendar, and the moments at which its days begin by the clock of a zone."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_core.domain.zones import day_start_ms, load_zone
from turnout_gateway.views.query import quote

MONTH_PATTERN: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"

# By the clock of another zone, an event may be in the year before or after that of its own zone.
_YEARS: Final = range(limits.YEAR_MIN - 1, limits.YEAR_MAX + 2)
_MONTH: Final = re.compile(r"([0-9]{4})-(?:0[1-9]|1[0-2])")


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
    starts = [day_start_ms(each, rules) for each in dates]
    return tuple(
        Day(day.isoformat(), start, end) for day, start, end in zip(dates[:-1], starts[:-1], starts[1:], strict=True)
    )
