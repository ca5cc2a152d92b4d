"""Converts wall-clock times in an IANA zone to UTC."""

from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from turnout_core.domain import limits
from turnout_core.domain.changes import Details, Fold
from turnout_core.domain.rejections import Invalid, invalid_field
from turnout_core.domain.zones import load_zone

_FORMAT = "%Y-%m-%dT%H:%M"


class Span(Struct, frozen=True):
    """Start and end of an event: local times in ``zone``, and the same moments in ms since 1970 (UTC).

    The folds are 1 only for the second of two equal local times.
    """

    zone: str
    starts: str
    ends: str
    starts_at: int
    ends_at: int
    starts_fold: Fold
    ends_fold: Fold


def span(starts: datetime, ends: datetime | None, zone: str) -> Span:
    """The span from ``starts`` to ``ends``, by default ``limits.EVENT_DEFAULT_HOURS`` later.

    Of a local time that the clocks show twice, ``datetime.fold`` tells which is meant (PEP 495).

    Raises:
        Invalid: the zone is unknown, its clocks skip a time, or the end is not after the start or too late.
    """
    zone_info = _find_zone(zone)
    starts_at, starts_fold = _resolve(starts, zone_info, "starts")
    if ends is None:
        default = datetime.fromtimestamp(starts_at / 1000, UTC) + timedelta(hours=limits.EVENT_DEFAULT_HOURS)
        ends = default.astimezone(zone_info).replace(tzinfo=None)
    ends_at, ends_fold = _resolve(ends, zone_info, "ends")
    if ends_at <= starts_at:
        raise invalid_field("ends", "must be after the start")
    if ends - starts > timedelta(days=limits.EVENT_MAX_DAYS):
        raise invalid_field("ends", f"must be within {limits.EVENT_MAX_DAYS} days of the start")
    return Span(zone, starts.strftime(_FORMAT), ends.strftime(_FORMAT), starts_at, ends_at, starts_fold, ends_fold)


def follow_zone_rules(details: Details) -> Details:
    """``details`` with the moments at which its zone shows its local times by the rules in use.

    People were told the wall clock, so that stays (docs/decisions/0018-zone-data.md), and so does its fold. A moment
    that shows its local time is kept: before format 3, an end without a fold may be the second of two equal times.
    Details stay as they are if the zone is unknown, its clocks now skip a time, or the end would not be after the
    start.
    """
    try:
        zone = load_zone(details.zone)
        starts_at, starts_fold = _follow(details.starts, details.starts_fold, details.starts_at, zone)
        ends_at, ends_fold = _follow(details.ends, details.ends_fold, details.ends_at, zone)
    except (KeyError, Invalid):
        return details
    if ends_at <= starts_at or (starts_at == details.starts_at and ends_at == details.ends_at):
        return details
    return replace(details, starts_at=starts_at, ends_at=ends_at, starts_fold=starts_fold, ends_fold=ends_fold)


def _follow(local: str, fold: Fold, moment_ms: int, zone: tzinfo) -> tuple[int, Fold]:
    if datetime.fromtimestamp(moment_ms / 1000, zone).strftime(_FORMAT) == local:
        return moment_ms, fold
    return _resolve(datetime.fromisoformat(local).replace(fold=fold), zone, "starts")


def _find_zone(name: str) -> tzinfo:
    try:
        return load_zone(name)
    except KeyError:
        raise invalid_field("zone", "must be an IANA time zone such as Europe/Vienna") from None


def _resolve(local: datetime, zone: tzinfo, field: str) -> tuple[int, Fold]:
    """The moment in ms since 1970, and the fold: 1 only if the clocks show ``local`` twice and the second is meant."""
    utc = local.replace(tzinfo=zone).astimezone(UTC)
    shown = utc.astimezone(zone)
    if shown.replace(tzinfo=None) != local:
        raise invalid_field(field, f"must not be a time that the clocks of {zone} skip when they go forward")
    return round(utc.timestamp() * 1000), 1 if shown.fold else 0
