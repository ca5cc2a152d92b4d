"""Events for machines: ``Event`` of schema.org as JSON-LD, with what Google's "Structured data: Event" asks for."""

from typing import Any, Final

from msgspec import UNSET

from turnout_core.domain.all_day import first_and_last_day
from turnout_core.protocol.items import EventItem
from turnout_gateway.pages.site import Site
from turnout_gateway.pages.words import offset

_CONTEXT: Final = "https://schema.org"


def structured_event(event: EventItem, site: Site, image: str) -> dict[str, Any]:
    """The event, with what everyone may know of it: no guests."""
    is_called_off = event.status == "cancelled"
    mode = "Offline" if event.place or not event.link else "Online"
    start, end = _dates(event)
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Event",
        "name": event.title,
        "startDate": start,
        "endDate": end,
        "eventStatus": f"{_CONTEXT}/Event{'Cancelled' if is_called_off else 'Scheduled'}",
        "eventAttendanceMode": f"{_CONTEXT}/{mode}EventAttendanceMode",
    }
    if event.place:
        found["location"] = {"@type": "Place", "name": event.place, "address": event.place}
    elif event.link:
        found["location"] = {"@type": "VirtualLocation", "url": event.link}
    if event.description:
        found["description"] = event.description
    if event.organizer.name:
        found["organizer"] = {"@type": "Person", "name": event.organizer.name}
    if event.capacity is not None:
        found["maximumAttendeeCapacity"] = event.capacity
        found["remainingAttendeeCapacity"] = max(0, event.capacity - event.going)
    if event.tags:
        found["keywords"] = list(event.tags)
    if site.root:
        found |= {"url": site.event(event.id), "image": [image]}
    return found


def _dates(event: EventItem) -> tuple[str, str]:
    """Start and end: moments, or the first and the last day (schema.org: ``Date`` or ``DateTime``)."""
    if event.all_day is UNSET:
        return _iso(event.starts, event.starts_at), _iso(event.ends, event.ends_at)
    first, last = first_and_last_day(event)
    return first.isoformat(), last.isoformat()


def _iso(local: str, at_ms: int) -> str:
    return f"{local}:00{offset(local, at_ms)}"
