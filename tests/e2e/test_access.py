"""Accessibility: axe on each page, both colour schemes, and a width of 320 pixels."""

from collections.abc import Callable

import pytest
from accessibility import SCHEMES, serious_findings
from boxes import text_size_script
from playwright.sync_api import expect
from turnout_process import TurnoutProcess
from visitor import Visitor, card, create


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_serious_problem(visitors: Callable[..., Visitor], width: int, scheme: str) -> None:
    window = {"width": width, "height": 720}
    page = visitors(color_scheme=scheme, viewport=window, reduced_motion="reduce", bypass_csp=True).visit()
    create(page, f"Seen by axe in the {scheme} at {width}", seats=4, name="Ada")
    page.get_by_test_id("answer").get_by_role("button", name="Join").click()
    expect(page.get_by_test_id("answer")).to_contain_text("You're going")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Delete event").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Edit event").click()
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    assert serious_findings(page) == []
    page.goto(page.url.split("/events/")[0])
    expect(page.get_by_role("article").first).to_be_visible()
    assert serious_findings(page) == []
    page.goto(page.url + "nowhere")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert serious_findings(page) == []


def test_axe_finds_no_serious_problem_in_the_name_dialog(visitors: Callable[..., Visitor]) -> None:
    page = visitors(reduced_motion="reduce", bypass_csp=True).visit()
    create(page, "For the dialog", name="Ada")
    other = visitors(reduced_motion="reduce", bypass_csp=True).visit()
    other.get_by_role("button", name="Join").first.click()
    expect(other.get_by_role("dialog", name="What's your name?")).to_be_visible()
    assert serious_findings(other) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_serious_problem_in_the_calendar(visitors: Callable[..., Visitor], scheme: str) -> None:
    page = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True).visit()
    create(page, f"In the calendar of the {scheme}", name="Ada")
    page.get_by_role("link", name="All events", exact=True).click()
    page.get_by_role("button", name="Pick a date").click()
    expect(page.get_by_role("dialog", name="Pick a date").get_by_role("grid")).to_be_visible()
    assert serious_findings(page) == []


def test_the_calendar_fits_a_small_phone_with_large_text(visitors: Callable[..., Visitor]) -> None:
    page = visitors(viewport={"width": 320, "height": 640}, has_touch=True).visit()
    page.evaluate(text_size_script(32))
    page.get_by_role("button", name="Pick a date").click()
    grid = page.get_by_role("grid")
    expect(grid).to_be_visible()
    assert grid.evaluate("(grid) => grid.scrollWidth <= grid.parentElement.clientWidth")
    lines = "(day) => day.firstElementChild.getClientRects().length"
    assert {day.evaluate(lines) for day in grid.get_by_role("button").all()} == {1}


@pytest.mark.parametrize("text_px", [16, 32])
def test_no_page_overflows_on_a_small_phone(visitors: Callable[..., Visitor], text_px: int) -> None:
    visitor = visitors(viewport={"width": 320, "height": 640}, has_touch=True)
    page = visitor.visit()
    page.add_init_script(text_size_script(text_px))
    create(page, "On a small phone, with a title that is long enough to wrap", seats=30, name="Ada")
    event = page.url
    for url, expected in (
        (event, page.get_by_test_id("answer")),
        (event.split("/events/")[0], page.get_by_role("article").first),
        (event.split("/events/")[0] + "/new", page.get_by_role("textbox", name="Title")),
    ):
        page.goto(url)
        expect(expected).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_content_security_policy_blocks_inline_scripts(
    visitors: Callable[..., Visitor], turnout: TurnoutProcess
) -> None:
    visitor = visitors()
    page = visitor.visit()
    create(page, "<img src=x onerror=alert(1)>", name="<b>Ada</b>")
    expect(page.get_by_role("heading", level=1)).to_have_text("<img src=x onerror=alert(1)>")
    policy = page.request.get(turnout.url).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_chosen_tab_is_seen_in_forced_colours(visitors: Callable[..., Visitor]) -> None:
    page = visitors(forced_colors="active").visit("/?when=past")
    background = "(tab) => getComputedStyle(tab).backgroundColor"
    names = ("Past events", "Upcoming", "My events", "Turnout, all events")
    chosen, *others = (page.get_by_role("link", name=name) for name in names)
    expect(chosen).to_have_attribute("aria-current", "page")
    assert chosen.evaluate(background) not in [other.evaluate(background) for other in others]


def test_text_has_its_own_direction(visitors: Callable[..., Visitor]) -> None:
    """The exclamation mark of a Hebrew title is at its left end, as in a Hebrew page."""
    title, place = "לילה טוב!", "תל אביב (אולם 2)"
    page = visitors().visit()
    create(page, title, name="עדה")
    page.get_by_role("link", name="Edit event").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_css("direction", "rtl")
    page.get_by_role("textbox", name="Place").fill(place)
    page.get_by_role("textbox", name="Description").fill("שלום, עולם!")
    page.get_by_role("button", name="Save changes").click()
    for text in (title, place, "שלום, עולם!", "עדה"):
        shown = page.get_by_role("main").get_by_text(text, exact=True).first
        expect(shown).to_have_css("direction", "rtl")
    guests = visitors().visit()
    for text in (title, place, "עדה"):
        expect(card(guests, title).get_by_text(text, exact=True)).to_have_css("direction", "rtl")
