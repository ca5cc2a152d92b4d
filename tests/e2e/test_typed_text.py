"""Text as people really enter it: pasted, and composed by an input method."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from visitor import Visitor, answer, card, create

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


def compose(page: Page, raw: str, picked: str) -> None:
    """Types ``raw`` with an input method, and picks ``picked`` with Enter, as Chromium reports it on macOS."""
    browser = page.context.new_cdp_session(page)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    browser.send("Input.imeSetComposition", {"text": raw, "selectionStart": len(raw), "selectionEnd": len(raw)})
    browser.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    browser.send("Input.insertText", {"text": picked})
    browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})


def test_enter_that_picks_a_candidate_is_no_tag(visitors: Visitors) -> None:
    page = visitors().visit("/new")
    field = page.get_by_role("textbox", name="Tags")
    field.focus()
    compose(page, "ぼーどげーむ", "ボードゲーム")
    expect(field).to_have_value("ボードゲーム")
    field.press("Enter")
    expect(page.get_by_role("list", name="Chosen tags").get_by_role("listitem")).to_have_text(["ボードゲーム"])


def test_enter_that_picks_a_candidate_sends_nothing_and_keeps_the_text(visitors: Visitors) -> None:
    page = visitors().visit("/new")
    page.get_by_role("textbox", name="Title").focus()
    compose(page, "おんがく", "音楽")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("音楽")
    assert page.url.endswith("/new")
    search = visitors().visit().get_by_label("Search events")
    search.focus()
    compose(search.page, "おんがく", "音楽")
    expect(search.page).to_have_url(re.compile(r"\?q=%E9%9F%B3%E6%A5%BD$"))
    expect(search).to_have_value("音楽")


def test_a_search_finds_what_is_typed_without_marks(visitors: Visitors) -> None:
    visitor = visitors()
    page = visitor.visit()
    title = "İstanbul, Nguyễn Đình, l’été, Ｆｕｌｌｗｉｄｔｈ, ΜΟΥΣΙΚΗΣ"  # noqa: RUF001 - as people write it
    create(page, title, name="Ada")
    for path in ("/", "/?when=mine"):
        visitor.visit(path)
        search = page.get_by_label("Search events")
        for words in ("istanbul", "nguyen", "dinh", "l'ete", "fullwidth", "μουσική"):
            search.fill("zoo")
            expect(card(page, title)).to_have_count(0)
            search.fill(words)
            expect(card(page, title)).to_be_visible()


def test_a_year_of_five_digits_makes_no_event_of_another_day(visitors: Visitors) -> None:
    page = visitors().visit("/new")
    page.get_by_role("textbox", name="Title").fill("In a long time")
    date = page.get_by_label("Start date")
    date.evaluate("(field) => { field.value = '20266-11-27'; field.dispatchEvent(new Event('input')) }")
    page.get_by_role("button", name="Create event").click()
    expect(page.get_by_text("Enter a year up to 2100.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
