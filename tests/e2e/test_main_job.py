"""The main job in several browsers at once: create, join, leave, edit, cancel; every change reaches all of them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect
from tcp_forwarder import TcpForwarder
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, create, enter_name, expect_person, people

Visitors = Callable[..., Visitor]


def test_a_join_reaches_another_browser(visitors: Visitors) -> None:
    ada, grace = visitors(), visitors()
    watching = grace.visit()
    expect(watching.get_by_role("status").filter(has_text="Live")).to_be_visible()

    page = ada.visit()
    create(page, "Board games in the depot", seats=3, name="Ada")
    shown = card(watching, "Board games in the depot")
    expect(shown).to_be_visible()
    expect(shown).to_contain_text("by Ada")

    shown.get_by_role("button", name="Join").click()
    enter_name(watching, "Grace")
    expect(shown.get_by_role("button", name="Can't make it")).to_be_visible()
    expect(people(page, "Going")).to_have_count(1)
    expect_person(page, "Going", "Grace")

    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("textbox", name="Title").fill("Board games, new room")
    page.get_by_role("button", name="Save changes").click()
    expect(card(watching, "Board games, new room")).to_be_visible()

    renamed = card(watching, "Board games, new room")
    renamed.get_by_role("button", name="Can't make it").click()
    expect(renamed.get_by_role("button", name="Join")).to_be_visible()
    expect(page.get_by_text("No one yet")).to_be_visible()

    page.get_by_role("button", name="Delete event").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete event").click()
    expect(renamed.get_by_role("button", name="Join")).to_have_count(0)


def test_no_step_of_a_new_guest_is_an_error_in_the_console(visitors: Visitors) -> None:
    ada = visitors()
    page = ada.visit()
    create(page, "A quiet evening", seats=3, name="Ada")
    answer(page).get_by_role("button", name="Join").click()
    expect(answer(page)).to_contain_text("You're going")
    answer(page).get_by_role("button", name="Can't make it").click()
    expect(answer(page).get_by_role("button", name="Join")).to_be_visible()
    page.get_by_role("button", name="Call off event").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Call off event").click()
    expect(page.get_by_role("button", name="Call off event")).to_have_count(0)
    assert ada.console_errors == []


def test_a_promotion_reaches_every_browser(visitors: Visitors) -> None:
    ada, grace, edsger = (visitors() for _ in range(3))
    page = ada.visit()
    create(page, "One seat only", seats=1, name="Ada")
    answer(page).get_by_role("button", name="Join").click()
    expect(answer(page)).to_contain_text("You're going")

    where = page.url.removeprefix(ada.url)
    other = grace.visit(where)
    answer(other).get_by_role("button", name="Join waitlist").click()
    enter_name(other, "Grace")
    expect(answer(other)).to_contain_text("You're number 1 on the waitlist")

    third = edsger.visit(where)
    expect(third.get_by_test_id("looking")).to_have_text("2 others are looking")
    expect_person(third, "Waitlist", "Grace")

    answer(page).get_by_role("button", name="Can't make it").click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("\u2068Grace\u2069 gets your seat.")
    asked.get_by_role("button", name="Give up seat").click()
    expect(answer(other)).to_contain_text("You're going")
    expect_person(third, "Going", "Grace")


def test_a_party_that_can_never_fit_is_told_and_asks_for_fewer_seats(visitors: Visitors) -> None:
    olga, ada, ben = visitors(), visitors(), visitors()
    page = olga.visit()
    create(page, "Six seats, then five", seats=6, name="Olga")
    where = page.url.removeprefix(olga.url)
    for visitor, seats, name in ((ada, 5, "Ada"), (ben, 6, "Ben")):
        visitor.visit(where)
        for _ in range(seats - 1):
            visitor.page.get_by_role("button", name="One seat more").click()
        answer(visitor.page).get_by_role("button", name="Join").click()
        enter_name(visitor.page, name)
    expect(answer(ben.page)).to_contain_text("You're number 1 on the waitlist")

    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("textbox", name="Seats").fill("5")
    expect(
        page.get_by_role("status").filter(has_text="\u2068Ben\u2069 is waiting for more seats than that")
    ).to_be_visible()
    page.get_by_role("button", name="Save changes").click()
    expect(answer(ben.page)).to_contain_text("Your group doesn't fit any more")
    expect(answer(ben.page)).not_to_contain_text("number 1")

    answer(ada.page).get_by_role("button", name="Can't make it").click()
    expect(answer(ada.page)).to_contain_text("Are you coming?")
    answer(ben.page).get_by_role("button", name="Wait for 5 seats").click()
    expect(answer(ben.page)).to_contain_text("You're going")


def test_a_cancellation_reaches_every_browser(visitors: Visitors) -> None:
    ada, grace = visitors(), visitors()
    page = ada.visit()
    create(page, "Called off", name="Ada")
    other = grace.visit(page.url.removeprefix(ada.url))
    page.get_by_role("button", name="Call off event").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Call off event").click()
    expect(answer(other)).to_contain_text("Called off")
    expect(answer(other).get_by_role("button")).to_have_count(0)


def test_a_cut_connection_reconnects_and_converges(visitors: Visitors, turnout: TurnoutProcess) -> None:
    forwarder = TcpForwarder(turnout.port)
    try:
        ada, grace = visitors(), visitors()
        page = ada.visit()
        create(page, "Seen after the cut", seats=8, name="Ada")
        grace.url = forwarder.url
        other = grace.visit(page.url.removeprefix(ada.url))
        status = other.get_by_role("status").filter(has_text=re.compile("Live|Reconnecting|Offline"))
        expect(status).to_have_text("Live")
        expect(other.get_by_text("No one yet")).to_be_visible()
        forwarder.cut()
        expect(status).to_have_text("Reconnecting")
        answer(page).get_by_role("button", name="Join").click()
        expect(answer(page)).to_contain_text("You're going")
        expect(other.get_by_text("No one yet")).to_be_visible()
        forwarder.restore()
        expect(status).to_have_text("Live", timeout=40_000)
        expect_person(other, "Going", "Ada")
    finally:
        forwarder.close()


def test_a_rejection_shows_the_current_state(visitors: Visitors) -> None:
    ada, grace = visitors(), visitors()
    page = ada.visit()
    create(page, "The last seat", seats=1, name="Ada")
    where = page.url.removeprefix(ada.url)
    page.get_by_role("link", name="Edit event").click()
    page.get_by_label("Waitlist").uncheck()
    page.get_by_role("button", name="Save changes").click()
    expect(answer(page)).to_be_visible()
    other = grace.visit(where)
    expect(answer(other).get_by_role("button", name="Join")).to_be_visible()
    # Ada joins between Grace's click and the arrival of Grace's request at the server.

    def join_first(route: Route) -> None:
        _join(page)
        route.continue_()

    other.route("**/api/events/*/attendees", join_first)
    answer(other).get_by_role("button", name="Join").click()
    enter_name(other, "Grace")
    expect(answer(other)).to_have_attribute("data-state", re.compile("refused|full"))
    expect_person(other, "Going", "Ada")


def _join(page: Page) -> None:
    answer(page).get_by_role("button", name="Join").click()
    expect(answer(page)).to_contain_text("You're going")


def test_the_main_job_works_with_the_keyboard(visitors: Visitors) -> None:
    page = visitors().visit()
    create(page, "Typed, not clicked", seats=2, name="Ada")
    join = answer(page).get_by_role("button", name="Join")
    join.focus()
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("You're going")
    page.goto(page.url.rsplit("/events/", 1)[0])
    page.get_by_label("Search events").fill("typed not")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=typed"))
