"""Quiet hours, on all days of all zones."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain.zones import load_zone, zone_names
from turnout_notifier.plan.quiet_hours import end_of_quiet_ms

_MINUTE_MS: Final = 60_000
_clocks = st.times().map(lambda each: f"{each:%H:%M}")
_instants = st.integers(1_700_000_000_000, 2_000_000_000_000)


def _ms(local: str, zone: str = "Europe/Vienna", fold: int = 0) -> int:
    return round(datetime.fromisoformat(local).replace(tzinfo=load_zone(zone), fold=fold).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "quiet", "end"),
    [
        ("2026-11-27T21:59", ("22:00", "07:00"), "2026-11-27T21:59"),
        ("2026-11-27T22:00", ("22:00", "07:00"), "2026-11-28T07:00"),
        ("2026-11-28T06:59", ("22:00", "07:00"), "2026-11-28T07:00"),
        ("2026-11-28T07:00", ("22:00", "07:00"), "2026-11-28T07:00"),
        ("2026-11-28T13:30", ("13:00", "15:00"), "2026-11-28T15:00"),
        ("2026-11-28T23:30", ("13:00", "15:00"), "2026-11-28T23:30"),
        ("2026-11-28T12:00", ("12:00", "12:00"), "2026-11-28T12:00"),  # two equal times are no quiet hours
        ("2026-03-28T23:00", ("22:00", "07:00"), "2026-03-29T07:00"),  # eight hours, since one is skipped
        ("2026-10-24T23:00", ("22:00", "07:00"), "2026-10-25T07:00"),  # ten hours
    ],
)
def test_the_end_of_quiet_hours(now: str, quiet: tuple[str, str], end: str) -> None:
    assert end_of_quiet_ms(_ms(now), quiet, "Europe/Vienna") == _ms(end)


def test_an_end_that_the_clock_shows_twice_counts_once_it_is_over() -> None:
    quiet = ("22:00", "02:30")  # at 3:00 the clock goes back to 2:00
    assert end_of_quiet_ms(_ms("2026-10-25T02:10"), quiet, "Europe/Vienna") == _ms("2026-10-25T02:30")
    assert end_of_quiet_ms(_ms("2026-10-25T02:10", fold=1), quiet, "Europe/Vienna") == _ms("2026-10-25T02:30", fold=1)


def test_a_zone_that_is_not_known_has_no_quiet_hours() -> None:
    assert end_of_quiet_ms(1_795_804_200_000, ("00:00", "23:59"), "Mars/Olympus") == 1_795_804_200_000


@given(now_ms=_instants, begins=_clocks, ends=_clocks, zone=st.sampled_from(sorted(zone_names())))
def test_the_end_is_soon_and_not_quiet(now_ms: int, begins: str, ends: str, zone: str) -> None:
    end_ms = end_of_quiet_ms(now_ms, (begins, ends), zone)
    assert now_ms <= end_ms <= now_ms + timedelta(hours=26).total_seconds() * 1000
    assert end_of_quiet_ms(end_ms, (begins, ends), zone) == end_ms
    if end_ms > now_ms:
        clock = f"{datetime.fromtimestamp(now_ms / 1000, load_zone(zone)):%H:%M}"
        is_quiet = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
        assert is_quiet
