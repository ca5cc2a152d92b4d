"""Local times in a zone are converted to UTC, or refused."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from history import DETAILS
from msgspec.structs import replace

from turnout_command.rules.schedule import follow_zone_rules, span
from turnout_core.domain.changes import Details, Fold
from turnout_core.domain.rejections import Invalid
from turnout_core.domain.zones import zone_names


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc_ms(text: str) -> int:
    return round(at(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Vienna", "2026-11-27T19:30", "2026-11-27T18:30"),
        ("Europe/Vienna", "2026-07-01T19:30", "2026-07-01T17:30"),
        ("America/New_York", "2026-07-01T19:30", "2026-07-01T23:30"),
        ("Asia/Kathmandu", "2026-07-01T00:15", "2026-06-30T18:30"),
        ("Pacific/Kiritimati", "2026-01-01T00:00", "2025-12-31T10:00"),
        ("UTC", "2026-01-01T00:00", "2026-01-01T00:00"),
        ("Asia/Calcutta", "2026-01-01T05:30", "2026-01-01T00:00"),
        ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T00:30"),  # the clocks show it twice: the first is meant
    ],
)
def test_a_local_time_is_converted_to_utc(zone: str, local: str, utc: str) -> None:
    assert span(at(local), None, zone).starts_at == utc_ms(utc)


@pytest.mark.parametrize(
    ("zone", "skipped"),
    [
        ("Europe/Vienna", "2026-03-29T02:00"),
        ("Europe/Vienna", "2026-03-29T02:59"),
        ("America/New_York", "2026-03-08T02:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15"),  # forward by half an hour
    ],
)
def test_a_time_that_the_clocks_skip_is_refused(zone: str, skipped: str) -> None:
    with pytest.raises(Invalid, match="must not be a time that the clocks of") as refused:
        span(at(skipped), None, zone)
    assert refused.value.extra["errors"][0]["field"] == "starts"
    with pytest.raises(Invalid, match="must not be a time that the clocks of") as refused:
        span(at("2026-03-01T00:00") if zone != "Australia/Lord_Howe" else at("2026-10-03T00:00"), at(skipped), zone)
    assert refused.value.extra["errors"][0]["field"] == "ends"


@pytest.mark.parametrize("local", ["2026-03-29T01:59", "2026-03-29T03:00"])
def test_the_times_around_the_skipped_hour_are_accepted(local: str) -> None:
    assert span(at(local), None, "Europe/Vienna").starts == local


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "europe/vienna", "right/UTC", "\0"]
)
def test_only_zones_of_the_iana_database_are_accepted(zone: str) -> None:
    with pytest.raises(Invalid, match="zone: must be an IANA time zone"):
        span(at("2026-11-27T19:30"), None, zone)


def test_an_event_without_an_end_lasts_two_hours_even_across_a_clock_change() -> None:
    forward = span(at("2026-03-29T01:30"), None, "Europe/Vienna")
    back = span(at("2026-10-25T01:30"), None, "Europe/Vienna")
    assert (forward.ends, back.ends) == ("2026-03-29T04:30", "2026-10-25T02:30")
    assert forward.ends_at - forward.starts_at == back.ends_at - back.starts_at == 2 * 3_600_000


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ("2026-11-27T19:30", "after the start"),
        ("2026-11-27T19:29", "after the start"),
        ("2026-12-28T19:31", "within 31 days"),
    ],
)
def test_an_end_before_the_start_or_too_late_is_refused(ends: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        span(at("2026-11-27T19:30"), at(ends), "Europe/Vienna")


def test_an_event_can_last_thirty_one_days() -> None:
    assert span(at("2026-11-27T19:30"), at("2026-12-28T19:30"), "Europe/Vienna").ends == "2026-12-28T19:30"


@pytest.fixture
def package_data_only() -> Iterator[None]:
    """``ZoneInfo`` reads the package ``tzdata``, not the machine's files."""
    zoneinfo.reset_tzpath([])
    yield
    zoneinfo.reset_tzpath()


@pytest.mark.usefixtures("package_data_only")
def test_all_zones_have_the_rules_of_the_package_through_2037() -> None:
    """The oracle is CPython's own way to the package: 24 moments a year in each zone."""
    moments = [
        datetime(year, month, day, 12, tzinfo=UTC)
        for year in range(2026, 2038)
        for month in range(1, 13)
        for day in (1, 15)
    ]
    wrong = []
    for name in sorted(zone_names()):
        zone = zoneinfo.ZoneInfo.no_cache(name)  # noqa: TID251 - the oracle
        for moment in moments:
            local = moment.astimezone(zone)
            if local.fold == 0 and span(local.replace(tzinfo=None), None, name).starts_at != moment.timestamp() * 1000:
                wrong.append((name, str(local)))
    assert wrong == []


@pytest.mark.parametrize(
    ("zone", "local", "first", "second"),
    [
        ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("Europe/London", "2026-10-25T01:00", "2026-10-25T00:00", "2026-10-25T01:00"),
        ("America/New_York", "2026-11-01T01:59", "2026-11-01T05:59", "2026-11-01T06:59"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "2026-04-04T15:15"),  # back by half an hour
    ],
)
def test_of_two_equal_local_times_the_fold_tells_which(zone: str, local: str, first: str, second: str) -> None:
    one, other = (span(at(local).replace(fold=fold), None, zone) for fold in (0, 1))
    assert [(each.starts_at, each.starts, each.starts_fold) for each in (one, other)] == [
        (utc_ms(first), local, 0),
        (utc_ms(second), local, 1),
    ]


@pytest.mark.parametrize("local", ["2026-10-25T01:59", "2026-10-25T03:00", "2026-11-27T19:30"])
def test_a_fold_counts_only_where_the_clocks_show_a_time_twice(local: str) -> None:
    ends = at(local) + timedelta(days=1)
    told = span(at(local).replace(fold=1), ends.replace(fold=1), "Europe/Vienna")
    assert told == span(at(local), ends, "Europe/Vienna")
    assert (told.starts_fold, told.ends_fold) == (0, 0)


def test_an_end_may_be_the_second_of_two_times_of_which_the_start_is_the_first() -> None:
    half_past = at("2026-10-25T01:30")
    told = span(half_past, half_past.replace(fold=1), "Europe/London")
    assert (told.ends_at - told.starts_at, told.starts_fold, told.ends_fold) == (3_600_000, 0, 1)
    with pytest.raises(Invalid, match="after the start"):
        span(half_past.replace(fold=1), half_past, "Europe/London")


def test_a_default_end_may_be_the_second_of_two_times() -> None:
    told = span(at("2026-10-25T01:30"), None, "Europe/Vienna")
    assert (told.ends, told.ends_fold, told.ends_at) == ("2026-10-25T02:30", 1, utc_ms("2026-10-25T01:30"))


@pytest.mark.parametrize(("fold", "starts_at"), [(0, "2026-10-25T00:30"), (1, "2026-10-25T01:30")])
def test_an_event_that_follows_new_rules_keeps_its_fold(fold: Fold, starts_at: str) -> None:
    told = ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T05:00")
    by_old_rules = replace(details(*told, "2026-10-24T22:30", "2026-10-25T01:00"), starts_fold=fold)
    followed = replace(details(*told, starts_at, "2026-10-25T04:00"), starts_fold=fold)
    assert follow_zone_rules(by_old_rules) == followed


def details(zone: str, starts: str, ends: str, starts_at: str, ends_at: str) -> Details:
    return replace(DETAILS, zone=zone, starts=starts, ends=ends, starts_at=utc_ms(starts_at), ends_at=utc_ms(ends_at))


def test_an_event_follows_new_rules_of_its_zone() -> None:
    told = ("America/Vancouver", "2026-12-15T19:00", "2026-12-15T21:00")
    by_old_rules = details(*told, "2026-12-16T03:00", "2026-12-16T05:00")
    assert follow_zone_rules(by_old_rules) == details(*told, "2026-12-16T02:00", "2026-12-16T04:00")


@pytest.mark.parametrize(
    "unmoved",
    [
        details("Europe/Vienna", "2026-11-27T19:30", "2026-11-27T21:30", "2026-11-27T18:30", "2026-11-27T20:30"),
        # The default end is the second 02:30 of that night.
        details("Europe/Vienna", "2026-10-25T01:30", "2026-10-25T02:30", "2026-10-24T23:30", "2026-10-25T01:30"),
        # The rules skip the start, and would put the end before the start.
        details("Europe/Vienna", "2026-03-29T02:30", "2026-03-29T04:30", "2026-03-29T00:30", "2026-03-29T02:30"),
        details("Europe/Vienna", "2026-11-27T19:30", "2026-11-27T19:00", "2026-11-27T18:30", "2026-11-27T20:30"),
        details("Mars/Olympus", "2026-11-27T19:30", "2026-11-27T21:30", "2026-11-27T18:30", "2026-11-27T20:30"),
    ],
)
def test_an_event_stays_where_the_rules_are_the_same_or_give_no_answer(unmoved: Details) -> None:
    assert follow_zone_rules(unmoved) is unmoved
