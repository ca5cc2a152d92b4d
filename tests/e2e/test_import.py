"""People bring their events along: a calendar or a table, a preview, and one request for each event."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from accessibility import SCHEMES, serious_findings
from playwright.sync_api import Locator, Page, Route, expect
from visitor import Visitor, enter_name

Visitors = Callable[..., Visitor]

SOON = datetime.now(UTC) + timedelta(days=30)
DAY = f"{SOON:%Y%m%d}"
CALENDAR = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example Corp//Calendar 5.0//EN
BEGIN:VEVENT
UID:once@example.org
DTSTAMP:20260101T000000Z
DTSTART;TZID=Tokyo Standard Time:{DAY}T193000
DTEND;TZID=Tokyo Standard Time:{DAY}T220000
SUMMARY:Import: <b>once</b>\\, in Tokyo
LOCATION:The Depot
END:VEVENT
BEGIN:VEVENT
UID:weekly@example.org
DTSTAMP:20260101T000000Z
DTSTART:{DAY}T193000
DURATION:PT2H
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Import: weekly
END:VEVENT
BEGIN:VEVENT
UID:broken@example.org
DTSTAMP:20260101T000000Z
DTSTART:tomorrow
SUMMARY:Import: broken
END:VEVENT
BEGIN:VEVENT
UID:over@example.org
DTSTAMP:20260101T000000Z
DTSTART:20200101T193000Z
SUMMARY:Import: over
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()
FORMULA = """=HYPERLINK("http://evil.example"; "A prize")"""
TABLE = "\r\n".join(
    (
        "Title;Starts;Ends;Place;Capacity",
        f'Import: chess;{SOON:%d.%m.%Y} 19:30;22:00;"{FORMULA.replace(chr(34), chr(34) * 2)}";12',
        f"Import: chess;{SOON:%d.%m.%Y} 19:30;22:00;;12",
        f"Import: no seats;{SOON:%d.%m.%Y} 19:30;22:00;;none",
    )
).encode("utf-8-sig")


def read(page: Page, name: str, content: bytes) -> Locator:
    """Has a file read. The rows of its events."""
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Show events").click()
    return page.get_by_test_id("file-event")


def drop(page: Page, name: str, content: str) -> None:
    """Drops a file on the page."""
    page.get_by_role("heading", level=1, name="Import events").evaluate(
        """(heading, [name, content]) => {
          const dataTransfer = new DataTransfer()
          dataTransfer.items.add(new File([content], name))
          heading.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }))
        }""",
        [name, content],
    )


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=2, name=text)


def events(visitor: Visitor, words: str) -> list[dict[str, Any]]:
    items = httpx.get(f"{visitor.url}/api/events", params={"q": words}).raise_for_status().json()["items"]
    return [each for each in items if each["kind"] == "card"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_calendar_is_seen_and_then_added_event_by_event(visitors: Visitors, scheme: str) -> None:
    visitor = visitors(bypass_csp=True, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page = visitor.visit("/new")
    page.get_by_role("link", name="Import from a file").click()
    rows = read(page, "mine.ics", CALENDAR)
    name = f"Ada of the {scheme}"
    enter_name(page, name)
    expect(heading(page, "5 events in mine.ics")).to_be_focused()
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("Import: <b>once</b>, in Tokyo")
    expect(rows.first).to_contain_text("19:30 \u2013 22:00 in Tokyo")
    expect(rows.last).to_contain_text("Can't be added")
    expect(rows.last.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("main").get_by_text("Left out because they are over or have begun: 1.")).to_be_visible()
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    rows.nth(1).get_by_role("checkbox", name="Import: weekly").press("Space")
    page.get_by_role("button", name="Add 3 events").press("Enter")
    expect(heading(page, "3 events added")).to_be_focused()
    expect(page.get_by_test_id("announcements")).to_have_text("3 events added.")
    assert serious_findings(page) == []
    page.get_by_role("link", name=re.compile("once")).click()
    expect(page.get_by_role("heading", level=1, name="Import: <b>once</b>, in Tokyo")).to_be_visible()
    made = [each for each in events(visitor, "import") if each["organizer"]["name"] == name]
    assert [(each["title"], each["zone"]) for each in made] == [
        ("Import: <b>once</b>, in Tokyo", "Asia/Tokyo"),
        ("Import: weekly", "Europe/Vienna"),
        ("Import: weekly", "Europe/Vienna"),
    ]
    page.goto(f"{visitor.url}/import")
    read(page, "mine.ics", CALENDAR)
    expect(page.get_by_text("You have this event")).to_have_count(3)
    expect(page.get_by_role("button", name="Add 1 event", exact=True)).to_be_visible()


def test_a_table_with_semicolons_and_a_formula(visitors: Visitors) -> None:
    visitor = visitors()
    page = visitor.visit("/import")
    rows = read(page, "league.csv", TABLE)
    enter_name(page, "Ada")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text(FORMULA)
    expect(rows.nth(1)).to_contain_text("Line 3")
    expect(rows.nth(2)).to_contain_text("Seats must be a whole number")
    page.get_by_role("button", name="None").click()
    expect(page.get_by_role("button", name="Add events")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="All").click()
    page.get_by_role("button", name="Add 2 events").click()
    expect(heading(page, "2 events added")).to_be_visible()
    page.get_by_role("link", name="My events").click()
    expect(page.get_by_role("article", name="Import: chess")).to_have_count(2)
    assert {each["place"] for each in events(visitor, "import chess")} == {FORMULA, ""}


def test_a_lost_answer_and_a_break_make_nothing_twice(visitors: Visitors) -> None:
    visitor = visitors()
    visitor.context.request.post(f"{visitor.url}/api/session", data={"name": "Ada"})
    page = visitor.visit("/import")
    lines = ["title,starts", *(f"Import: round {number},{SOON:%Y-%m-%d} 19:30" for number in range(4))]
    drop(page, "rounds.csv", "\n".join(lines))
    page.get_by_role("button", name="Show events").click()
    keys: list[str] = []

    def answer(route: Route) -> None:
        request = route.request
        headers = request.all_headers()
        keys.append(headers["idempotency-key"])
        if len(keys) <= 2:  # the page sends it again by itself, once
            assert httpx.post(request.url, headers=headers, content=request.post_data or "").is_success
            route.abort()
        elif len(keys) == 4:
            problem = {"code": "too-many", "title": "That was a lot at once.", "detail": "That was a lot at once."}
            route.fulfill(status=429, headers={"Retry-After": "4"}, json=problem)
        else:
            route.continue_()

    page.route("**/api/events", answer)
    page.get_by_role("button", name="Add 4 events").click()
    expect(heading(page, "No events added")).to_be_visible()
    expect(page.get_by_text("No answer from the server").first).to_be_visible()
    page.get_by_role("button", name="Add the other 4").click()
    expect(
        page.get_by_role("main").get_by_text("The server asks for a break. It goes on in 4 seconds.")
    ).to_be_visible()
    expect(heading(page, "4 events added")).to_be_visible()
    assert (keys[0:3], keys[3]) == ([keys[0]] * 3, keys[4])
    assert len(set(keys)) == 4
    assert len(events(visitor, "import round")) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"x" * (1024 * 1024 + 1), "This file has 1.1 MiB, and at most 1 MiB fits."),
        (bytes(range(256)) * 100, "This is neither a calendar file nor a table with title and start."),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEV", "The calendar has no events."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(visitors: Visitors, content: bytes, words: str) -> None:
    visitor = visitors()
    visitor.context.request.post(f"{visitor.url}/api/session", data={"name": "Ada"})
    page = visitor.visit("/import")
    read(page, "odd.csv", content)
    expect(page.get_by_role("main").get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Add"))).to_have_count(0)


def test_the_example_can_be_imported(visitors: Visitors, tmp_path: Path) -> None:
    visitor = visitors()
    visitor.context.request.post(f"{visitor.url}/api/session", data={"name": "Ada"})
    page = visitor.visit("/import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download an example").click()
    assert download.value.suggested_filename == "turnout-example.csv"
    rows = read(page, "example.csv", download.value.path().read_bytes())
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("The Depot, hall 2")
    expect(rows.first.get_by_role("checkbox")).to_be_checked()
