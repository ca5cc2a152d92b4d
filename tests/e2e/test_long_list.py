"""A list of 10,000 events and a past: everything in it can be reached, and nothing moves under the reader."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import httpx
import pytest
from long_list import CARDS_MAX, SCROLL, ZONE, day, expect_day, heading_of
from playwright.sync_api import Browser, Page, expect
from stored_events import event_details, store_events
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor, card

COMING: Final = 10_000
PAST: Final = 1_000
EVENTS_A_DAY: Final = 100
EMPTY_DAY: Final = 20  # no event starts on this day


def start_of(number: int) -> datetime:
    """The start of an event: numbers from 0 on are to come, from tomorrow on; -1 was yesterday."""
    index, place = divmod(number, EVENTS_A_DAY)
    index += 1 if number >= 0 else 0
    return day(index + (index >= EMPTY_DAY)) + timedelta(hours=9, minutes=5 * place)


def title_of(number: int) -> str:
    return f"Event {number:05}"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """An instance of its own with all these events."""
    data = tmp_path_factory.mktemp("crowded") / "data"
    tags = (("music",), ("games",), ("games", "outdoors"))
    numbers = range(-PAST, COMING)
    store_events(data, (event_details(title_of(each), start_of(each), tags[each % 3]) for each in numbers))
    with running_turnout(data) as turnout:
        yield turnout


@pytest.fixture
def page(browser: Browser, crowded: TurnoutProcess) -> Iterator[Page]:
    """The page of a reader in Vienna. The test fails if the page reports an error."""
    context = browser.new_context(locale="en-GB", timezone_id=ZONE)
    reader = Visitor(context, crowded.url)
    yield reader.visit()
    context.close()
    assert reader.problems == []


@pytest.fixture(scope="module")
def organizer(crowded: TurnoutProcess) -> Iterator[httpx.Client]:
    """A guest who creates further events."""
    with httpx.Client(base_url=crowded.url, timeout=30) as client:
        token = client.post("/api/session", json={"name": "Otto"}).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def create(organizer: httpx.Client, title: str, starts: datetime) -> str:
    """Creates an event, and returns its id."""
    body = {"title": title, "starts": starts.strftime("%Y-%m-%dT%H:%M"), "zone": ZONE}
    response = organizer.post("/api/events", json=body).raise_for_status()
    return str(response.json()["id"])


@contextmanager
def changes(organizer: httpx.Client, per_s: int) -> Iterator[None]:
    """Creates events among the first ones of the list until the block ends."""
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.wait(1 / per_s):
            create(organizer, f"Meanwhile {number}", start_of(number % 300) + timedelta(minutes=2))
            number += 1

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def top_of(page: Page, title: str) -> float:
    top: float = card(page, title).evaluate("(card) => card.getBoundingClientRect().top")
    return top


def press_pill(page: Page, name: str) -> None:
    """Presses the button where it is. Playwright's click would scroll the page, since the button sticks to its edge."""
    pill = page.get_by_role("button", name=name, exact=True)
    expect(pill).to_be_visible()
    box = pill.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(pill).to_have_count(0)


def test_the_list_is_scrolled_without_gaps_or_jumps(
    page: Page, organizer: httpx.Client, report_figure: Callable[[str], None]
) -> None:
    """Also while events are created. The browser does not anchor the scrolling of the list, as some never do."""
    expect(page.get_by_test_id("total")).to_have_text(re.compile("^1[01],[0-9]{3} events$"))
    expect(card(page, title_of(0))).to_be_visible()
    with changes(organizer, per_s=20):
        down = page.evaluate(SCROLL, {"steps": 250, "stepPx": 240})
        # A few screens remain: at the start of the list, a reader sees changes at once.
        back = round(down["scrolledPx"] / 240) - 20
        up = page.evaluate(SCROLL, {"steps": back, "stepPx": -240})
    for measured, way in ((down, "down"), (up, "up")):
        numbers = sorted(int(title[6:]) for title in measured["seen"] if title.startswith("Event"))
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert measured["errorPx"] <= 1
        assert measured["cards"] <= CARDS_MAX
        frames = sorted(measured["frames"])
        median, most, longest = (frames[round(share * (len(frames) - 1))] for share in (0.5, 0.95, 1))
        report_figure(
            f"scrolling {way}: {len(numbers)} events, at most {measured['cards']} cards and"
            f" {measured['nodes']} elements; frame {median:.0f} ms (median), {most:.0f} ms (95 %), {longest:.0f} ms"
        )
    assert len(down["seen"]) > 200


def test_a_jump_to_a_day_shows_it_and_what_is_around_it(page: Page) -> None:
    page.goto(page.url + f"?from={day(40):%Y-%m-%d}")
    expect_day(page, 40)
    page.mouse.wheel(0, -600)
    expect(page.get_by_role("heading", name=heading_of(day(39)), exact=True)).to_be_visible()
    page.get_by_role("button", name="Back to the top").click()
    expect(card(page, title_of(0))).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_jump_to_a_day_without_events_says_so(page: Page) -> None:
    page.goto(page.url + f"?from={day(EMPTY_DAY):%Y-%m-%d}")
    expect_day(page, EMPTY_DAY + 1)
    empty, found = heading_of(day(EMPTY_DAY)), heading_of(day(EMPTY_DAY + 1))
    expect(page.get_by_test_id("notice")).to_contain_text(f"Nothing on {empty}. The next events are on {found}.")


def test_a_jump_beyond_the_end_shows_the_last_day(page: Page) -> None:
    page.goto(page.url + f"?from={day(300):%Y-%m-%d}")
    expect(page.get_by_test_id("notice")).to_contain_text("The last events are on")
    expect(card(page, title_of(COMING - 1))).to_be_in_viewport()


def test_the_past_goes_back_from_a_day(page: Page) -> None:
    page.get_by_role("link", name="Past events").click()
    expect(card(page, title_of(-1))).to_be_visible()
    expect(page).to_have_title("Past events · Turnout")
    page.goto(page.url + f"&from={day(-5):%Y-%m-%d}")
    expect_day(page, -5)
    expect(card(page, title_of(-401))).to_be_in_viewport()


def test_the_calendar_counts_and_is_used_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Pick a date").first.focus()
    page.keyboard.press("Enter")
    grid = page.get_by_role("dialog", name="Pick a date").get_by_role("grid")
    expect(grid).to_be_visible()
    # The first card's day has the focus.
    expect(grid.locator(":focus")).to_have_attribute("data-date", f"{day(1):%Y-%m-%d}")
    target = day(1) + timedelta(days=7)
    page.keyboard.press("ArrowDown")
    expect(grid.locator(":focus")).to_have_attribute("aria-label", f"{heading_of(target)}, 100 events")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"from={target:%Y-%m-%d}"))
    expect_day(page, 8)
    expect(page.get_by_role("heading", name=heading_of(day(8)), exact=True)).to_be_focused()
    # A day that is over is in the list of past events.
    page.get_by_role("button", name="Pick a date").last.click()
    expect(grid.locator(":focus")).to_have_attribute("data-date", f"{target:%Y-%m-%d}")
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("when=past"))
    expect_day(page, -2)


@pytest.mark.parametrize("way", ["All events", "back", "reload"])
def test_the_way_back_leads_to_the_same_card(page: Page, way: str) -> None:
    """With the search, and far beyond the first window."""
    page.get_by_role("button", name=re.compile("games")).click()
    expect(page.get_by_role("button", name="Remove the tag games")).to_be_visible()
    expect(card(page, title_of(0))).to_have_count(0)
    page.evaluate(SCROLL, {"steps": 150, "stepPx": 300})
    shown = page.locator("article").evaluate_all(
        "(all) => all.find((each) => each.getBoundingClientRect().top > 200).querySelector('h3').innerText"
    )
    assert int(shown[6:]) > 150
    card(page, shown).scroll_into_view_if_needed()
    top = top_of(page, shown)
    if way == "reload":
        page.wait_for_function(
            "() => JSON.parse(history.state.place ?? 'null')?.place.card.key ==="
            " [...document.querySelectorAll('[data-row]')]"
            ".find((row) => row.getBoundingClientRect().bottom > 0).dataset.row"
        )
        page.reload()
    else:
        card(page, shown).get_by_role("link", name=shown).click()
        expect(page.get_by_role("heading", level=1, name=shown)).to_be_visible()
        if way == "back":
            page.go_back()
        else:
            page.get_by_role("link", name="All events", exact=True).click()
    expect(card(page, shown)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Remove the tag games")).to_be_visible()
    expect(page).to_have_title("games · Events · Turnout")
    page.wait_for_function(
        "([title, top]) => [...document.querySelectorAll('article')].some((each) =>"
        " each.querySelector('h3').innerText === title && Math.abs(each.getBoundingClientRect().top - top) <= 1)",
        arg=[shown, top],
    )


def test_new_events_are_shown_in_place_and_marked(page: Page, organizer: httpx.Client) -> None:
    page.goto(page.url + f"?from={day(60):%Y-%m-%d}")
    expect_day(page, 60)
    shown = title_of(59 * EVENTS_A_DAY - EVENTS_A_DAY)
    expect(card(page, shown)).to_be_in_viewport()
    top = top_of(page, shown)
    create(organizer, "In between", day(60) + timedelta(hours=9, minutes=2))
    press_pill(page, "1 new event")
    new = card(page, "In between")
    expect(new).to_be_in_viewport()
    expect(page.locator("[data-row]", has=new).get_by_text("New", exact=True)).to_be_visible()
    assert abs(top_of(page, shown) - top) <= 1
    create(organizer, "Before that", day(59) + timedelta(hours=16, minutes=2))
    press_pill(page, "1 new event above")
    expect(card(page, "Before that")).to_be_in_viewport()


def test_the_filters_fit_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    expect(page.get_by_role("group", name="Tags").get_by_role("button").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name=re.compile("outdoors")).click()
    expect(page.get_by_role("button", name="Remove the tag outdoors")).to_be_in_viewport()


def test_the_tags_have_counts_of_the_whole_list(page: Page) -> None:
    tags = page.get_by_role("group", name="Tags")
    expect(tags.get_by_role("button", name=re.compile("games 6,66[0-9] events"))).to_be_visible()
    expect(tags.get_by_role("button", name=re.compile("music 3,33[0-9] events"))).to_be_visible()


def test_my_events_are_in_sections_if_they_fit_one_window(page: Page, report_figure: Callable[[str], None]) -> None:
    own = 70
    session = page.context.request.post(f"{page.url}api/session", data={"name": "Mia"}).json()
    with httpx.Client(base_url=page.url, headers={"Authorization": f"Bearer {session['token']}"}) as mia:
        for number in range(own):
            mia.post(f"/api/events/e{PAST + number:05}/attendees", json={}).raise_for_status()
        ids = [create(mia, f"Mine {number}", start_of(number) + timedelta(minutes=1)) for number in range(own)]
        mia.patch(f"/api/events/{ids[-1]}", json={"description": "Bring a saxophone."}).raise_for_status()
    page.reload()
    page.get_by_role("link", name="My events").click()
    expect(page.get_by_test_id("total")).to_have_text(f"{2 * own} events")
    expect(page.get_by_role("heading", level=2, name="You organize")).to_be_visible()
    expect(page.get_by_role("link", name=f"Coming up {2 * own}")).to_have_attribute("aria-current", "page")
    measured = page.evaluate(SCROLL, {"steps": 80, "stepPx": 400})
    report_figure(f"my events, {2 * own}: at most {measured['cards']} cards and {measured['nodes']} elements")
    assert {f"Mine {own - 1}", title_of(own - 1)} <= set(measured["seen"])
    assert measured["cards"] <= CARDS_MAX
    assert measured["errorPx"] <= 1
    expect(page.get_by_role("heading", level=2, name="You're going")).to_be_attached()
    page.get_by_role("button", name="Back to the top").click()
    page.get_by_label("Search events").fill("saxophone")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(card(page, f"Mine {own - 1}")).to_be_visible()
    expect(page).to_have_title("saxophone · My events · Turnout")
    page.get_by_label("Search events").press("Escape")
    expect(page.get_by_test_id("total")).to_have_text(f"{2 * own} events")
    page.get_by_role("link", name="Past 0").click()
    expect(page.get_by_role("heading", name="No past events yet")).to_be_visible()
