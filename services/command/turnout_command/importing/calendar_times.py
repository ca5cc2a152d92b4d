"""The times of a calendar's event (RFC 5545 sections 3.3.4 to 3.3.6)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from icalendar import vDate, vDatetime, vDuration

from turnout_command.importing.calendar_blocks import Property
from turnout_command.importing.calendar_zones import FileZone, FileZones
from turnout_command.importing.rows import UnreadableEvent
from turnout_core.calendar.event_component import ZONE_PROPERTY
from turnout_core.domain.zones import load_zone

_DATE_CHARS: Final = 8
_DAY: Final = timedelta(days=1)
_LENGTH_MAX: Final = timedelta(days=36_500)


class FileTime(NamedTuple):
    """A time by the clocks of ``zone``; a date is its midnight."""

    local: datetime
    zone: FileZone
    is_date: bool

    def by_clocks_of(self, zone: FileZone) -> datetime:
        """The same moment by the clocks of ``zone``. A date is the same date everywhere."""
        if self.is_date or zone == self.zone:
            return self.local
        return moment(self.local, self.zone).astimezone(zone.clock).replace(tzinfo=None)


def read_time(value: str, params: dict[str, str], zones: FileZones) -> FileTime:
    """The time ``value`` with the parameters of its property, without seconds. Raises UnreadableEvent."""
    text = value.strip().upper()
    tzid = params.get("TZID")
    try:
        if len(text) == _DATE_CHARS:
            day: date = vDate.from_ical(text)  # type: ignore[no-untyped-call]
            return FileTime(datetime.combine(day, time()), zones.default, is_date=True)
        found: datetime = vDatetime.from_ical(text)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise UnreadableEvent(f"{value.strip()[:40]} is no date and time.") from None
    local = found.replace(second=0, microsecond=0, tzinfo=None)
    if text.endswith("Z"):
        return FileTime(local, zones.utc, is_date=False)
    zone = zones.find(tzid) if tzid else zones.default
    return FileTime(local, zone, is_date=False)


def read_span(properties: dict[str, list[Property]], zones: FileZones) -> tuple[FileTime, timedelta | None]:
    """The start of an event, and its length by the clocks; None if the file has none. Raises UnreadableEvent."""
    if "DTSTART" not in properties:
        raise UnreadableEvent("The event has no start (DTSTART).")
    first = properties["DTSTART"][0]
    start = read_time(first.value, first.params, zones)
    if start.is_date and ZONE_PROPERTY in properties:
        start = start._replace(zone=zones.find(properties[ZONE_PROPERTY][0].text))
    length: timedelta | None = _DAY if start.is_date else None
    if "DTEND" in properties:
        last = properties["DTEND"][0]
        length = read_time(last.value, last.params, zones).by_clocks_of(start.zone) - start.local
    elif "DURATION" in properties:
        length = _read_duration(properties["DURATION"][0].value)
    if length is not None and (length < timedelta() or length > _LENGTH_MAX):
        raise UnreadableEvent("The event ends before it starts." if length < timedelta() else "The event is too long.")
    return start, length or (_DAY if start.is_date else None)


def times_of_draft(starts: datetime, length: timedelta | None, zone: FileZone) -> dict[str, Any]:
    """The fields of a draft for the time from ``starts``, by the clocks of ``zone``. Raises UnreadableEvent.

    A time that the clocks skip is as many minutes later (RFC 5545 section 3.3.5).
    """
    try:
        shown = {"starts": _shown(starts, zone)}
        if length is not None:
            shown["ends"] = _shown(starts + length, zone)
    except (OverflowError, ValueError):
        raise UnreadableEvent("The event is too far away.") from None
    fields: dict[str, Any] = {"zone": zone.name}
    for name, at in shown.items():
        fields[name] = _text(at)
        fields[f"{name}_fold"] = at.fold
    return fields


def days_of_draft(starts: datetime, length: timedelta, zone: FileZone) -> dict[str, Any]:
    """The fields of a draft for ``length`` days from that of ``starts``. Raises UnreadableEvent."""
    try:
        ends = starts + length
    except OverflowError:
        raise UnreadableEvent("The event is too far away.") from None
    return {"zone": zone.name, "starts": _text(starts), "ends": _text(ends), "all_day": True}


def is_all_day(start: FileTime, length: timedelta | None) -> bool:
    """True for an event of whole days. Some programs write times of the day beside a date."""
    return start.is_date and length is not None and not length % _DAY


def moment(local: datetime, zone: FileZone) -> datetime:
    """The moment (UTC) of a local time."""
    return local.replace(tzinfo=zone.clock).astimezone(UTC)


def _text(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M").zfill(16)


def _shown(local: datetime, zone: FileZone) -> datetime:
    return moment(local, zone).astimezone(load_zone(zone.name))


def _read_duration(value: str) -> timedelta:
    try:
        found: timedelta = vDuration.from_ical(value.strip())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise UnreadableEvent(f"{value[:40]} is no duration.") from None
    return found
