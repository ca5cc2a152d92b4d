"""Text as people really enter it: pasted, and composed by an input method."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from visitor import Visitor, answer, create

pytestmark = pytest.mark.browser
Visitors = Callable[..., Visitor]


def paste(page: Page, label: str, text: str) -> None:
    """Inserts text as a paste does, which obeys ``maxlength``; ``fill`` does not."""
    page.get_by_role("textbox", name=label).focus()
    page.keyboard.insert_text(text)


def chosen_tags(page: Page) -> list[str]:
    return page.get_by_role("list", name="Chosen tags").get_by_role("listitem").all_inner_texts()


def test_pasted_tags_are_all_there(visitors: Visitors) -> None:
    page = visitors().visit("/new")
    paste(page, "Tags", "live music, outdoors, family friendly, dogs welcome")
    expect(page.get_by_role("list", name="Chosen tags").get_by_role("listitem")).to_have_count(4)
    assert chosen_tags(page) == ["live music", "outdoors", "family friendly", "dogs welcome"]


def test_no_field_cuts_what_is_pasted(visitors: Visitors) -> None:
    page = visitors().visit()
    paste_into = page.get_by_label("Search events")
    paste_into.focus()
    page.keyboard.insert_text("x" * 101)
    expect(page.get_by_role("alert")).to_have_text("A search can have up to 100 characters. Remove 1.")
    expect(paste_into).to_have_value("x" * 101)
    page.goto(page.url.split("?")[0] + "new")
    paste(page, "Tags", "y" * 25 + ",")
    expect(page.get_by_text("1 character too many. A tag has up to 24.")).to_be_visible()
    assert chosen_tags(page) == ["y" * 25]


def test_pasted_marks_that_nobody_sees_are_no_problem(visitors: Visitors) -> None:
    page = visitors().visit()
    create(page, "Before", name="\u2068Ada Lovelace\u2069")
    page.get_by_role("link", name="Edit event").click()
    page.get_by_role("textbox", name="Description").fill("Call \u202a+43 660 1234567\u202c\u000bor write")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Call +43 660 1234567\nor write", exact=False)).to_be_visible()
    expect(answer(page)).to_be_visible()
