"""One visitor stays one guest: in several tabs, and however a session begins or ends."""

from collections.abc import Callable

from playwright.sync_api import expect
from visitor import Visitor, answer, create, enter_name, expect_live, expect_person, sign_out

Visitors = Callable[..., Visitor]


def test_a_second_tab_acts_as_the_guest_of_the_first(visitors: Visitors) -> None:
    ada = visitors()
    first = ada.visit()
    create(first, "Chess in two tabs", name="Ada")
    where = first.url
    sign_out(first)
    expect(first.get_by_test_id("who")).to_have_count(0)
    second = ada.open_tab(where)
    expect_live(second)
    create(first, "Go in two tabs", name="Ada")
    expect(second.get_by_test_id("who")).to_have_text("Ada")
    expect(second.get_by_test_id("person")).to_have_accessible_name("You're \u2068Ada\u2069: menu")
    answer(second).get_by_role("button", name="Join").click()
    expect(answer(second)).to_contain_text("You're going")
    expect(second.get_by_role("dialog")).to_have_count(0)
    first.reload()
    expect(first.get_by_role("link", name="Edit event")).to_be_visible()


def test_a_tab_that_missed_the_sign_up_asks_the_server(visitors: Visitors) -> None:
    """A frozen or restored tab gets no report of another tab."""
    ada, grace = visitors(), visitors()
    page = grace.visit()
    create(page, "A seat for Ada", seats=3, name="Grace")
    where = page.url.removeprefix(grace.url)
    first = ada.visit(where)
    expect_live(first)
    made = ada.context.request.post(f"{ada.url}/api/session", data={"name": "Ada"}).json()["user"]
    answer(first).get_by_role("button", name="Join").click()
    expect(answer(first)).to_contain_text("You're going")
    expect(first.get_by_test_id("who")).to_have_text("Ada")
    expect_person(page, "Going", "Ada")
    assert ada.context.request.get(f"{ada.url}/api/session").json()["user"] == made


def test_a_sign_up_in_two_tabs_makes_one_guest(visitors: Visitors) -> None:
    """Both tabs ask for a name at the same time; the second one gets the session of the first."""
    ada = visitors()
    first = ada.visit()
    create(first, "Two dialogs", name="Ada")
    where = first.url
    ada.context.clear_cookies()
    first.goto(where)
    second = ada.open_tab(where)
    for page in (first, second):
        answer(page).get_by_role("button", name="Join").click()
        expect(page.get_by_role("dialog", name="What's your name?")).to_be_visible()
    enter_name(first, "Grace")
    enter_name(second, "Eve")
    expect(second.get_by_test_id("notice")).to_contain_text("You're already here as \u2068Grace\u2069.")
    for page in (first, second):
        expect(page.get_by_test_id("who")).to_have_text("Grace")
        expect_person(page, "Going", "Grace")


def test_a_session_that_was_lost_is_asked_for_once_more(visitors: Visitors) -> None:
    ada = visitors()
    first = ada.visit()
    create(first, "A lost cookie", name="Ada")
    second = ada.open_tab(first.url)
    expect(second.get_by_test_id("who")).to_have_text("Ada")
    ada.context.clear_cookies()
    answer(first).get_by_role("button", name="Join").click()
    enter_name(first, "Grace")
    expect(answer(first)).to_contain_text("You're going")
    expect(second.get_by_test_id("who")).to_have_text("Grace")
