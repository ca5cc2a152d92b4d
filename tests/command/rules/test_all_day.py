"""Events that last whole days: which times they may have, what an edit makes of them, and what clients see."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from event_scenario import DRAFT, HOUR_MS, NOW, EventScenario
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from turnout_command.rules.event_rules import details_from_draft
from turnout_command.rules.schedule import follow_zone_rules, span
from turnout_core.domain import limits
from turnout_core.domain.changes import Details, EventEdited
from turnout_core.domain.commands import EventDraft, EventEdit
from turnout_core.domain.rejections import Invalid
from turnout_core.domain.since import format_of
from turnout_core.domain.zones import load_zone, zone_names
from turnout_core.protocol.rendering import card, event_item

DAY_MS = 24 * HOUR_MS
FIFTH, SIXTH, SEVENTH = "2026-12-05T00:00", "2026-12-06T00:00", "2026-12-07T00:00"
SKIPPED = date(2011, 12, 30)  # by the clocks of Apia and Fakaofo
DAYS = st.dates(date(limits.YEAR_MIN, 1, 1), date(limits.YEAR_MAX - 1, 12, 31))
ZONES = st.sampled_from(sorted(zone_names()))


def utc_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a local time, its zone is beside it


def all_day(starts: str = FIFTH, ends: str | None = SEVENTH, **draft: Any) -> EventScenario:
    return EventScenario(all_day=True, starts=starts, ends=ends, **draft)


def times(scenario: EventScenario) -> tuple[str, str, bool]:
    details = scenario.event.details
    return details.starts, details.ends, details.all_day


def test_an_event_lasts_to_the_end_of_its_last_day() -> None:
    details = all_day().event.details
    assert (details.starts, details.ends, details.all_day) == (FIFTH, SEVENTH, True)
    assert (details.starts_at, details.ends_at) == (utc_ms("2026-12-04T23:00"), utc_ms("2026-12-06T23:00"))


def test_without_an_end_it_lasts_a_day() -> None:
    assert times(all_day(ends=None)) == (FIFTH, SIXTH, True)


@pytest.mark.parametrize(
    ("starts", "ends", "field", "message"),
    [
        ("2026-12-05T09:00", SEVENTH, "starts", "must be 00:00 of the first day"),
        (FIFTH, "2026-12-06T23:59", "ends", "must be 00:00 of the day after the last one"),
        (FIFTH, FIFTH, "ends", "must be after the start"),
        (SIXTH, FIFTH, "ends", "must be after the start"),
        (FIFTH, "2027-01-06T00:00", "ends", "must be within 31 days"),
    ],
)
def test_other_times_are_refused(starts: str, ends: str, field: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as refused:
        all_day(starts, ends)
    assert refused.value.extra["errors"][0]["field"] == field


def test_it_lasts_thirty_one_days_at_most() -> None:
    assert times(all_day(ends="2027-01-05T00:00"))[1] == "2027-01-05T00:00"


@pytest.mark.parametrize(
    ("zone", "day", "starts_at", "hours"),
    [
        ("Europe/Vienna", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Vienna", "2026-10-25", "2026-10-24T22:00", 25),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00", 23),  # from 00:00 to 01:00
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00", 23),  # likewise
        ("America/Havana", "2025-11-02", "2025-11-02T04:00", 25),  # 00:00 to 00:59 twice
    ],
)
def test_a_day_begins_at_its_first_moment(zone: str, day: str, starts_at: str, hours: int) -> None:
    found = span(datetime.fromisoformat(day), None, zone, all_day=True)
    assert (found.starts, found.starts_at) == (f"{day}T00:00", utc_ms(starts_at))
    assert (found.ends_at - found.starts_at, found.starts_fold, found.ends_fold) == (hours * HOUR_MS, 0, 0)


@given(day=DAYS, length=st.integers(1, limits.EVENT_MAX_DAYS), zone=ZONES)
def test_in_every_zone_it_lasts_from_the_first_moment_of_a_day_to_the_first_of_another(
    day: date, length: int, zone: str
) -> None:
    last = day + timedelta(days=length - 1)
    try:
        found = span(midnight(day), midnight(last + timedelta(days=1)), zone, all_day=True)
    except Invalid:  # the one day of the event is skipped
        assert (zone, length) in {("Pacific/Apia", 1), ("Pacific/Fakaofo", 1)}
        return
    rules = load_zone(zone)
    first, final, before, after = (
        datetime.fromtimestamp(at / 1000, UTC).astimezone(rules).date()
        for at in (found.starts_at, found.ends_at - 1000, found.starts_at - 1000, found.ends_at)
    )
    assert day in (first, SKIPPED)
    assert last in (final, SKIPPED)
    assert before < day
    assert after > last


@given(day=DAYS, zone=ZONES)
def test_new_rules_of_its_own_zone_do_not_move_it(day: date, zone: str) -> None:
    found = span(midnight(day), midnight(day + timedelta(days=2)), zone, all_day=True)
    details = Details(title="Chess", **msgspec.structs.asdict(found))
    assert follow_zone_rules(details) is details
    moved = msgspec.structs.replace(details, starts_at=details.starts_at - HOUR_MS, ends_at=details.ends_at + HOUR_MS)
    assert follow_zone_rules(moved) == details


def test_a_fold_says_nothing_about_a_day() -> None:
    starts = datetime.fromisoformat("2025-11-02T00:00").replace(fold=1)
    found = span(starts, None, "America/Havana", all_day=True)
    assert (found.starts_at, found.starts_fold) == (utc_ms("2025-11-02T04:00"), 0)
    assert all_day().edit(starts_fold=1, ends_fold=1) == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"all_day": False}, (FIFTH, SEVENTH, False)),
        ({"all_day": False, "starts": "2026-12-05T19:00", "ends": "2026-12-05T21:00"},
         ("2026-12-05T19:00", "2026-12-05T21:00", False)),
        ({"all_day": False, "ends": None}, (FIFTH, "2026-12-05T02:00", False)),
        ({"starts": SIXTH}, (SIXTH, SEVENTH, True)),
        ({"ends": "2026-12-09T00:00"}, (FIFTH, "2026-12-09T00:00", True)),
        ({"ends": None}, (FIFTH, SIXTH, True)),
        ({"starts": SIXTH, "ends": None}, (SIXTH, SEVENTH, True)),
        ({"zone": "Asia/Tokyo"}, (FIFTH, SEVENTH, True)),
        ({"title": "Chess"}, (FIFTH, SEVENTH, True)),
    ],
)  # fmt: skip
def test_an_edit_of_days(edit: dict[str, Any], expected: tuple[str, str, bool]) -> None:
    scenario = all_day()
    scenario.edit(**edit)
    assert times(scenario) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"all_day": True, "starts": FIFTH, "ends": SEVENTH}, (FIFTH, SEVENTH, True)),
        ({"all_day": True, "starts": FIFTH, "ends": None}, (FIFTH, SIXTH, True)),
    ],
)
def test_an_evening_becomes_a_day(edit: dict[str, Any], expected: tuple[str, str, bool]) -> None:
    scenario = EventScenario()
    scenario.edit(**edit)
    assert times(scenario) == expected


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"all_day": True}, "starts"),
        ({"all_day": True, "starts": "2026-11-27T00:00"}, "ends"),
        ({"all_day": True, "ends": "2026-11-28T00:00"}, "starts"),
    ],
)
def test_an_edit_is_checked_as_a_whole(edit: dict[str, Any], field: str) -> None:
    scenario = EventScenario()
    with pytest.raises(Invalid) as refused:
        scenario.edit(**edit)
    assert refused.value.extra["errors"][0]["field"] == field


def test_midnights_that_are_there_already_need_not_be_sent() -> None:
    scenario = EventScenario(starts=FIFTH, ends=SEVENTH)
    scenario.edit(all_day=True)
    assert times(scenario) == (FIFTH, SEVENTH, True)
    assert scenario.edit(all_day=True) == []


def test_an_edit_of_a_day_to_another_time_is_refused() -> None:
    attempts: list[dict[str, Any]] = [{"starts": "2026-12-05T09:00"}, {"ends": "2026-12-05T18:00"}, {"starts": SEVENTH}]
    for edit in attempts:
        with pytest.raises(Invalid):
            all_day().edit(**edit)


def test_a_day_that_begins_with_a_skipped_midnight_has_no_such_time() -> None:
    scenario = all_day("2027-09-05T00:00", None, zone="America/Santiago")
    with pytest.raises(Invalid, match="skip"):
        scenario.edit(all_day=False)


def test_an_event_may_be_today_and_not_yesterday() -> None:
    today = "2026-11-26T00:00"  # it is 19:30 of this day
    assert all_day(today, None).event.details.starts_at < NOW
    for starts, ends in (("2026-11-25T00:00", None), ("2026-11-25T00:00", "2026-11-28T00:00")):
        with pytest.raises(Invalid, match="starts: must not be in the past"):
            details_from_draft(EventDraft(**DRAFT | {"starts": starts, "ends": ends, "all_day": True}), NOW)


def test_an_event_to_come_can_move_to_today_and_not_to_yesterday() -> None:
    scenario = all_day()
    with pytest.raises(Invalid, match="starts: must not be in the past"):
        scenario.edit(starts="2026-11-25T00:00", ends="2026-11-28T00:00")
    scenario.edit(starts="2026-11-26T00:00", ends="2026-11-27T00:00")
    assert times(scenario)[0] == "2026-11-26T00:00"


def test_people_can_join_until_its_last_day_is_over() -> None:
    scenario = all_day()
    scenario.now = scenario.event.details.ends_at - 1
    assert scenario.join("bob")


def test_items_have_the_flag_only_where_it_is_true() -> None:
    timed, days = EventScenario(), all_day()
    for render in (card, event_item):
        assert "all_day" not in msgspec.to_builtins(render(timed.state, timed.event))
        assert msgspec.to_builtins(render(days.state, days.event))["all_day"] is True


def test_whole_days_need_format_5() -> None:
    timed, days = EventScenario().event.details, all_day().event.details
    assert (format_of(timed), format_of(days)) == (1, 5)
    assert format_of(EventEdited("games", days)) == 5


@pytest.mark.parametrize("value", [1, 0, "true", None])
def test_the_flag_is_true_or_false(value: object) -> None:
    for body in (EventDraft, EventEdit):
        with pytest.raises(ValidationError):
            body.model_validate({"title": "Chess", "starts": FIFTH, "zone": "UTC", "all_day": value})
