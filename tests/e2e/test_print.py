"""Paper: black on white, nothing that only a screen needs, and the guest list with everyone."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from event_over_http import Guest
from playwright.sync_api import Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, create
from waiting import until_sync

Visitors = Callable[..., Visitor]

GUESTS = 130  # more than a page has, and more than an event's view

# Colours of all visible texts, and of the page behind them.
COLOURS = """() => {
    const seen = [...document.querySelectorAll('main *')].filter((each) =>
        each.checkVisibility() && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    return [...new Set(seen.map((each) => getComputedStyle(each).color))]
}"""


def expect_hidden(page: Page) -> None:
    for hidden in (
        page.get_by_text("Skip to content"),
        page.get_by_role("button"),
        page.get_by_role("link", name="Create event"),
        page.get_by_role("contentinfo"),
        page.get_by_role("banner"),
        page.get_by_label("Search events"),
        page.get_by_role("link", name="All events", exact=True),
        answer(page),
    ):
        for each in hidden.all():
            expect(each).not_to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_event_and_list_are_black_on_white(visitors: Visitors, scheme: str) -> None:
    page = visitors(color_scheme=scheme).visit()
    title = f"Printed in the {scheme}"
    create(page, title, seats=5, name="Ada")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.get_by_text("The Depot, hall 2").first).to_be_visible()
    expect_hidden(page)
    assert page.evaluate(COLOURS) == ["rgb(0, 0, 0)"]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

    page.emulate_media(media="screen")
    page.get_by_role("link", name="All events", exact=True).click()
    expect(card(page, title)).to_be_visible()
    page.emulate_media(media="print")
    expect(card(page, title)).to_be_visible()
    expect_hidden(page)
    assert page.evaluate(COLOURS) == ["rgb(0, 0, 0)"]


def test_the_guest_list_has_everyone(visitors: Visitors, turnout: TurnoutProcess) -> None:
    ada = visitors()
    ada.context.add_init_script("window.print = () => { window.isPrinted = true }")
    page = ada.visit()
    create(page, "With many guests", name="Ada")
    for index in range(GUESTS):
        with Guest(turnout, f"Guest {index}") as guest:
            guest.join(urlsplit(page.url).path)
    expect(page.get_by_test_id("seats")).to_contain_text(str(GUESTS))
    page.emulate_media(media="print")
    rest = (
        page.get_by_role("region", name="Going")
        .locator("ul")
        .evaluate("(list) => getComputedStyle(list, '::after').content")
    )
    assert "more people than this sheet shows" in rest
    expect(page.locator("main li[role=presentation]").first).not_to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Print guest list").click()
    until_sync(lambda: page.evaluate("window.isPrinted === true") is True)
    guests = page.get_by_test_id("guest")
    expect(guests).to_have_count(GUESTS)
    expect(guests.first).not_to_be_visible()
    page.emulate_media(media="print")
    expect(guests.last).to_be_visible()
    expect(page.get_by_role("main")).not_to_be_visible()
    assert guests.locator("bdi").all_inner_texts() == [f"Guest {index}" for index in range(GUESTS)]
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="screen")
    page.keyboard.press("Tab")
    expect(guests).to_have_count(0)
    expect(page.get_by_role("main")).to_be_visible()
