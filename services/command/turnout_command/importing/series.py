"""Events that repeat (RFC 5545 section 3.8.5)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from dateutil.rrule import rruleset, rrulestr

from turnout_command.importing.calendar_blocks import Property
from turnout_command.importing.calendar_times import FileTime, read_time
from turnout_command.importing.calendar_zones import FileZones
from turnout_command.importing.rows import UnreadableEvent

SERIES_DAYS: Final = 366
SERIES_MAX_EVENTS: Final = 100
_TOO_OFTEN: Final = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)\b", re.IGNORECASE)
_UNTIL: Final = re.compile(r";?UNTIL=([^;]*)", re.IGNORECASE)
_RULE_PARTS: Final = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*", re.IGNORECASE)
_END_OF_DAY: Final = timedelta(days=1, minutes=-1)


class Occurrences(NamedTuple):
    """Starts by the clocks of the series.

    Attributes:
        goes_on: True if the series has more of them later.
    """

    starts: list[datetime]
    goes_on: bool


def is_series(properties: dict[str, list[Property]]) -> bool:
    return "RRULE" in properties or "RDATE" in properties


def occurrences(
    properties: dict[str, list[Property]],
    first: FileTime,
    zones: FileZones,
    replaced: frozenset[datetime],
    now: datetime,
) -> Occurrences:
    """The starts of a series from ``now`` on: of one year, and at most ``SERIES_MAX_EVENTS``.

    Args:
        properties: of the event, by name.
        first: its start.
        zones: of the file.
        replaced: starts that other events of the file replace.
        now: by the clocks of the series.

    Raises:
        UnreadableEvent: a rule cannot be read, or repeats more often than daily.
    """
    dates = rruleset()
    try:
        for rule in properties.get("RRULE", ()):
            dates.rrule(_until_end(rule, first, zones))
        if "RRULE" not in properties:
            dates.rdate(first.local)
        for each in _times(properties.get("RDATE", ()), first, zones):
            dates.rdate(each)
        for each in (*_times(properties.get("EXDATE", ()), first, zones), *replaced):
            dates.exdate(each)
        last = max(now, first.local) + timedelta(days=SERIES_DAYS)
        coming = (each for each in dates if each >= now)
        found = list(islice(coming, SERIES_MAX_EVENTS + 1))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise UnreadableEvent("The rule of the repetition (RRULE) cannot be read.") from None
    starts = [each for each in found[:SERIES_MAX_EVENTS] if each <= last]
    return Occurrences(starts, goes_on=len(starts) < len(found))


def _until_end(rule: Property, first: FileTime, zones: FileZones) -> Iterator[datetime]:
    """The starts by one rule. Its end is read here: the library has none in UTC for local times."""
    text = rule.value.strip()
    if _TOO_OFTEN.search(text):
        raise UnreadableEvent("The event repeats more often than daily.")
    end = _UNTIL.search(text)
    text = _UNTIL.sub("", text).strip(";")
    if not _RULE_PARTS.fullmatch(text):
        raise ValueError(text)
    starts: Iterator[datetime] = iter(rrulestr(text, dtstart=first.local))
    if end is None:
        return starts
    until = read_time(end[1], {}, zones)
    latest = until.local + _END_OF_DAY if until.is_date else until.by_clocks_of(first.zone)
    return _before(starts, latest)


def _before(starts: Iterator[datetime], latest: datetime) -> Iterator[datetime]:
    for each in starts:
        if each > latest:
            return
        yield each


def _times(properties: "list[Property] | tuple[()]", first: FileTime, zones: FileZones) -> Iterator[datetime]:
    for each in properties:
        for value in each.value.split(","):
            found = read_time(value.partition("/")[0], each.params, zones)  # a period begins with its start
            if found.is_date and not first.is_date:
                yield datetime.combine(found.local, first.local.time())
            else:
                yield found.by_clocks_of(first.zone)
