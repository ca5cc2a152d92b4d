"""Converts wall-clock times and days in an IANA zone to UTC."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from turnout_core.domain import limits
from turnout_core.domain.all_day import local_day
from turnout_core.domain.changes import Details, Fold
from turnout_core.domain.rejections import Invalid, invalid_field
from turnout_core.domain.zones import day_start_ms, load_zone

_FORMAT: Final = "%Y-%m-%dT%H:%M"
_DAY: Final = timedelta(days=1)
_MINUTE_MS: Final = 60_000  # the form has minutes, so the current minute is not in the past


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
    all_day: bool = False


def span(starts: datetime, ends: datetime | None, zone: str, *, all_day: bool = False) -> Span:
    """The span from ``starts`` to ``ends``, by default ``limits.EVENT_DEFAULT_HOURS`` later, or all day.

    Of a local time that the clocks show twice, ``datetime.fold`` tells which is meant (PEP 495). A span of whole days
    has no folds: a day begins at its first moment, also where the clocks skip or repeat midnight.

    Raises:
        Invalid: the zone is unknown, its clocks skip a time, a day does not begin at 00:00, or the end is not after the
            start or too late.
    """
    zone_info = _find_zone(zone)
    if all_day:
        return _span_of_days(starts, ends or starts + _DAY, zone, zone_info)
    starts_at, starts_fold = _resolve(starts, zone_info, "starts")
    if ends is None:
        default = datetime.fromtimestamp(starts_at / 1000, UTC) + timedelta(hours=limits.EVENT_DEFAULT_HOURS)
        ends = default.astimezone(zone_info).replace(tzinfo=None)
    ends_at, ends_fold = _resolve(ends, zone_info, "ends")
    _check_length(starts, ends, starts_at, ends_at)
    return Span(zone, starts.strftime(_FORMAT), ends.strftime(_FORMAT), starts_at, ends_at, starts_fold, ends_fold)


def _span_of_days(starts: datetime, ends: datetime, zone: str, zone_info: tzinfo) -> Span:
    if starts.time() != time.min:
        raise invalid_field("starts", "must be 00:00 of the first day, since the event lasts all day")
    if ends.time() != time.min:
        raise invalid_field("ends", "must be 00:00 of the day after the last one, since the event lasts all day")
    starts_at, ends_at = (day_start_ms(each.date(), zone_info) for each in (starts, ends))
    _check_length(starts, ends, starts_at, ends_at)
    return Span(zone, starts.strftime(_FORMAT), ends.strftime(_FORMAT), starts_at, ends_at, 0, 0, all_day=True)


def _check_length(starts: datetime, ends: datetime, starts_at: int, ends_at: int) -> None:
    if ends_at <= starts_at:
        raise invalid_field("ends", "must be after the start")
    if ends - starts > timedelta(days=limits.EVENT_MAX_DAYS):
        raise invalid_field("ends", f"must be within {limits.EVENT_MAX_DAYS} days of the start")


def is_start_past(times: Span | Details, now: int) -> bool:
    """True if an event of these times can no longer be announced at ``now`` (ms since 1970).

    An event may start in the current minute, and one that lasts all day may start today.
    """
    if not times.all_day:
        return times.starts_at + _MINUTE_MS <= now
    return day_start_ms(local_day(times.starts) + _DAY, load_zone(times.zone)) <= now


def follow_zone_rules(details: Details) -> Details:
    """``details`` with the moments at which its zone shows its local times by the rules in use.

    People were told the wall clock, so that stays (docs/decisions/0018-zone-data.md), and so does its fold. A moment
    that shows its local time is kept: before format 3, an end without a fold may be the second of two equal times.
    Details stay as they are if the zone is unknown, its clocks now skip a time, or the end would not be after the
    start.
    """
    try:
        zone = load_zone(details.zone)
        if details.all_day:
            starts_at, ends_at = (day_start_ms(local_day(each), zone) for each in (details.starts, details.ends))
            starts_fold, ends_fold = details.starts_fold, details.ends_fold
        else:
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
