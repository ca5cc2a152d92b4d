"""Local times in a zone are converted to UTC, or refused."""

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
    with pytest.raises(Invalid, match="skip this time") as refused:
        span(at(skipped), None, zone)
    assert refused.value.extra["errors"][0]["field"] == "starts"
    with pytest.raises(Invalid, match="skip this time") as refused:
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
