"""Visitors see the times that the organizer entered, whatever zone data and zone their browser has."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from event_over_http import create_event
from playwright.sync_api import BrowserType, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, create

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
    expect(when).to_contain_text(re.compile("19:00 . 21:00"))
    expect(when).to_contain_text(f"15 December {year}")

    elsewhere = visitors(timezone_id="Europe/Vienna").visit(path)
    expect(elsewhere.get_by_text("19:00 in Vancouver")).to_be_visible()
    expect(elsewhere.get_by_text(re.compile("03:00 . 05:00"))).to_be_visible()


@pytest.fixture
def zoneless(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], turnout: TurnoutProcess
) -> Iterator[Visitor]:
    """A visitor on a system whose time zone the browser does not know."""
    browser = browser_type.launch(**browser_type_launch_args, env={**os.environ, "TZ": "Foo/Bar"})
    visitor = Visitor(browser.new_context(locale="en-GB"), turnout.url)
    yield visitor
    browser.close()
    assert visitor.problems == []


def test_a_system_without_a_zone_shows_times_in_utc_and_says_so(zoneless: Visitor, turnout: TurnoutProcess) -> None:
    year = datetime.now(UTC).year + 1
    path = create_event(turnout, "Seen from nowhere", f"{year}-06-15T19:30", "Europe/Vienna")
    page = zoneless.visit()
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Etc/Unknown"
    expect(card(page, "Seen from nowhere")).to_contain_text(re.compile(r"17:30 . 19:30 ·\s19:30 in Vienna"))
    expect(page.get_by_text("so times are in UTC")).to_be_visible()
    zoneless.visit(path)
    expect(page.get_by_role("heading", name="Seen from nowhere")).to_be_visible()
    expect(answer(page)).to_have_attribute("data-state", "joinable")
    expect(page.get_by_text("so times are in UTC")).to_be_visible()
    zoneless.visit()
    create(page, "Made from nowhere", name="Nemo")
    expect(page.get_by_role("heading", name="Made from nowhere")).to_be_visible()
    expect(page.get_by_text(re.compile(r"19:30 . 21:30 ·\sUTC"))).to_be_visible()
