"""Accessibility: axe on each page, both colour schemes, and a width of 320 pixels."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, create

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
SCHEMES = ["light", "dark"]


def serious_findings(page: Page) -> list[str]:
    """Returns the serious findings of axe, one line each."""
    page.evaluate("document.fonts.ready")
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))")
    violations = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in violations
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_serious_problem(visitors: Callable[..., Visitor], scheme: str) -> None:
    page = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True).visit()
    create(page, f"Seen by axe in the {scheme}", seats=4, name="Ada")
    page.get_by_test_id("answer").get_by_role("button", name="Join").click()
    expect(page.get_by_test_id("answer")).to_contain_text("You're going")
    assert serious_findings(page) == []
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


@pytest.mark.parametrize("text_px", [16, 32])
def test_no_page_overflows_on_a_small_phone(visitors: Callable[..., Visitor], text_px: int) -> None:
    visitor = visitors(viewport={"width": 320, "height": 640}, has_touch=True)
    page = visitor.visit()
    page.add_init_script(
        f"""const text = new CSSStyleSheet()
        text.replaceSync('html {{ font-size: {text_px}px !important }}')
        document.adoptedStyleSheets = [text]"""
    )
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
