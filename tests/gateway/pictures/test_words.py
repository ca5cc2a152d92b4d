"""The sentences of a picture."""

from typing import Any

import pytest
from card_facts import facts

from turnout_gateway.pictures import words


def test_the_day_has_its_year() -> None:
    assert words.day(facts()) == "Saturday 12 December 2026"


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("2026-12-12", "2026-12-13", "Saturday 12 December 2026"),
        ("2026-12-12", "2026-12-14", "Sat 12 \u2013 Sun 13 Dec 2026"),
        ("2026-11-30", "2026-12-02", "Mon 30 Nov \u2013 Tue 1 Dec 2026"),
        ("2026-12-31", "2027-01-02", "Thu 31 Dec 2026 \u2013 Fri 1 Jan 2027"),
    ],
)
def test_an_event_that_lasts_all_day_has_days_and_no_clock(starts: str, ends: str, expected: str) -> None:
    days = facts(starts=f"{starts}T00:00", ends=f"{ends}T00:00", all_day=True)
    assert (words.day(days), words.times(days)) == (expected, "All day")


@pytest.mark.parametrize(
    ("ends", "zone", "expected"),
    [
        ("2026-12-12T22:00", "Europe/London", "19:30 \u2013 22:00 in London"),
        ("2026-12-13T02:00", "America/New_York", "19:30 \u2013 Sun 13 Dec 02:00 in New York"),
        ("2026-12-12T22:00", "Etc/UTC", "19:30 \u2013 22:00 UTC"),
        ("2026-12-12T22:00", "UTC", "19:30 \u2013 22:00 UTC"),
        ("2026-12-12T22:00", "America/Argentina/Salta", "19:30 \u2013 22:00 in Salta"),
    ],
)
def test_the_hours_have_the_day_of_another_end_and_the_clock(ends: str, zone: str, expected: str) -> None:
    assert words.times(facts(ends=ends, zone=zone)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "17 of 24 going"),
        ({"going": 24, "waiting": 3}, "24 of 24 going, 3 waiting"),
        ({"capacity": None, "going": 1234}, "1,234 going"),
        ({"tense": "ended", "waiting": 3}, "17 of 24 went"),
        ({"tense": "cancelled", "capacity": None, "going": 1}, "1 was going"),
        ({"tense": "cancelled"}, "17 of 24 were going"),
    ],
)
def test_the_seats_are_told_as_on_the_page(changes: dict[str, Any], expected: str) -> None:
    assert words.seats(facts(**changes)) == expected
