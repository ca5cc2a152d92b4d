"""A long list of people: all of them can be reached, searched and sorted, and all of it is live."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from event_over_http import Guest
from playwright.sync_api import Locator, Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor

Visitors = Callable[..., Visitor]

PEOPLE = 130
"""More than the event's own view holds."""


@pytest.fixture(scope="module")
def event(turnout: TurnoutProcess) -> str:
    """The path of an event to which so many people are going; `Guest 0120` is one of them."""
    with Guest(turnout) as olga:
        path = olga.create("A crowd")

    def join(number: int) -> None:
        with Guest(turnout, f"Guest {number:04}") as guest:
            guest.join(path)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(join, range(PEOPLE)))
    return path


def going(page: Page) -> Locator:
    return page.get_by_role("region", name="Going")


def scroll_to_end(page: Page, size: int) -> None:
    """Scrolls until the list has so many people and its last one is rendered."""
    last = going(page).locator(f'[aria-posinset="{size}"][aria-setsize="{size}"]')
    for _ in range(40):
        page.mouse.wheel(0, 100_000)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if last.count() > 0:
            break
    expect(last).to_be_visible()


def test_arrivals_and_leavers_show_beyond_the_first_hundred(
    visitors: Visitors, event: str, turnout: TurnoutProcess
) -> None:
    page = visitors().visit(event)
    expect(going(page).locator("li").first).to_be_visible()
    scroll_to_end(page, PEOPLE)
    with Guest(turnout, "Zuleika") as late:
        late.join(event)
        scroll_to_end(page, PEOPLE + 1)
        expect(going(page).locator("li", has_text="Zuleika")).to_be_visible()
        late.leave(event)
        expect(going(page).locator("li", has_text="Zuleika")).to_have_count(0)
    assert going(page).locator("li").count() < 200


def test_people_are_found_and_sorted(visitors: Visitors, event: str) -> None:
    page = visitors().visit(event)
    search = going(page).get_by_label("Find a person")
    search.fill("0120")
    expect(going(page).get_by_role("status")).to_have_text("1 person found.")
    expect(going(page).get_by_role("listitem")).to_have_text(["G0Guest 0120"])
    search.press("Escape")
    expect(going(page).get_by_role("status")).to_have_text("")
    going(page).get_by_label("Sort by").select_option("Name")
    expect(going(page).locator("li").first).to_contain_text("Guest 0000")
    scroll_to_end(page, PEOPLE)
    expect(going(page).locator(f'[aria-posinset="{PEOPLE}"]')).to_contain_text(f"Guest {PEOPLE - 1:04}")


def test_an_imitated_name_has_a_number(visitors: Visitors, turnout: TurnoutProcess) -> None:
    with Guest(turnout, "Olga") as olga, Guest(turnout, "\u041elga") as imitator:  # a Cyrillic letter
        path = olga.create("Board games")
        olga.join(path)
        imitator.join(path)
        page = visitors().visit(path)
        marked = going(page).locator("li", has_text="(2)")
        expect(marked).to_have_count(1)
        expect(marked).to_contain_text("\u041elga")
        expect(marked.get_by_title("Another person with a similar name")).to_be_visible()
