"""VTIMEZONE: the rules of a zone for the years of some events (RFC 5545 section 3.6.5).

They come from the zone data of the project (``domain.zones``), so a calendar shows the moments that the writer decided.
The generator of ``icalendar`` puts the onset of summer time one hour late, where the clocks have already changed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

from turnout_core.domain.zones import load_zone

_STEP: Final = timedelta(days=4)  # since 1999 no zone has changed its clocks twice within 7 days (tzdata 2026f)
_MINUTE: Final = timedelta(minutes=1)
_ZONES_CACHED: Final = 1_000


@lru_cache(_ZONES_CACHED)
def zone_component(name: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of the IANA zone ``name``, which is right in these years. Raises KeyError if there is no such zone.

    Each change of the clocks is a part of its own. Rules would be shorter, but the zone data has none to offer; and of
    a list of dates (RDATE), ical.js, hence Thunderbird, reads only the first.
    """
    zone = load_zone(name)
    start = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + timedelta(days=1)
    component = Timezone()
    component.add("TZID", name)
    component.add_component(_part(start.astimezone(zone), _offset(start.astimezone(zone))))
    for onset in _changes(zone, start, end):
        component.add_component(_part(onset.astimezone(zone), _offset((onset - _MINUTE).astimezone(zone))))
    return bytes(component.to_ical())


def _part(onset: datetime, offset_before: timedelta) -> Component:
    """The part from ``onset`` on. It has that moment by the clocks as they were before."""
    offset = _offset(onset)
    part = TimezoneDaylight() if onset.dst() else TimezoneStandard()
    part.add("DTSTART", onset.replace(tzinfo=None) - offset + offset_before)
    part.add("TZOFFSETFROM", offset_before)
    part.add("TZOFFSETTO", offset)
    part.add("TZNAME", onset.tzname())
    return part


def _changes(zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments (UTC) between ``start`` and ``end`` at which the zone's offset changes."""
    while start < end:
        low, high = start, start + _STEP
        offset = _offset(low.astimezone(zone))
        if _offset(high.astimezone(zone)) != offset:
            while high - low > _MINUTE:
                middle = low + (high - low) // 2 // _MINUTE * _MINUTE
                if _offset(middle.astimezone(zone)) == offset:
                    low = middle
                else:
                    high = middle
            yield high
        start += _STEP


def _offset(local: datetime) -> timedelta:
    offset = local.utcoffset()
    assert offset is not None  # noqa: S101 - it has a zone
    return offset
