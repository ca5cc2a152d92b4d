"""Hosts, guests and moderators in two browsers: requests, invitations, the end of a role, and a hidden event."""

import re
from collections.abc import Callable

from moderators import add_moderator
from playwright.sync_api import Locator, Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, create, enter_name

Visitors = Callable[..., Visitor]

PAGE_CHANGES_WITHIN_MS = 1_000


def choose(page: Page, *choices: str) -> None:
    """Chooses who sees an event and who joins, in the open form of a new event."""
    page.get_by_test_id("privacy").locator("summary").click()
    for choice in choices:
        page.get_by_role("radio", name=choice).first.check()


def create_with(page: Page, title: str, *choices: str, name: str) -> str:
    """Creates an event with choices of privacy, and returns the path of its page."""
    create(page, title, name=name)
    page.get_by_role("link", name="Edit event").click()
    choose(page, *choices)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page.url


def desk(page: Page) -> Locator:
    return page.get_by_test_id("desk")


def make_link(page: Page, role: str) -> str:
    """Makes an invitation link and returns it."""
    desk(page).get_by_label("For", exact=True).select_option(role)
    desk(page).get_by_role("button", name="Make a link").click()
    field = desk(page).get_by_role("textbox", name=f"Link for {role.lower()}")
    expect(field).to_be_visible()
    return field.input_value()


def test_an_approved_guest_sees_it_within_a_second(visitors: Visitors) -> None:
    host, guest = visitors().visit(), visitors()
    address = create_with(host, "Supper by request", "By request", name="Olga")
    page = guest.page
    page.goto(address)
    answer(page).get_by_role("button", name="Ask to join").click()
    enter_name(page, "Bo")
    expect(answer(page)).to_contain_text("Asked: waiting for the hosts")
    expect(desk(host).get_by_role("heading", name="Guests: 1 request")).to_be_visible()
    desk(host).get_by_role("button", name="Approve Bo").click()
    expect(answer(page)).to_contain_text("You're going", timeout=PAGE_CHANGES_WITHIN_MS)
    expect(desk(host).get_by_role("heading", name="Guests", exact=True)).to_be_visible()


def test_a_link_opens_a_private_event(visitors: Visitors) -> None:
    host, guest = visitors().visit(), visitors()
    address = create_with(host, "Private supper", "Private", name="Olga")
    expect(host.get_by_text("Private. Only the hosts").first).to_be_visible()
    page = guest.page
    page.goto(address)
    expect(page.get_by_role("heading", name="We can't find this event")).to_be_visible()
    page.goto("about:blank")
    page.goto(make_link(host, "Guests"))
    expect(page.get_by_role("heading", name="You are invited to a private event.")).to_be_visible()
    assert page.url == address
    page.get_by_role("button", name="Accept invitation").click()
    enter_name(page, "Bo")
    expect(page.get_by_role("heading", level=1, name="Private supper")).to_be_visible()
    answer(page).get_by_role("button", name="Join").click()
    expect(answer(page)).to_contain_text("You're going")


def test_a_removed_cohost_loses_the_desk(visitors: Visitors) -> None:
    host, other = visitors().visit(), visitors()
    create(host, "Supper of two hosts", name="Olga")
    page = other.page
    page.goto(make_link(host, "Co-hosts"))
    page.get_by_role("button", name="Accept invitation").click()
    enter_name(page, "Bo")
    expect(desk(page)).to_be_visible()
    expect(page.get_by_role("heading", name="You host this")).to_be_visible()
    desk(host).get_by_role("button", name="Remove Bo as a co-host").click()
    host.get_by_role("alertdialog").get_by_role("button", name="Remove co-host").click()
    expect(desk(page)).to_have_count(0, timeout=PAGE_CHANGES_WITHIN_MS)
    expect(page.get_by_test_id("tools")).to_have_count(0)


def test_a_hidden_event_leaves_every_list(visitors: Visitors, turnout: TurnoutProcess) -> None:
    moderator, other = visitors(), visitors()
    session = moderator.context.request.post(f"{moderator.url}/api/session", data={"name": "Mo"}).json()
    add_moderator(turnout, session["user"]["id"])
    page = other.visit()
    create(page, "Free money", name="Olga")
    address = page.url
    page.goto(f"{other.url}/?q=money")
    expect(card(page, "Free money")).to_be_visible()
    theirs = moderator.page
    theirs.goto(address)
    theirs.get_by_role("button", name="Report").click()
    theirs.get_by_role("dialog").get_by_label("Reason").fill("It is a fraud")
    theirs.get_by_role("dialog").get_by_role("button", name="Report").click()
    expect(theirs.get_by_test_id("notice")).to_have_text(re.compile("^Thank you"))
    theirs.goto(f"{moderator.url}/moderation")
    theirs.get_by_test_id("report").filter(has_text="Free money").get_by_role("button", name="Hide event").click()
    theirs.get_by_role("dialog").get_by_label("Reason").fill("Fraud")
    theirs.get_by_role("dialog").get_by_role("button", name="Hide event").click()
    expect(theirs.get_by_test_id("audit")).to_contain_text(re.compile("Mo.* hid .*Free money"))
    visitor = visitors().visit("/?q=money")
    expect(visitor.get_by_test_id("total")).to_be_visible()
    expect(card(visitor, "Free money")).to_have_count(0)
    expect(card(page, "Free money")).to_have_count(0)
