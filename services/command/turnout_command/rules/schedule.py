"""Converts wall-clock times in an IANA zone to UTC."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

from turnout_core.domain import limits
from turnout_core.domain.rejections import invalid_field

_FORMAT = "%Y-%m-%dT%H:%M"


class Span(Struct, frozen=True):
    """Start and end of an event: local times in ``zone``, and the same moments in ms since 1970 (UTC)."""

    zone: str
    starts: str
    ends: str
    starts_at: int
    ends_at: int


def span(starts: datetime, ends: datetime | None, zone: str) -> Span:
    """The span from ``starts`` to ``ends``, by default ``limits.EVENT_DEFAULT_HOURS`` later.

    Raises:
        Invalid: the zone is unknown, its clocks skip a time, or the end is not after the start or too late.
    """
    zone_info = _find_zone(zone)
    starts_at = _to_ms(starts, zone_info, "starts")
    if ends is None:
        default = datetime.fromtimestamp(starts_at / 1000, UTC) + timedelta(hours=limits.EVENT_DEFAULT_HOURS)
        ends = default.astimezone(zone_info).replace(tzinfo=None)
        ends_at = round(default.timestamp() * 1000)
    else:
        ends_at = _to_ms(ends, zone_info, "ends")
    if ends_at <= starts_at:
        raise invalid_field("ends", "must be after the start")
    if ends - starts > timedelta(days=limits.EVENT_MAX_DAYS):
        raise invalid_field("ends", f"must be within {limits.EVENT_MAX_DAYS} days of the start")
    return Span(zone, starts.strftime(_FORMAT), ends.strftime(_FORMAT), starts_at, ends_at)


def _find_zone(name: str) -> ZoneInfo:
    if name not in _zone_names():
        raise invalid_field("zone", "must be an IANA time zone such as Europe/Vienna")
    return ZoneInfo(name)


@cache
def _zone_names() -> frozenset[str]:
    """All zones of the IANA database. Other names, such as paths, never reach ZoneInfo."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


def _to_ms(local: datetime, zone: ZoneInfo, field: str) -> int:
    """Milliseconds since 1970. Of a time that the clocks show twice, the first (PEP 495, fold=0)."""
    utc = local.replace(tzinfo=zone).astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local:
        raise invalid_field(field, f"the clocks of {zone.key} skip this time, they go forward then")
    return round(utc.timestamp() * 1000)
