"""Calendar files: one VCALENDAR with the events and their zones (RFC 5545 section 3.4)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from icalendar import Calendar, vText

from turnout_core.calendar.entry import Entry
from turnout_core.calendar.event_component import event_component, text, utc, zone_of
from turnout_core.calendar.zone_component import zone_component

_REFRESH: Final = timedelta(hours=1)  # how often a calendar that subscribes to a feed should read it
_END: Final = b"END:VCALENDAR\r\n"


def calendar_file(entries: Sequence[Entry], site: str, name: str = "") -> bytes:
    """A file with ``entries``; see ``parts``."""
    return b"".join(parts(entries, site, name))


def parts(entries: Sequence[Entry], site: str, name: str = "") -> Iterator[bytes]:
    """The parts of a file, each of which takes at most 2 ms: other tasks can run in between.

    Args:
        entries: one for each event, in the order of the file.
        site: the public address of the instance, such as ``https://events.example``, without a slash at the end.
        name: of the calendar, if it is a feed to which people subscribe.
    """
    yield _head(name)
    for zone, (first_year, last_year) in sorted(_years_of_zones(entries).items()):
        yield zone_component(zone, first_year, last_year)
    for entry in entries:
        yield event_component(entry, site)
    yield _END


def _head(name: str) -> bytes:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Turnout//Turnout//EN")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    if name:
        calendar.add("NAME", vText(text(name)))  # RFC 7986 section 5.1
        calendar.add("X-WR-CALNAME", vText(text(name)))  # for calendars that know only this one
        calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT1H")
    return bytes(calendar.to_ical().removesuffix(_END))


def _years_of_zones(entries: Iterable[Entry]) -> dict[str, tuple[int, int]]:
    """The zones of the entries, each with the first and the last year in which one of its events takes place."""
    years: dict[str, tuple[int, int]] = {}
    for entry in entries:
        zone = zone_of(entry)
        if zone is not None:
            first, last = utc(entry.details.starts_at).year, utc(entry.details.ends_at).year
            known_first, known_last = years.get(zone, (first, last))
            years[zone] = min(first, known_first), max(last, known_last)
    return years
