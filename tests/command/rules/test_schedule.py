"""A wall-clock time and a zone name a moment, or are refused."""

from datetime import UTC, datetime

import pytest

from turnout_command.rules.schedule import span
from turnout_core.domain.rejections import Invalid


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
        ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T00:30"),  # shown twice: the first
    ],
)
def test_a_local_time_names_a_moment(zone: str, local: str, utc: str) -> None:
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
    with pytest.raises(Invalid, match="skip this time") as refused:
        span(at(skipped), None, zone)
    assert refused.value.extra["errors"][0]["field"] == "starts"
    with pytest.raises(Invalid, match="skip this time") as refused:
        span(at("2026-03-01T00:00") if zone != "Australia/Lord_Howe" else at("2026-10-03T00:00"), at(skipped), zone)
    assert refused.value.extra["errors"][0]["field"] == "ends"


@pytest.mark.parametrize("just", ["2026-03-29T01:59", "2026-03-29T03:00"])
def test_the_times_around_the_skipped_hour_are_fine(just: str) -> None:
    assert span(at(just), None, "Europe/Vienna").starts == just


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "europe/vienna", "right/UTC", "\0"]
)
def test_only_zones_of_the_iana_database_count(zone: str) -> None:
    with pytest.raises(Invalid, match="zone: must be an IANA time zone"):
        span(at("2026-11-27T19:30"), None, zone)


def test_without_an_end_an_event_lasts_two_hours_also_over_a_change_of_clocks() -> None:
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
def test_an_end_comes_after_the_start_and_soon(ends: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        span(at("2026-11-27T19:30"), at(ends), "Europe/Vienna")


def test_thirty_one_days_are_just_short_enough() -> None:
    assert span(at("2026-11-27T19:30"), at("2026-12-28T19:30"), "Europe/Vienna").ends == "2026-12-28T19:30"
