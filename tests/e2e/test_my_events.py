"""My events: of an organizer of many by day, in windows; of a guest with a few as a whole, in sections."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Final

import pytest
from long_list import CARDS_MAX, SCROLL, ZONE, day, expect_day, heading_of
from playwright.sync_api import Browser, Page, expect
from stored_events import event_details, store_events
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor, card

from turnout_command.sign_in.recovery import digest, new_secret

OWN: Final = 400
EVENTS_A_DAY: Final = 10
PAST: Final = 5
SECRET: Final = new_secret()


def start_of(number: int) -> datetime:
    """The start of an event: numbers from 0 on are to come, from tomorrow on; -1 was yesterday."""
    index, place = divmod(number, EVENTS_A_DAY)
    return day(index + (1 if number >= 0 else 0)) + timedelta(hours=9, minutes=30 * place)


def title_of(number: int) -> str:
    return f"Event {number:03}"


@pytest.fixture(scope="module")
def organized(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """An instance of its own, in which Olga organizes all events. Each tenth one is about music."""
    data = tmp_path_factory.mktemp("organized") / "data"
    numbers = range(-PAST, OWN)
    events = (
        event_details(title_of(each), start_of(each), ("games", "music")[each % 10 == 0 :][:1]) for each in numbers
    )
    store_events(data, events, recovery=digest(SECRET))
    with running_turnout(data) as turnout:
        yield turnout


@pytest.fixture
def visit(browser: Browser, organized: TurnoutProcess) -> Iterator[Callable[[], Visitor]]:
    """Each call opens the browser of a new visitor in Vienna. The test fails if a page reports an error."""
    with ExitStack() as contexts:
        made: list[Visitor] = []

        def open_browser() -> Visitor:
            context = browser.new_context(locale="en-GB", timezone_id=ZONE)
            contexts.callback(context.close)
            made.append(Visitor(context, organized.url))
            return made[-1]

        yield open_browser
        assert [problem for each in made for problem in each.problems] == []


@pytest.fixture
def olga(visit: Callable[[], Visitor]) -> Page:
    """The page of the organizer, whose own events are open."""
    visitor = visit()
    answer = visitor.context.request.post(f"{visitor.url}/api/sign-in", data={"way": "recovery", "secret": SECRET})
    assert answer.ok
    page = visitor.visit("/?when=mine")
    expect(page.get_by_test_id("total")).to_have_text(f"{OWN} events")
    return page


def test_an_organizer_scrolls_through_all_of_them(olga: Page, report_figure: Callable[[str], None]) -> None:
    expect(olga.get_by_role("link", name=f"Coming up {OWN}")).to_have_attribute("aria-current", "page")
    expect(olga.get_by_role("link", name=f"Past {PAST}")).to_be_visible()
    expect(card(olga, title_of(0))).to_contain_text("You organize")
    expect(olga.get_by_role("heading", level=2, name=heading_of(day(2)), exact=True)).to_be_visible()
    expect(olga.get_by_role("heading", level=2, name="You organize")).to_have_count(0)
    measured = olga.evaluate(SCROLL, {"steps": 300, "stepPx": 400})
    report_figure(f"my events, {OWN}: at most {measured['cards']} cards and {measured['nodes']} elements")
    assert {title_of(number) for number in range(OWN)} <= set(measured["seen"])
    assert measured["cards"] <= CARDS_MAX
    assert measured["errorPx"] <= 1


def test_a_jump_to_a_day_shows_it_and_what_is_around_it(olga: Page) -> None:
    olga.get_by_role("button", name="Pick a date").first.click()
    grid = olga.get_by_role("dialog", name="Pick a date").get_by_role("grid")
    expect(grid.locator(":focus")).to_have_attribute("aria-label", f"{heading_of(day(1))}, {EVENTS_A_DAY} events")
    olga.keyboard.press("Escape")
    olga.goto(f"{olga.url}&from={day(30):%Y-%m-%d}")
    expect_day(olga, 30)
    olga.mouse.wheel(0, -600)
    expect(olga.get_by_role("heading", name=heading_of(day(29)), exact=True)).to_be_visible()
    olga.get_by_role("link", name=f"Past {PAST}").click()
    expect(card(olga, title_of(-1))).to_contain_text("You organized this")
    expect(olga.get_by_test_id("total")).to_have_text(f"{PAST} events")


def test_a_tag_has_its_number_and_filters(olga: Page) -> None:
    music = OWN // 10
    olga.get_by_role("group", name="Tags").get_by_role("button", name=f"music {music} events").click()
    expect(olga.get_by_test_id("total")).to_have_text(f"{music} events")
    expect(olga.get_by_role("link", name=f"Coming up {music}")).to_be_visible()
    # These fit one window.
    expect(olga.get_by_role("heading", level=2, name="You organize")).to_be_visible()
    expect(olga.get_by_role("article")).to_have_count(music)


def test_the_dialog_of_a_sign_out_counts_all_of_them(olga: Page) -> None:
    olga.goto(re.sub(r"/\?.*", "/you", olga.url))
    olga.get_by_role("button", name="Erase me").click()
    expect(olga.get_by_role("alertdialog")).to_contain_text(f"You organize {OWN} events")


def test_a_jump_within_sections_leads_to_the_next_event_in_time(visit: Callable[[], Visitor]) -> None:
    visitor = visit()
    request, url = visitor.context.request, visitor.url
    page = visitor.visit()
    assert request.post(f"{url}/api/session", data={"name": "Mia"}).ok
    for index in (3, 30):
        body = {"title": f"Mine {index}", "starts": f"{day(index):%Y-%m-%dT19:30}", "zone": ZONE}
        assert request.post(f"{url}/api/events", data=body, headers={"Origin": url}).ok
    joined = PAST + 9 * EVENTS_A_DAY  # on the tenth day
    assert request.post(f"{url}/api/events/e{joined:05}/attendees", data={}, headers={"Origin": url}).ok
    page.goto(f"{url}/?when=mine&from={day(5):%Y-%m-%d}")
    expect(card(page, title_of(joined - PAST))).to_be_in_viewport()
    notice = page.get_by_test_id("notice").last
    expect(notice).to_contain_text(f"Nothing on {heading_of(day(5))}. The next events are on {heading_of(day(10))}.")
    headings = page.get_by_role("heading", level=2).filter(has_text=re.compile("^You"))
    expect(headings).to_have_text(["You organize", "You're going"])
    page.goto(f"{url}/?when=mine&from={day(50):%Y-%m-%d}")
    expect(page.get_by_test_id("notice").last).to_contain_text(f"The last events are on {heading_of(day(30))}.")
    expect(card(page, "Mine 30")).to_be_in_viewport()
