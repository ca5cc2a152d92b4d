"""A visitor with a browser, and the steps of the main job."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

NETWORK_CHANGED: Final = "net::ERR_NETWORK_CHANGED"  # what Chromium says when this machine has got or lost a network


class Visitor:
    """A person with their own browser context.

    Attributes:
        problems: the errors that the page reported, and its requests to other hosts.
        console_errors: the errors in its console, among them each request that was refused.
    """

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.problems: list[str] = []
        self.console_errors: list[str] = []
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on("request", self._check_request)
        context.on("console", self._note_error)
        self.page: Page = context.new_page()

    def _check_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", self.url.replace("http", "ws", 1))):
            self.problems.append(f"request to another host: {request.url}")

    def _note_error(self, message: ConsoleMessage) -> None:
        if message.type == "error" and NETWORK_CHANGED not in message.text:
            self.console_errors.append(f"{message.text} ({message.location['url']})")

    def visit(self, path: str = "/") -> Page:
        self.page.goto(self.url + path)
        return self.page

    def open_tab(self, url: str) -> Page:
        """Opens a further tab, which shares the cookies."""
        page = self.context.new_page()
        page.goto(url)
        return page


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Callable[..., Visitor]]:
    """A function that opens a new browser context. Afterwards no page may have reported an error."""
    made: list[Visitor] = []

    def visitor(**options: Any) -> Visitor:
        options = {"locale": "en-GB", "timezone_id": "Europe/Vienna", **options}
        made.append(Visitor(browser.new_context(**options), url))
        return made[-1]

    yield visitor
    problems = [problem for each in made for problem in each.problems]
    for each in made:
        each.context.close()
    assert problems == []


def create(page: Page, title: str, *, seats: int | None = None, name: str | None = None) -> None:
    """Creates an event in two days and enters ``name`` if given. Ends on the event's page."""
    page.get_by_role("link", name="Create event").first.click()
    page.get_by_role("textbox", name="Title").fill(title)
    day = datetime.now(UTC) + timedelta(days=2)
    page.get_by_label("Start date").fill(day.strftime("%Y-%m-%d"))
    page.get_by_label("Start time").fill("19:30")
    page.get_by_role("textbox", name="Place").fill("The Depot, hall 2")
    if seats is not None:
        page.get_by_role("textbox", name="Seats").fill(str(seats))
    page.get_by_role("button", name="Create event").click()
    if name is not None:
        enter_name(page, name)
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def enter_name(page: Page, name: str) -> None:
    dialog = page.get_by_role("dialog", name="What's your name?")
    dialog.get_by_label("Your name").fill(name)
    dialog.get_by_role("button").first.click()
    expect(dialog).not_to_be_visible()


def choose(page: Page, item: str) -> None:
    """Opens the person's menu, and chooses an item."""
    page.get_by_test_id("person").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def sign_out(page: Page) -> None:
    choose(page, "Sign out this device")
    page.get_by_role("alertdialog").get_by_role("button", name="Sign out").click()


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


def answer(page: Page) -> Locator:
    return page.get_by_test_id("answer")


def people(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading).get_by_role("listitem")


def expect_person(page: Page, heading: str, name: str) -> None:
    expect(people(page, heading).filter(has_text=name)).to_have_count(1)


def expect_live(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
