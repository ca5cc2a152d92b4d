"""From a wall-clock time and an IANA zone to the moment that they name, and back."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

from turnout_core.domain import limits
from turnout_core.domain.rejections import invalid_field

_FORMAT = "%Y-%m-%dT%H:%M"


class Span(Struct, frozen=True):
    """When an event is: local times in ``zone``, and beside them the moments in ms since 1970 (UTC)."""

    zone: str
    starts: str
    ends: str
    starts_at: int
    ends_at: int


def span(starts: datetime, ends: datetime | None, zone: str) -> Span:
    """From the wall-clock time ``starts`` to ``ends``, by default ``limits.EVENT_DEFAULT_HOURS`` later.

    Raises:
        Invalid: an unknown zone, a time that its clocks skip, an end that is not behind the start or too far behind.
    """
    there = _zone(zone)
    starts_at = _moment(starts, there, "starts")
    if ends is None:
        default = datetime.fromtimestamp(starts_at / 1000, UTC) + timedelta(hours=limits.EVENT_DEFAULT_HOURS)
        ends = default.astimezone(there).replace(tzinfo=None)
        ends_at = round(default.timestamp() * 1000)
    else:
        ends_at = _moment(ends, there, "ends")
    if ends_at <= starts_at:
        raise invalid_field("ends", "must be after the start")
    if ends - starts > timedelta(days=limits.EVENT_MAX_DAYS):
        raise invalid_field("ends", f"must be within {limits.EVENT_MAX_DAYS} days of the start")
    return Span(zone, starts.strftime(_FORMAT), ends.strftime(_FORMAT), starts_at, ends_at)


def _zone(name: str) -> ZoneInfo:
    if name not in _names():
        raise invalid_field("zone", "must be an IANA time zone such as Europe/Vienna")
    return ZoneInfo(name)


@cache
def _names() -> frozenset[str]:
    """Every zone of the IANA database; a path such as ``../etc/passwd`` is none of them."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


def _moment(local: datetime, zone: ZoneInfo, field: str) -> int:
    """Milliseconds since 1970. A time that the clocks show twice means the first (PEP 495, fold=0)."""
    utc = local.replace(tzinfo=zone).astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local:
        raise invalid_field(field, f"the clocks of {zone.key} skip this time, they go forward then")
    return round(utc.timestamp() * 1000)
