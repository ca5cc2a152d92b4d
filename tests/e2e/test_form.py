"""The form of an event in a real browser: times after midnight, zones by city, equal hours, conflicts and drafts."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, create, enter_name

Visitors = Callable[..., Visitor]


def _fill(page: Page, title: str, date: str, starts: str, ends: str) -> None:
    page.get_by_role("textbox", name="Title").fill(title)
    page.get_by_label("Start date").fill(date)
    page.get_by_label("Start time").fill(starts)
    page.get_by_label("End time").fill(ends)


def _create_event(page: Page, turnout: TurnoutProcess, title: str) -> dict[str, Any]:
    """Sends the form, and returns the new event as the server has it."""
    page.get_by_role("button", name="Create event").click()
    enter_name(page, "Ada")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    items = httpx.get(f"{turnout.url}/api{page.url.removeprefix(turnout.url)}").raise_for_status().json()["items"]
    event: dict[str, Any] = next(each for each in items if each["kind"] == "event")
    return event


def _box(field: Locator) -> tuple[int, int]:
    box = field.bounding_box()
    assert box is not None
    return round(box["x"]), round(box["y"])


def test_a_club_night_ends_on_the_next_day(visitors: Visitors, turnout: TurnoutProcess) -> None:
    page = visitors().visit("/new")
    _fill(page, "Club night", "2098-06-13", "22:00", "02:00")
    expect(page.get_by_text(re.compile("^Ends Sat 14 Jun .*, the next day. Lasts 4 hours.$"))).to_be_visible()
    page.get_by_label("Start time").fill("23:00")
    expect(page.get_by_label("End time")).to_have_value("03:00")
    event = _create_event(page, turnout, "Club night")
    assert (event["starts"], event["ends"]) == ("2098-06-13T23:00", "2098-06-14T03:00")


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_start_and_end_are_a_row_each_at_every_width(visitors: Visitors, width: int) -> None:
    page = visitors(viewport={"width": width, "height": 800}).visit("/new")
    page.get_by_role("button", name="Set an end date").click()
    expect(page.get_by_label("End date")).to_be_focused()
    (start_x, start_y), (end_x, end_y) = _box(page.get_by_label("Start date")), _box(page.get_by_label("End date"))
    start_time, end_time = _box(page.get_by_label("Start time")), _box(page.get_by_label("End time"))
    assert start_x == end_x
    assert (start_time[0] - start_x, start_time[1] - start_y) == (end_time[0] - end_x, end_time[1] - end_y)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_start_that_is_typed_with_the_keyboard_takes_the_end_along(visitors: Visitors) -> None:
    page = visitors().visit("/new")
    page.get_by_label("Start date").fill("2098-06-13")
    page.get_by_role("button", name="Set an end date").click()
    page.get_by_label("End date").fill("2098-06-15")
    page.get_by_label("Start date").focus()
    page.keyboard.type("06202098")  # the field has the years 0002, 0020 and 0209 meanwhile
    expect(page.get_by_label("Start date")).to_have_value("2098-06-20")
    expect(page.get_by_label("End date")).to_have_value("2098-06-22")


def test_the_second_of_two_equal_hours_can_be_meant(visitors: Visitors, turnout: TurnoutProcess) -> None:
    page = visitors().visit("/new")
    _fill(page, "An hour again", "2097-10-27", "02:30", "05:00")
    choice = page.get_by_role("group", name=re.compile("^Start: the clocks show 0?2:30.* twice that night$"))
    choice.get_by_role("radio", name=re.compile(r"second \(CET\)$")).check()
    event = _create_event(page, turnout, "An hour again")
    assert (event["starts_fold"], event["ends_at"] - event["starts_at"]) == (1, 5 * 1_800_000)
    page.get_by_role("link", name="Edit event").click()
    expect(choice.get_by_role("radio", name=re.compile("second"))).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_zone_is_found_by_its_city_with_the_keyboard_alone(
    visitors: Visitors, turnout: TurnoutProcess, scheme: str
) -> None:
    page = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True).visit("/new")
    _fill(page, f"In Mumbai in the {scheme}", "2098-06-13", "22:00", "02:00")
    page.get_by_label("End time").focus()
    zone = page.get_by_role("combobox", name="Time zone")
    while not zone.evaluate("(field) => field === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("mumbai")
    option = page.get_by_role("option", name=re.compile(r"Kolkata, India ·\sMumbai"))
    expect(option).to_contain_text("GMT+5:30")
    expect(zone).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    serious = [each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    assert serious == []
    page.keyboard.press("Enter")
    expect(zone).to_have_value("Kolkata")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page).to_have_url(re.compile("/new$"))
    page.keyboard.type("nowhere at all")
    page.keyboard.press("Escape")
    expect(zone).to_have_value("Kolkata")
    assert _create_event(page, turnout, f"In Mumbai in the {scheme}")["zone"] in {"Asia/Kolkata", "Asia/Calcutta"}


def test_a_draft_survives_a_reload_a_conflict_and_the_deletion_of_its_event(visitors: Visitors) -> None:
    visitor = visitors()
    page = visitor.visit()
    create(page, "Board games", name="Ada")
    path = page.url
    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("textbox", name="Title").fill("Go")
    page.reload()
    expect(page.get_by_text("Your unsaved draft is back.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Go")

    other = visitor.open_tab(f"{path}/edit")
    other.get_by_role("button", name="Start over").click()
    other.get_by_role("textbox", name="Title").fill("Chess")
    other.get_by_role("textbox", name="Place").fill("The attic")
    other.get_by_role("button", name="Save changes").click()
    expect(other.get_by_role("heading", level=1, name="Chess")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Title: theirs “Chess”, yours “Go”")
    expect(page.get_by_role("textbox", name="Place")).to_have_value("The attic")
    page.get_by_role("button", name="Use mine").click()
    expect(page.get_by_role("heading", level=1, name="Go")).to_be_visible()

    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("textbox", name="Title").fill("Go, once more")
    other.get_by_role("button", name="Delete event").click()
    other.get_by_role("alertdialog").get_by_role("button", name="Delete event").click()
    expect(page.get_by_role("alert")).to_contain_text("This event was deleted. What you wrote is still here.")
    page.reload()
    page.get_by_role("button", name="Create as new event").click()
    expect(page.get_by_role("heading", level=1, name="Go, once more")).to_be_visible()
    assert page.url != path
