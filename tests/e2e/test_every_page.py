"""Every page in every state: axe in both colour schemes, all sizes of screens, and all of the main job by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from accessibility import SCHEMES, serious_findings
from boxes import text_size_script
from event_over_http import Guest
from moderators import add_moderator
from playwright.sync_api import Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer

Visitors = Callable[..., Visitor]

SIZES = [(320, 568), (360, 640), (390, 664), (640, 900), (768, 1024), (1024, 768), (1440, 900), (2560, 1440)]
LINK = "/sign-in#recovery=abc"
LISTS = ("/", "/?when=past", "/?when=mine", "/?q=nothing+has+these+words", "/?from=2030-01-01")
TABS_MAX = 120


@pytest.fixture(scope="module")
def events(turnout: TurnoutProcess) -> dict[str, str]:
    """The paths of events in all states that a page shows, by state."""
    with Guest(turnout, "Olga") as olga:
        made = {
            "open": olga.create("Every page: open", capacity=20, description="See https://example.org", place="Hall 2"),
            "full": olga.create("Every page: full", capacity=13, waitlist=False),
            "waitlist": olga.create("Every page: with a waitlist", capacity=4, link="https://example.org"),
            "called off": olga.create("Every page: called off"),
            "by request": olga.create(
                "Every page: by request", joining="request", guest_list="hosts", visibility="unlisted"
            ),
            "by invitation": olga.create("Every page: by invitation", joining="invitation", guest_list="going"),
        }
        olga.cancel(made["called off"])
    for number in range(13):
        with Guest(turnout, f"Guest {number}") as guest:
            for state in ("open", "full", "waitlist"):
                guest.join(made[state])
    return made


def pages(page: Page, visitor: Visitor, events: dict[str, str], turnout: TurnoutProcess) -> Iterator[str]:
    """Opens one page after the other, each until it is complete, as a moderator."""
    own = visitor.context.request
    ada = own.post(f"{visitor.url}/api/session", data={"name": "Ada"}).json()["user"]["id"]
    add_moderator(turnout, ada)
    own.post(f"{visitor.url}/api{events['open']}/reports", data={"reason": "It looks wrong"})
    draft = {
        "title": "Every page: my own",
        "joining": "request",
        "starts": "2030-05-04T22:00",
        "ends": "2030-05-05T02:00",
        "zone": "Etc/UTC",
    }
    mine = f"/events/{own.post(f'{visitor.url}/api/events', data=draft).json()['id']}"
    own.post(f"{visitor.url}/api{mine}/invitations", data={"role": "guest", "uses": 3})
    own.post(f"{visitor.url}/api{mine}/webhooks", data={"url": "https://hooks.of-my-own-community.example.org/turnout"})
    with Guest(turnout, "Zoe") as zoe:
        zoe.join(mine)
    invited = f"/events/nowhere#invitation={'a' * 26}"
    framed = ("/embed/events", f"/embed{events['open']}")
    own_pages = (mine, f"{mine}/edit", "/new", "/import", "/moderation", invited)
    for path in (
        *LISTS,
        *events.values(),
        *framed,
        *own_pages,
        "/nowhere",
        "/events/nowhere",
        "/you",
        "/notices",
        LINK,
    ):
        page.goto(visitor.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("main [aria-busy=true]")).to_have_count(0)
        yield path
    page.get_by_test_id("person").click()
    expect(page.get_by_role("menu")).to_be_visible()
    yield "the menu"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious(
    visitors: Visitors, events: dict[str, str], turnout: TurnoutProcess, scheme: str
) -> None:
    visitor = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    for path in pages(visitor.page, visitor, events, turnout):
        assert serious_findings(visitor.page) == [], path


@pytest.mark.parametrize("text_px", [16, 32])
def test_no_page_is_wider_than_its_screen(
    visitors: Visitors, events: dict[str, str], turnout: TurnoutProcess, text_px: int
) -> None:
    visitor = visitors()
    page = visitor.page
    page.add_init_script(text_size_script(text_px))
    for path in pages(page, visitor, events, turnout):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until an element with this label or text has the focus, and fails if the focus is not seen."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        label, outline = page.evaluate(
            """() => {
              const focused = document.activeElement, style = getComputedStyle(focused)
              if (!focused.matches('a, button, input, select, textarea')) return ['', true]
              const ring = [style, getComputedStyle(focused, '::after')].some((each) => each.outlineStyle !== 'none')
              const labels = [...(focused.labels ?? [])].map((each) => each.textContent)
              return [focused.ariaLabel ?? [...labels, focused.textContent].join(' '), ring]
            }"""
        )
        if name in label:
            assert outline, f"the focus on {name} is not seen"
            return
    pytest.fail(f"no Tab leads to {name}")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_the_main_job_needs_no_mouse(visitors: Visitors) -> None:
    page = visitors().visit()
    press(page, "Create event")
    tab_to(page, "Title")
    page.keyboard.type("By keyboard alone")
    tab_to(page, "Seats")
    page.keyboard.type("1")
    press(page, "Create event")
    dialog = page.get_by_role("dialog", name="What's your name?")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="By keyboard alone")).to_be_visible()
    press(page, "Join")
    expect(answer(page)).to_contain_text("You're going")
    press(page, "Edit event")
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    tab_to(page, "Place")
    page.keyboard.type("The Depot")
    press(page, "Save changes")
    expect(page.get_by_text("The Depot").first).to_be_visible()
    press(page, "Call off event")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    press(page, "Can't make it")
    expect(answer(page)).not_to_contain_text("You're going")
    press(page, "Delete event")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    press(page, "Delete event")
    expect(page.get_by_test_id("total")).to_be_visible()
