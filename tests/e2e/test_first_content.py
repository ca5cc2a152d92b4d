"""Pages before JavaScript and without it; and how the application takes them over."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from accessibility import SCHEMES, serious_findings
from event_over_http import Guest
from index_page import Page as ParsedPage
from playwright.sync_api import Page, Route, WebSocket, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, card, expect_live

Visitors = Callable[..., Visitor]
HOSTILE = '</script><img src=x onerror="window.hacked=1"> & "quotes"'
MOVE_MAX_PX = 4
LIVE_PARTS = ("[data-testid=answer]", "[data-testid=person]")


@pytest.fixture(scope="module")
def event(turnout: TurnoutProcess) -> str:
    """The path of an event with guests."""
    with Guest(turnout, "Olga") as olga:
        path = olga.create("First content", capacity=24, place="Hall 2", description="Bring a game.", tags=["first"])
    for number in range(3):
        with Guest(turnout, f"Guest {number}") as guest:
            guest.join(path)
    return path


def frames_of(page: Page) -> list[dict[str, Any]]:
    """All messages of the page's live links, both ways, from now on."""
    found: list[dict[str, Any]] = []

    def follow(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: found.append(json.loads(data)))
        socket.on("framereceived", lambda data: found.append(json.loads(data)))

    page.on("websocket", follow)
    return found


def hold(visitor: Visitor, pattern: str) -> list[Route]:
    """Holds the requests for such files back, and collects them."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    visitor.context.route(pattern, keep)
    return held


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_can_be_read_without_javascript(visitors: Visitors, event: str, scheme: str) -> None:
    visitor = visitors(java_script_enabled=False, color_scheme=scheme)
    page = visitor.visit(event)
    expect(page.get_by_role("heading", level=1, name="First content")).to_be_visible()
    for words in ("Hall 2", "3 of 24 going", "Bring a game.", "by Olga"):
        expect(page.get_by_text(words).first).to_be_visible()
    # Playwright finds nothing in <noscript> by its text or role.
    expect(page.locator("#app noscript p")).to_have_text("To join, turn on JavaScript for this page.")
    expect(page.get_by_text("19:30 \u2013 21:30 in Vienna").first).to_be_attached()
    page.get_by_role("link", name="first").click()
    page.get_by_role("link", name="First content").click()
    assert page.url.endswith(event)
    page.get_by_role("link", name="All events", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What\u2019s on")
    visitor.visit("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("We can't find this page")
    visitor.visit("/events/nonesuch")
    expect(page.locator("noscript h1")).to_have_text("We can't find this event")


def test_pages_have_no_serious_fault_of_accessibility(visitors: Visitors, event: str) -> None:
    """The application is held back, so that what axe finds is of the page before it."""
    visitor = visitors(bypass_csp=True, reduced_motion="reduce")
    visitor.context.route("**/assets/index-*.js", lambda route: route.abort())
    for path in (event, "/", "/nowhere"):
        page = visitor.visit(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert serious_findings(page) == [], path


@pytest.mark.parametrize("path", ["event", "/", "/?tag=first", "/?when=past"])
def test_the_application_asks_for_nothing_that_came_with_the_page(
    visitors: Visitors, turnout: TurnoutProcess, event: str, path: str
) -> None:
    visitor = visitors()
    page, requests = visitor.page, []
    frames = frames_of(page)
    page.on("request", lambda request: requests.append(request.url))
    visitor.visit(event if path == "event" else path)
    expect_live(page)
    if path != "/?when=past":
        expect(page.get_by_text("First content").first).to_be_visible()
    with Guest(turnout, "Somebody") as guest:
        guest.join(event)
        if path != "/?when=past":
            expect(page.get_by_test_id("seats").filter(has_text="of 24 going").first).to_be_visible()
        guest.leave(event)
    view = event[1:] if path == "event" else "events?when="
    watched = [each for each in frames if each["type"] == "watch" and each["view"].startswith(view)]
    assert [bool(each.get("at")) for each in watched] == [True]
    assert [each["view"] for each in frames if each["type"] == "snapshot" and each["view"].startswith(view)] == []
    assert [url for url in requests if "/api/" in url and not url.endswith("/api/live")] == []


def test_content_stays_until_the_application_shows_the_same(visitors: Visitors, event: str) -> None:
    """The chunk of the page comes late: until then, what the server drew stays, and then the title is where it was."""
    visitor = visitors()
    page = visitor.page
    held = hold(visitor, "**/assets/EventPage-*.js")
    page.goto(visitor.url + event, wait_until="commit")
    expect_drawn = page.get_by_role("heading", level=1, name="First content")
    expect(expect_drawn).to_be_visible()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({name}) => name.includes('/assets/index-'))"
    )
    for part in LIVE_PARTS:
        expect(page.locator(part)).to_have_count(0)
    wait_for_layout(page)
    before = expect_drawn.bounding_box()
    for each in held:
        each.continue_()
    expect(page.get_by_test_id("answer")).to_be_visible()
    assert expect_drawn.bounding_box() == before


def wait_for_layout(page: Page) -> None:
    """Waits for style sheets and fonts: before them, what is drawn stands elsewhere."""
    page.wait_for_function(
        "() => document.readyState !== 'loading'"
        " && [...document.querySelectorAll('link[rel=stylesheet]')].every(({sheet}) => sheet)"
    )
    page.evaluate("document.fonts.ready.then(() => true)")


def test_the_list_does_not_move_when_the_application_takes_over(visitors: Visitors, event: str) -> None:
    """The list has events of this file alone: days are those of the event before, and those of the visitor after it."""
    visitor = visitors()
    page = visitor.page
    held = hold(visitor, "**/assets/index-*.js")
    page.goto(visitor.url + "/?tag=first", wait_until="commit")
    drawn = page.locator("article", has_text="First content")
    expect(drawn).to_be_visible()
    wait_for_layout(page)
    before = drawn.bounding_box()
    for each in held:
        each.continue_()
    expect(card(page, "First content").get_by_role("button", name="Join")).to_be_visible()
    after = card(page, "First content").bounding_box()
    assert before is not None
    assert after is not None
    assert [abs(after["y"] - before["y"]) <= MOVE_MAX_PX, abs(after["height"] - before["height"]) <= MOVE_MAX_PX] == [
        True,
        True,
    ]


def test_nothing_that_people_write_runs(visitors: Visitors, turnout: TurnoutProcess) -> None:
    with Guest(turnout, "Mallory") as mallory:
        path = mallory.create(HOSTILE, place=HOSTILE, description=HOSTILE)
    visitor = visitors()
    complaints: list[str] = []
    visitor.page.on("console", lambda message: complaints.append(message.text))
    page = visitor.visit(path)
    expect_live(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    data = page.evaluate("document.querySelector('script[type=\"application/ld+json\"]').textContent")
    assert json.loads(data)["name"] == HOSTILE
    assert page.evaluate("window.hacked") is None
    assert complaints == [], "the policy refuses no data block"


def test_a_person_who_may_see_a_private_event_gets_its_page(visitors: Visitors, turnout: TurnoutProcess) -> None:
    visitor = visitors()
    own = visitor.context.request
    own.post(f"{visitor.url}/api/session", data={"name": "Ada"})
    draft = {"title": "Only mine", "starts": "2030-05-04T22:00", "zone": "Etc/UTC", "visibility": "private"}
    path = f"/events/{own.post(f'{visitor.url}/api/events', data=draft).json()['id']}"
    assert httpx.get(turnout.url + path).status_code == 404
    frames = frames_of(visitor.page)
    page = visitor.visit(path)
    expect(page.get_by_role("heading", level=1, name="Only mine")).to_be_visible()
    expect_live(page)
    assert [each for each in frames if each["type"] == "snapshot" and each["view"] == path[1:]] == []


def test_every_style_that_the_server_uses_is_built(turnout: TurnoutProcess, event: str) -> None:
    pages = [ParsedPage(httpx.get(turnout.url + path).text) for path in (event, "/", "/?tag=none", "/nowhere")]
    sheet = next(each for each in pages[1].links["stylesheet"] if "index" in each)
    css = httpx.get(f"{turnout.url}/{sheet}").text.replace("\\", "")
    missing = {each for page in pages for each in page.classes() if f".{each}" not in css}
    assert missing == set()
