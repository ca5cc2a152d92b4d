"""Events that last all day: made by the form, seen from other zones, and given times and days again."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, card, enter_name

Visitors = Callable[..., Visitor]

_DAYS = "Sat 14 \N{EN DASH} Sun 15 Jun"
_A_CLOCK = re.compile(r"\d:\d\d|your time|in Vienna")


def _event(turnout: TurnoutProcess, path: str) -> dict[str, Any]:
    items = httpx.get(f"{turnout.url}/api{path}").raise_for_status().json()["items"]
    event: dict[str, Any] = next(each for each in items if each["kind"] == "event")
    return event


def _when(page: Page) -> Locator:
    """The line of the event's page that says when it is."""
    return page.locator(".event-when")


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("link", name="Edit event")).to_be_visible()


def test_a_fair_of_two_days_has_the_same_days_everywhere(visitors: Visitors, turnout: TurnoutProcess) -> None:
    page = visitors().visit("/new")
    page.get_by_role("textbox", name="Title").fill("Book fair")
    page.get_by_role("checkbox", name="All day").check()
    expect(page.get_by_label("Start time")).to_have_count(0)
    page.get_by_label("First day").fill("2098-06-14")
    page.get_by_label("Last day").fill("2098-06-15")
    expect(page.get_by_text("Lasts 2 days.")).to_be_visible()
    page.get_by_role("button", name="Create event").click()
    enter_name(page, "Ada")
    expect(page.get_by_role("heading", level=1, name="Book fair")).to_be_visible()
    path = page.url.removeprefix(turnout.url)
    made = _event(turnout, path)
    assert [made[name] for name in ("starts", "ends", "all_day")] == ["2098-06-14T00:00", "2098-06-16T00:00", True]

    for zone in ("Europe/Vienna", "America/Los_Angeles", "Pacific/Auckland"):
        elsewhere = visitors(timezone_id=zone)
        seen = elsewhere.visit("/?q=Book+fair")
        expect(card(seen, "Book fair")).to_contain_text(_DAYS)
        expect(card(seen, "Book fair")).to_contain_text("Saturday 14 June 2098")
        expect(seen.get_by_role("heading", level=2, name="Saturday 14 June 2098")).to_be_visible()
        expect(card(seen, "Book fair")).not_to_contain_text(_A_CLOCK)
        elsewhere.visit(path)
        expect(_when(seen)).to_contain_text("Saturday 14 \N{EN DASH} Sunday 15 June 2098")
        expect(_when(seen)).to_contain_text("all day")
        expect(_when(seen)).not_to_contain_text(_A_CLOCK)


def test_an_event_gets_times_and_days_again(visitors: Visitors, turnout: TurnoutProcess) -> None:
    page = visitors().visit("/new")
    page.get_by_role("textbox", name="Title").fill("Hackathon")
    page.get_by_role("checkbox", name="All day").check()
    page.get_by_label("First day").fill("2098-06-14")
    page.get_by_role("button", name="Create event").click()
    enter_name(page, "Ada")
    expect(_when(page)).to_contain_text("Saturday 14 June 2098")
    path = page.url.removeprefix(turnout.url)
    guest = visitors(timezone_id="Europe/London")
    guest.visit(path).get_by_role("button", name="Join").first.click()
    enter_name(guest.page, "Grace")
    expect(_when(guest.page)).to_contain_text("all day")

    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("checkbox", name="All day").uncheck()
    expect(page.get_by_label("Start time")).to_have_value("19:00")
    page.get_by_label("Start time").fill("10:00")
    _save(page)
    timed = _event(turnout, path)
    assert [timed["starts"], timed["ends"]] == ["2098-06-14T10:00", "2098-06-14T12:00"]
    assert "all_day" not in timed
    expect(_when(guest.page)).to_contain_text(re.compile("09:00 . 11:00"))
    expect(guest.page.get_by_test_id("marks")).to_contain_text("New time: was Sat 14 Jun, all day")

    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("checkbox", name="All day").check()
    page.get_by_label("Last day").fill("2098-06-15")
    _save(page)
    assert [_event(turnout, path)[name] for name in ("starts", "all_day")] == ["2098-06-14T00:00", True]
    expect(_when(guest.page)).to_contain_text("all day")
    expect(_when(guest.page)).not_to_contain_text(_A_CLOCK)
    expect(guest.page.get_by_test_id("marks")).to_contain_text("New time: was until Sat 14 Jun")
