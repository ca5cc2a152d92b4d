"""VEVENT: one event (RFC 5545 section 3.6.1)."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from icalendar import Alarm, Event, vCalAddress

from turnout_core.calendar.entry import Entry
from turnout_core.domain.all_day import first_and_last_day
from turnout_core.domain.reminders import leads_ms
from turnout_core.domain.zones import load_zone

UID_DOMAIN: Final = "turnout"
"""The part of a UID after the ``@``. The id of an event has 60 random bits, so it needs no name of a host (RFC 7986,
section 5.3): the event stays the same one when the instance moves, and in mails."""

_UTC_ZONES: Final = frozenset({"UTC", "Etc/UTC"})
ZONE_PROPERTY: Final = "X-TURNOUT-ZONE"
"""The zone of an event that lasts all day. Dates have none (RFC 5545 section 3.2.19); an import reads it again."""
_NO_ADDRESS: Final = "invalid:nomail"  # as other calendars write it where there is a name without a mail address
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # some readers end a line at each of them
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")  # not allowed (RFC 5545 section 3.1)
_EVENTS_CACHED: Final = 4_000  # about 1 KB each; a new one takes 0.3 ms


@lru_cache(_EVENTS_CACHED)
def event_component(entry: Entry, site: str) -> bytes:
    """The VEVENT of ``entry``, whose page is below ``site``, such as ``https://events.example/turnout``."""
    details, page = entry.details, page_url(entry.event, site)
    component = Event()
    component.add("UID", f"{entry.event}@{UID_DOMAIN}")
    component.add("SEQUENCE", entry.version - 1)
    for name, at_ms in (
        ("DTSTAMP", entry.modified_at),  # the file says the same until the next change, hence its ETag holds
        ("CREATED", entry.created_at),
        ("LAST-MODIFIED", entry.modified_at),
    ):
        component.add(name, utc(at_ms))
    _add_times(component, entry)
    component.add("SUMMARY", text(details.title))
    component.add("STATUS", _status(entry))
    component.add("URL", page)
    component.add("DESCRIPTION", text("\n\n".join(filter(None, (details.description, details.link, page)))))
    if details.place or details.link:
        component.add("LOCATION", text(details.place or details.link))
    if details.tags:
        component.add("CATEGORIES", [text(each) for each in details.tags])
    if entry.organizer:
        organizer = vCalAddress(_NO_ADDRESS)
        organizer.params["CN"] = text(entry.organizer)
        component.add("ORGANIZER", organizer)
    for lead, lead_ms in leads_ms(details).items():
        if lead in entry.alarms and entry.status == "scheduled":
            component.add_component(_alarm(lead_ms, text(details.title)))
    return bytes(component.to_ical())


def page_url(event: str, site: str) -> str:
    """The address of the event's page."""
    return f"{site}/events/{event}"


def zone_of(entry: Entry) -> str | None:
    """The zone in whose local time the file has the start and the end; None if it has them in UTC, or as dates.

    Of two equal local times, one with a zone means the first (RFC 5545 section 3.3.5): the second has no other form
    than UTC. The local times are those of the moments that the writer decided, by the zone data at hand.
    """
    name = entry.details.zone
    if name in _UTC_ZONES or entry.details.all_day:
        return None
    try:
        zone = load_zone(name)
    except KeyError:  # newer zone data has decided it
        return None
    moments = (entry.details.starts_at, entry.details.ends_at)
    return None if any(utc(each).astimezone(zone).fold for each in moments) else name


def utc(at_ms: int) -> datetime:
    """A moment in ms since 1970, to the second."""
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def text(value: str) -> str:
    """The text without what no calendar file may have; ``icalendar`` escapes and folds it."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", value))


def _add_times(component: Event, entry: Entry) -> None:
    if entry.details.all_day:
        first, last = first_and_last_day(entry.details)
        component.add("DTSTART", first)
        component.add("DTEND", last + timedelta(days=1))
        component.add(ZONE_PROPERTY, entry.details.zone)
        return
    zone = zone_of(entry)
    for name, at_ms in (("DTSTART", entry.details.starts_at), ("DTEND", entry.details.ends_at)):
        if zone is None:
            component.add(name, utc(at_ms))
        else:
            local = utc(at_ms).astimezone(load_zone(zone)).replace(tzinfo=None)
            component.add(name, local, parameters={"TZID": zone})


def _status(entry: Entry) -> str:
    if entry.status == "cancelled":
        return "CANCELLED"
    return "TENTATIVE" if entry.seating == "waitlisted" else "CONFIRMED"


def _alarm(lead_ms: int, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", title)
    alarm.add("TRIGGER", -timedelta(milliseconds=lead_ms))
    return alarm
