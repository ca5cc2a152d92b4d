"""Visitors see the times that the organizer entered, whatever zone data and zone their browser has."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from event_over_http import create_event
from playwright.sync_api import expect
from turnout_process import TurnoutProcess
from visitor import Visitor, card

pytestmark = pytest.mark.browser
Visitors = Callable[..., Visitor]


def test_an_event_in_a_zone_with_new_rules_has_the_time_of_its_organizer(
    visitors: Visitors, turnout: TurnoutProcess
) -> None:
    """Vancouver's clocks stay on summer time since tzdata 2026b."""
    year = datetime.now(UTC).year + 1
    path = create_event(turnout, "Winter in Vancouver", f"{year}-12-15T19:00", "America/Vancouver")
    visitor = visitors(timezone_id="America/Vancouver")
    page = visitor.visit()
    expect(card(page, "Winter in Vancouver")).to_contain_text(re.compile("19:00 . 21:00"))
    visitor.visit(path)
    when = page.locator("header").filter(has=page.get_by_role("heading", name="Winter in Vancouver"))
    expect(when).to_contain_text(re.compile("19:00 . 21:00 · GMT.7"))
    expect(when).to_contain_text(f"15 December {year}")

    elsewhere = visitors(timezone_id="Europe/Vienna").visit(path)
    expect(elsewhere.get_by_text("19:00 in Vancouver")).to_be_visible()
    expect(elsewhere.get_by_text(re.compile("03:00 . 05:00"))).to_be_visible()
