"""The event's page on phones and desktops: what is seen without scrolling, and what stands above what."""

from collections.abc import Callable
from typing import Any

import pytest
from boxes import LAYOUT_SHIFTS, Box, broken_words, text_size_script
from event_over_http import Guest
from playwright.sync_api import Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, enter_name

Visitors = Callable[..., Visitor]

PHONES = [(390, 664), (360, 640), (320, 568), (390, 844)]
TITLE = "An evening of board games that goes on for quite a while"
FACTS: dict[str, Any] = {
    "place": "The Depot, hall 2, behind the old railway station",
    "link": "https://example.org/board-games/with/a/long/address",
    "tags": ["board games", "family friendly", "newcomers welcome", "indoors"],
    "description": "Bring your own.\n" * 40,
    "capacity": 24,
}
SHIFT_MAX = 0.02
LINES_OF_PLACE_AND_DOT = """(place) => {
  const bottomOf = (text, offset) => {
    const range = document.createRange()
    range.setStart(text, offset)
    range.setEnd(text, offset + 1)
    return range.getBoundingClientRect().bottom
  }
  const dot = place.previousElementSibling.firstChild
  return { dot: bottomOf(dot, dot.data.indexOf('·')), place: bottomOf(place.querySelector('bdi').firstChild, 0) }
}"""
"""A script that returns the bottoms of a place's first letter and of the dot before it."""


@pytest.fixture(scope="module")
def event(turnout: TurnoutProcess) -> str:
    """The path of an event with much to say."""
    with Guest(turnout) as olga:
        path = olga.create(TITLE, **FACTS)
        olga.join(path, party=5)
    return path


def box_of(page: Page, test_id: str) -> Box:
    return Box.of(page.get_by_test_id(test_id))


@pytest.mark.parametrize(("width", "height"), PHONES)
def test_join_is_seen_without_scrolling_on_a_phone(visitors: Visitors, event: str, width: int, height: int) -> None:
    page = visitors(viewport={"width": width, "height": height}, has_touch=True).visit(event)
    join = answer(page).get_by_role("button", name="Join")
    expect(join).to_be_visible()
    title, bar = Box.of(page.get_by_role("heading", level=1)), box_of(page, "answer")
    date = Box.of(page.locator("time").first)
    assert Box.of(join).is_in(width, height)
    assert Box.of(page.get_by_role("button", name="One seat more")).is_in(width, height)
    assert title.bottom <= date.top
    assert date.bottom <= bar.top
    assert bar.bottom == height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_bar_hides_neither_the_end_of_the_page_nor_notices(visitors: Visitors, event: str) -> None:
    page = visitors(viewport={"width": 390, "height": 664}, has_touch=True).visit(event)
    answer(page).get_by_role("button", name="Join").click()
    enter_name(page, "Grace")
    answer(page).get_by_role("button", name="Can't make it").click()
    expect(page.get_by_test_id("notice")).to_be_visible()
    expect(answer(page).get_by_role("button", name="Join")).to_be_visible()
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))")
    assert box_of(page, "notice").bottom <= box_of(page, "answer").top
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    assert Box.of(page.get_by_role("contentinfo")).bottom <= box_of(page, "answer").top
    page.get_by_role("link", name="API").focus()
    assert Box.of(page.get_by_role("link", name="API")).bottom <= box_of(page, "answer").top


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_the_data_comes(visitors: Visitors, event: str, width: int) -> None:
    visitor = visitors(viewport={"width": width, "height": 800})
    visitor.page.add_init_script(LAYOUT_SHIFTS)
    page = visitor.visit(event)
    expect(page.get_by_test_id("looking")).to_be_visible()
    assert page.evaluate("window.shifted") <= SHIFT_MAX
    visitor.visit()
    card(page, TITLE).get_by_role("link", name=TITLE).click()
    expect(page.get_by_test_id("looking")).to_be_visible()
    assert page.evaluate("window.shifted") <= SHIFT_MAX


def test_the_answer_stands_beside_the_event_on_a_desktop(visitors: Visitors, event: str) -> None:
    page = visitors(viewport={"width": 1280, "height": 800}).visit(event)
    expect(answer(page)).to_be_visible()
    title, box = Box.of(page.get_by_role("heading", level=1)), box_of(page, "answer")
    assert box.left >= title.right
    assert box.bottom < 800
    assert page.evaluate("getComputedStyle(document.body).paddingBottom") == "0px"
    assert page.locator("header .button-lit, main .button-lit").all_inner_texts() == ["Join"]


def test_the_dot_before_the_place_stands_on_the_line_of_the_place(visitors: Visitors, turnout: TurnoutProcess) -> None:
    place = "Volkshochschule Ottakring"
    with Guest(turnout) as olga:
        path = olga.create("A first lesson", place=place)
    page = visitors(viewport={"width": 390, "height": 664}).visit(path)
    link = page.get_by_role("link", name=place)
    expect(link).to_be_visible()
    for width in (320, 360, 390, 480):
        page.set_viewport_size({"width": width, "height": 664})
        lines = link.evaluate(LINES_OF_PLACE_AND_DOT)
        assert lines["dot"] == lines["place"], width


@pytest.mark.parametrize("path", ["event", "list"])
def test_no_word_breaks_with_large_text_on_a_phone(visitors: Visitors, event: str, path: str) -> None:
    visitor = visitors(viewport={"width": 360, "height": 640}, has_touch=True)
    visitor.page.add_init_script(text_size_script(32))
    page = visitor.visit(event if path == "event" else "/")
    expect(page.get_by_text(TITLE).first).to_be_visible()
    assert broken_words(page, "h1, h2, time, button, .label") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
