"""Entries for tests."""

from datetime import datetime
from typing import Any

import msgspec

from turnout_core.calendar.entry import Entry
from turnout_core.domain.changes import Details
from turnout_core.domain.zones import load_zone

SITE = "https://events.example/turnout"
CREATED_AT = 1_790_000_000_000
MODIFIED_AT = 1_790_000_100_000


def entry(
    starts: str = "2026-11-27T19:30", ends: str = "2026-11-27T21:30", zone: str = "Europe/Vienna", **more: Any
) -> Entry:
    """An entry between two local times. Of two equal ones, the offset in the text tells which is meant."""
    starts_at, ends_at = (_at_ms(each, zone) for each in (starts, ends))
    fields = {name: more.pop(name) for name in list(more) if name in Details.__struct_fields__}
    details = Details("Board games", starts[:16], ends[:16], zone, starts_at, ends_at)
    full: dict[str, Any] = {
        "event": "abc", "organizer": "Olga", "details": msgspec.structs.replace(details, **fields),
        "status": "scheduled", "version": 1, "created_at": CREATED_AT, "modified_at": MODIFIED_AT,
    }  # fmt: skip
    return Entry(**full | more)


def entry_at(starts_at: int, ends_at: int, zone: str) -> Entry:
    """An entry between two moments in ms since 1970."""
    starts, ends = (datetime.fromtimestamp(each / 1000, load_zone(zone)) for each in (starts_at, ends_at))
    return entry(starts.isoformat(timespec="seconds"), ends.isoformat(timespec="seconds"), zone)


def _at_ms(text: str, zone: str) -> int:
    time = datetime.fromisoformat(text)
    return round((time if time.tzinfo else time.replace(tzinfo=load_zone(zone))).timestamp() * 1000)
