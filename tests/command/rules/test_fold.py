"""Edits of events whose start or end is one of two equal local times."""

from typing import Any

import msgspec
import pytest
from event_scenario import HOUR_MS, EventScenario
from pydantic import ValidationError

from turnout_core.domain import changes
from turnout_core.domain.commands import EventDraft, EventEdit
from turnout_core.domain.since import format_of
from turnout_core.protocol.rendering import card, event_item

# Vienna's clocks show 02:30 twice in the night to 31 October 2027.
FIRST_AT = 1_824_942_600_000
NIGHT: dict[str, Any] = {"starts": "2027-10-31T02:30", "ends": "2027-10-31T06:00"}


def _second() -> EventScenario:
    return EventScenario(**NIGHT, starts_fold=1)


def _start(scenario: EventScenario) -> tuple[int, int]:
    details = scenario.event.details
    return details.starts_at, details.starts_fold


def test_an_event_can_start_in_the_second_hour() -> None:
    assert _start(EventScenario(**NIGHT)) == (FIRST_AT, 0)
    assert _start(_second()) == (FIRST_AT + HOUR_MS, 1)


def test_a_new_start_without_a_fold_is_the_first() -> None:
    scenario = _second()
    scenario.edit(starts="2027-10-31T02:45")
    assert _start(scenario) == (FIRST_AT + HOUR_MS // 4, 0)


def test_a_start_that_stays_keeps_its_fold() -> None:
    scenario = _second()
    scenario.edit(title="Chess", starts=NIGHT["starts"], ends="2027-10-31T07:00")
    assert _start(scenario) == (FIRST_AT + HOUR_MS, 1)


def test_the_fold_alone_can_change() -> None:
    scenario = _second()
    scenario.edit(starts_fold=0)
    assert _start(scenario) == (FIRST_AT, 0)
    scenario.edit(starts_fold=1)
    assert _start(scenario) == (FIRST_AT + HOUR_MS, 1)
    assert scenario.edit(starts_fold=1) == []
    assert scenario.event.version == 3


def test_another_zone_whose_clocks_show_the_time_once_has_no_fold() -> None:
    scenario = _second()
    scenario.edit(zone="America/New_York")
    assert scenario.event.details.starts_fold == 0


def test_an_end_can_be_in_the_second_hour() -> None:
    scenario = EventScenario(starts="2027-10-31T02:30", ends="2027-10-31T02:30", ends_fold=1)
    details = scenario.event.details
    assert (details.ends_at - details.starts_at, details.ends_fold) == (HOUR_MS, 1)
    scenario.edit(ends=None)
    assert (scenario.event.details.ends, scenario.event.details.ends_fold) == ("2027-10-31T03:30", 0)


def test_items_have_a_fold_only_where_it_is_one() -> None:
    scenario = _second()
    for render in (card, event_item):
        item = msgspec.to_builtins(render(scenario.state, scenario.event))
        assert (item["starts_fold"], "ends_fold" in item) == (1, False)


def test_a_fold_of_one_alone_needs_format_3() -> None:
    plain, second = EventScenario(**NIGHT).event.details, _second().event.details
    assert (format_of(plain), format_of(second)) == (1, 3)
    assert format_of(changes.EventEdited("games", second)) == 3


@pytest.mark.parametrize("fold", [2, -1, True, 1.0, "1", None])
def test_a_fold_is_0_or_1(fold: object) -> None:
    for body in (EventDraft, EventEdit):
        with pytest.raises(ValidationError, match="must be 0 or 1"):
            body.model_validate({"title": "Chess", "starts": "2027-10-31T02:30", "zone": "UTC", "starts_fold": fold})
