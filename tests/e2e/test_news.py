"""Every page shows the notices of a person, until they are seen on one of their devices."""

import re
from collections.abc import Callable

from accessibility import SCHEMES, serious_findings
from playwright.sync_api import Locator, Page, expect
from visitor import Visitor, answer, create, enter_name, sign_out

Visitors = Callable[..., Visitor]


def news(page: Page) -> Locator:
    """The notices, apart from the offer of a way back to a newcomer."""
    return page.get_by_test_id("notice").filter(has_not_text="Keep a way back")


def bell(page: Page) -> Locator:
    return page.get_by_test_id("bell")


def organize(visitors: Visitors, title: str, *, seats: int = 5) -> tuple[Page, str]:
    """An organizer with an event; returns the page and the path of the event."""
    ada = visitors()
    page = ada.visit()
    create(page, title, seats=seats, name="Ada")
    return page, page.url.removeprefix(ada.url)


def join(visitors: Visitors, path: str, name: str, button: str = "Join") -> tuple[Visitor, Page]:
    """A guest who joins, and looks at the list then."""
    visitor = visitors()
    page = visitor.visit(path)
    answer(page).get_by_role("button", name=button, exact=True).click()
    enter_name(page, name)
    expect(answer(page)).to_contain_text(re.compile("You're (going|number)"))
    page.get_by_role("link", name="All events", exact=True).click()
    expect(page).to_have_title("Events · Turnout")
    return visitor, page


def confirm(page: Page, button: str) -> None:
    page.get_by_role("alertdialog").get_by_role("button", name=button).click()


def test_a_removal_is_told_and_stays_until_it_is_closed(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "Taken off")
    _, page = join(visitors, path, "Grace")
    organizer.get_by_role("button", name="Remove Grace").click()
    confirm(organizer, "Remove")
    expect(news(page)).to_contain_text("You were taken off the list for")
    expect(page).to_have_title("(1) Events · Turnout")
    expect(page.get_by_test_id("announcements")).to_contain_text("You were taken off")
    page.reload()
    expect(news(page)).to_contain_text("You were taken off the list for")
    news(page).get_by_role("button", name="Close").click()
    expect(page).to_have_title("Events · Turnout")
    page.reload()
    expect(page.get_by_role("article").first).to_be_visible()
    expect(news(page)).to_have_count(0)


def test_signing_out_leaves_no_notices(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "Forgotten")
    _, page = join(visitors, path, "Grace")
    organizer.get_by_role("button", name="Call off event").click()
    confirm(organizer, "Call off event")
    expect(news(page)).to_contain_text("was called off.")
    sign_out(page)
    expect(bell(page)).to_have_count(0)
    expect(news(page).filter(has_text="Forgotten")).to_have_count(0)
    expect(page).to_have_title("Events · Turnout")


def test_a_promotion_is_told(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "Moved up", seats=1)
    answer(organizer).get_by_role("button", name="Join", exact=True).click()
    expect(answer(organizer)).to_contain_text("You're going")
    _, page = join(visitors, path, "Grace", "Join waitlist")
    answer(organizer).get_by_role("button", name="Can't make it").click()
    confirm(organizer, "Give up seat")
    expect(news(page)).to_contain_text("You moved up: you're going to")
    news(page).get_by_role("button", name="See event").click()
    expect(page.get_by_test_id("marks")).to_contain_text("You moved up: you were on the waitlist")
    expect(page).to_have_title("Moved up · Turnout")
    expect(news(page)).to_have_count(0)
    expect(news(organizer)).to_have_count(0)


def test_another_time_and_place_are_told_after_a_visit_too_and_marked(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "On the move")
    visitor, page = join(visitors, path, "Grace")
    page.close()

    organizer.get_by_role("link", name="Edit event").click()
    organizer.get_by_label("Start time").fill("20:15")
    organizer.get_by_role("textbox", name="Place").fill("Room 3")
    organizer.get_by_role("button", name="Save changes").click()
    expect(answer(organizer)).to_be_visible()
    expect(organizer.get_by_test_id("marks")).to_have_count(0)

    page = visitor.open_tab(visitor.url)
    expect(news(page)).to_contain_text(
        "is now 20:15 (was 19:30). It's now at \u2068Room 3\u2069 (was \u2068The Depot, hall 2\u2069)."
    )
    expect(page).to_have_title("(1) Events · Turnout")
    other = visitor.open_tab(visitor.url + path)
    marks = other.get_by_test_id("marks")
    expect(marks).to_contain_text("was 19:30")
    expect(marks).to_contain_text("was The Depot, hall 2")
    expect(marks).to_contain_text("New place")
    # It is seen, so the first tab says nothing any more.
    expect(news(page)).to_have_count(0)
    expect(page).to_have_title("Events · Turnout")


def test_an_event_that_is_called_off_and_one_that_is_deleted(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "Off and gone")
    _, page = join(visitors, path, "Grace")
    organizer.get_by_role("button", name="Call off event").click()
    confirm(organizer, "Call off event")
    expect(news(page)).to_contain_text("was called off.")
    expect(organizer.get_by_test_id("notice")).to_have_count(1)
    organizer.get_by_role("button", name="Delete event").click()
    confirm(organizer, "Delete event")
    expect(news(page)).to_contain_text("was deleted.")
    expect(news(page)).to_have_count(1)


def test_own_actions_are_no_news_in_any_tab(visitors: Visitors) -> None:
    _, path = organize(visitors, "My own doing")
    visitor, page = join(visitors, path, "Grace")
    other = visitor.open_tab(visitor.url + path)
    answer(other).get_by_role("button", name="Can't make it").click()
    expect(answer(other)).to_contain_text("Are you coming?")
    answer(other).get_by_role("button", name="Join", exact=True).click()
    expect(answer(other)).to_contain_text("You're going")
    answer(other).get_by_role("button", name="Can't make it").click()
    expect(answer(other)).to_contain_text("Are you coming?")
    # Something that is news comes after it, so that there is no need to wait for nothing.
    organizer, second = organize(visitors, "And then")
    other.goto(visitor.url + second)
    answer(other).get_by_role("button", name="Join", exact=True).click()
    expect(answer(other)).to_contain_text("You're going")
    other.get_by_role("link", name="All events", exact=True).click()
    organizer.get_by_role("button", name="Call off event").click()
    confirm(organizer, "Call off event")
    expect(news(page)).to_have_text(re.compile("And then.*was called off"))
    expect(news(page)).to_have_count(1)


def test_a_notice_that_is_read_on_one_device_is_read_on_the_other(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "Two devices", seats=1)
    answer(organizer).get_by_role("button", name="Join", exact=True).click()
    expect(answer(organizer)).to_contain_text("You're going")
    visitor, phone = join(visitors, path, "Grace", "Join waitlist")
    code = visitor.context.request.post(f"{visitor.url}/api/codes").json()["code"]
    other = visitors()
    signed_in = other.context.request.post(f"{other.url}/api/sign-in", data={"way": "code", "code": code})
    assert signed_in.status == 201
    laptop = other.visit()
    answer(organizer).get_by_role("button", name="Can't make it").click()
    confirm(organizer, "Give up seat")
    for page in (phone, laptop):
        expect(bell(page)).to_have_accessible_name("Notices, 1 unread")
        expect(news(page)).to_contain_text("You moved up: you're going to")
    # By keyboard alone.
    bell(laptop).focus()
    laptop.keyboard.press("Enter")
    row = laptop.get_by_role("list", name="Notices").get_by_test_id("notice-row")
    expect(row).to_contain_text("New")
    for page in (phone, laptop):
        expect(bell(page)).to_have_accessible_name("Notices")
        expect(news(page)).to_have_count(0)
    expect(phone).to_have_title("Events · Turnout")
    row.get_by_role("link").focus()
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("heading", level=1, name="Two devices")).to_be_visible()


def test_the_page_of_notices_is_accessible(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "For all to read")
    _, page = join(visitors, path, "Grace")
    organizer.get_by_role("link", name="Edit event").click()
    organizer.get_by_role("textbox", name="Place").fill("Room 3")
    organizer.get_by_role("button", name="Save changes").click()
    expect(answer(organizer)).to_be_visible()
    bell(page).click()
    expect(page.get_by_test_id("notice-row")).to_contain_text("Place: The Depot, hall 2")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert serious_findings(page) == []


def test_a_host_writes_to_the_guests_and_a_guest_reports_it(visitors: Visitors) -> None:
    organizer, path = organize(visitors, "Worth a word")
    _, page = join(visitors, path, "Grace")
    organizer.get_by_role("button", name="Message guests").click()
    dialog = organizer.get_by_role("dialog", name="Message the guests of")
    expect(dialog.get_by_test_id("recipients")).to_have_text("1 person gets it.")
    dialog.get_by_role("textbox", name="Message").fill("Bring a coat.")
    dialog.get_by_role("button", name="Send message").click()
    expect(dialog).to_have_count(0)
    expect(news(page)).to_contain_text("wrote to the guests of")
    expect(news(page)).to_contain_text("Bring a coat.")
    bell(page).click()
    page.get_by_role("button", name="Report message").click()
    report = page.get_by_role("dialog", name="Report the message about")
    report.get_by_role("textbox", name="Reason").fill("I have no coat")
    report.get_by_role("button", name="Report", exact=True).click()
    expect(report).to_have_count(0)
    expect(page.get_by_test_id("notice").filter(has_text="Thank you.")).to_be_visible()
