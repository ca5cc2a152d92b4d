"""People take events into their calendars: as a file, by links, and by feeds that follow."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from accessibility import serious_findings
from calendar_readers import IcalJs, running_ical_js
from playwright.sync_api import Page, expect
from visitor import Visitor, create

Visitors = Callable[..., Visitor]


@pytest.fixture(scope="module")
def ical_js() -> Iterator[IcalJs]:
    with running_ical_js() as reader:
        yield reader


def titles(ical_js: IcalJs, address: str) -> list[str]:
    return [each["summary"] for each in ical_js.read(httpx.get(address).raise_for_status().content)["events"]]


def menu_of(page: Page, button: str) -> dict[str, Any]:
    """Opens a menu with the keyboard; the addresses of its entries by their names."""
    page.get_by_role("button", name=button).press("Enter")
    expect(page.get_by_role("menu", name=button)).to_be_visible()
    assert serious_findings(page) == []
    return {each.inner_text(): each.get_attribute("href") for each in page.get_by_role("menuitem").all()}


def test_an_event_is_taken_by_keyboard(visitors: Visitors, ical_js: IcalJs) -> None:
    ada = visitors(bypass_csp=True)
    page = ada.visit()
    create(page, "Into the calendar", name="Ada")
    page.get_by_test_id("answer").get_by_role("button", name="Join").click()
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "going")
    event = page.url.rpartition("/")[2]
    ways = menu_of(page, "Add to calendar")
    assert list(ways) == ["Calendar file (.ics)", "Google Calendar", "Outlook"]
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Calendar file (.ics)")).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "Into-the-calendar.ics"
    (found,) = ical_js.read(download.value.path().read_bytes())["events"]
    assert (found["uid"], found["url"]) == (f"{event}@turnout", page.url)
    assert len(found["alarms"]) == 2  # she goes
    for elsewhere in ("Google Calendar", "Outlook"):
        assert httpx.URL(ways[elsewhere]).params["subject" if elsewhere == "Outlook" else "text"] == "Into the calendar"


def test_the_list_offers_the_feed_of_the_chosen_tag(visitors: Visitors, ical_js: IcalJs) -> None:
    ada = visitors(bypass_csp=True)
    page = ada.visit()
    create(page, "In the feed", name="Ada")
    api = ada.context.request
    event = page.url.rpartition("/")[2]
    api.patch(f"{ada.url}/api/events/{event}", data={"tags": ["calendars"]})
    page.goto(f"{ada.url}/?tag=calendars")
    ways = menu_of(page, "Subscribe")
    assert list(ways) == ["Open in calendar app", "Copy address"]
    address = ways["Open in calendar app"].replace("webcal:", "http:")
    assert address == f"{ada.url}/api/feeds/public.ics?tag=calendars"
    assert titles(ical_js, address) == ["In the feed"]


def test_a_person_makes_replaces_and_removes_their_feed(visitors: Visitors, ical_js: IcalJs) -> None:
    ada = visitors(bypass_csp=True)
    page = ada.visit()
    create(page, "In my feed", name="Ada")
    page.goto(f"{ada.url}/you")
    page.get_by_role("button", name="Make calendar feed").click()
    shown = page.get_by_test_id("calendar-feed")
    first = shown.inner_text()
    assert titles(ical_js, first) == ["In my feed"]
    assert serious_findings(page) == []
    page.get_by_role("button", name="Replace feed").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Replace feed").click()
    expect(shown).not_to_have_text(first)
    second = shown.inner_text()
    assert titles(ical_js, second) == ["In my feed"]
    assert httpx.get(first).status_code == 404
    page.get_by_role("button", name="Remove feed").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove feed").click()
    expect(page.get_by_role("button", name="Make calendar feed")).to_be_visible()
    assert httpx.get(second).status_code == 404
