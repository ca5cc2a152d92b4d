"""VTIMEZONE against the zone data."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.calendar.zone_component import zone_component
from turnout_core.domain import limits
from turnout_core.domain.zones import load_zone, zone_names

DAY = timedelta(days=1)


def offsets(component: bytes) -> list[tuple[datetime, timedelta]]:
    """The onsets (UTC) of a VTIMEZONE without rules, in order, each with the offset from then on."""
    zone = icalendar.Timezone.from_ical(component)
    found = []
    part: Any
    for part in zone.subcomponents:
        before, after = part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
        found.append(((part["DTSTART"].dt - before).replace(tzinfo=UTC), after))
    return sorted(found)


@given(st.sampled_from(sorted(zone_names())), st.integers(limits.YEAR_MIN, limits.YEAR_MAX), st.integers(0, 2))
def test_it_has_the_offset_of_each_day_and_each_moment_around_a_change(zone: str, year: int, more: int) -> None:
    onsets = offsets(zone_component(zone, year, year + more))
    rules = load_zone(zone)
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + more + 1, 1, 1, tzinfo=UTC)
    moments = {start + DAY * day for day in range((end - start).days + 1)}
    moments |= {at + step for at, _ in onsets for step in (-timedelta(seconds=1), timedelta())}
    for moment in sorted(each for each in moments if start <= each <= end):
        offset = next(after for at, after in reversed(onsets) if at <= moment)
        assert offset == moment.astimezone(rules).utcoffset(), moment


def test_summer_time_begins_when_the_clocks_show_the_former_time() -> None:
    """An onset is a local time by the offset before it (RFC 5545 section 3.6.5)."""
    assert b"BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\n" in zone_component("Europe/Vienna", 2026, 2026)
    assert b"BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\n" in zone_component("Europe/Vienna", 2026, 2026)
