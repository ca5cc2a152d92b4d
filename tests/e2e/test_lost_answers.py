"""A write whose answer is lost has one effect, however often a person presses again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Page, Route, expect
from visitor import Visitor, create, enter_name, sign_out

Visitors = Callable[..., Visitor]
NO_ANSWER = "No answer from the server, so we don't know yet if that worked."


@contextmanager
def lost_answers(page: Page, method: str, path: str) -> Iterator[list[str | None]]:
    """The server gets each such request, and the page gets no answer. Yields the Idempotency-Keys of the requests."""
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        if route.request.method != method:
            route.fallback()
            return
        headers = route.request.all_headers()
        keys.append(headers.get("idempotency-key"))
        assert httpx.request(method, route.request.url, headers=headers, content=route.request.post_data).is_success
        route.abort()

    page.route(path, lose)
    yield keys
    page.unroute(path, lose)


def titles(visitor: Visitor, words: str) -> list[str]:
    items = httpx.get(f"{visitor.url}/api/events", params={"q": words}).json()["items"]
    return [item["title"] for item in items if item["kind"] == "card"]


def test_creating_again_makes_one_event(visitors: Visitors) -> None:
    ada = visitors()
    page = ada.visit()
    create(page, "The event before", name="Ada")
    page.goto(f"{ada.url}/new")
    page.get_by_role("textbox", name="Title").fill("Pressed twice")
    with lost_answers(page, "POST", "**/api/events") as keys:
        page.get_by_role("button", name="Create event").click()
        expect(page.get_by_role("alert")).to_contain_text(NO_ANSWER)
    page.get_by_role("button", name="Create event").click()
    expect(page.get_by_role("heading", level=1, name="Pressed twice")).to_be_visible()
    assert (len(keys), len(set(keys)), titles(ada, "Pressed twice")) == (2, 1, ["Pressed twice"])


def test_saving_again_is_no_conflict_with_oneself(visitors: Visitors) -> None:
    ada = visitors()
    page = ada.visit()
    create(page, "Saved twice", name="Ada")
    page.get_by_role("link", name="Edit event").click()
    title = page.get_by_role("textbox", name="Title")
    title.fill("Saved twice, first")
    with lost_answers(page, "PATCH", "**/api/events/*"):
        page.get_by_role("button", name="Save changes").click()
        expect(page.get_by_role("alert")).to_contain_text(NO_ANSWER)
    title.fill("Saved twice, second")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("heading", level=1, name="Saved twice, second")).to_be_visible()


def test_signing_up_again_makes_one_guest(visitors: Visitors) -> None:
    ada = visitors()
    page = ada.visit("/new")
    page.get_by_role("textbox", name="Title").fill("Signed up twice")
    page.get_by_role("button", name="Create event").click()
    dialog = page.get_by_role("dialog", name="What's your name?")
    dialog.get_by_label("Your name").fill("Ada")
    with lost_answers(page, "POST", "**/api/session") as keys:
        dialog.get_by_role("button", name="Create event").click()
        expect(dialog.get_by_role("alert")).to_contain_text(NO_ANSWER)
    with page.expect_response("**/api/session") as answer:
        enter_name(page, "Ada")
    assert answer.value.headers["idempotent-replayed"] == "true"
    assert answer.value.request.headers["idempotency-key"] in keys
    expect(page.get_by_role("heading", level=1, name="Signed up twice")).to_be_visible()


def test_a_sign_out_without_an_answer_shows_once_the_session_has_ended(visitors: Visitors) -> None:
    """The live view of the person ends with their session, so the page learns of it without an answer."""
    ada = visitors()
    page = ada.visit()
    create(page, "Signed out twice", name="Ada")
    with lost_answers(page, "DELETE", "**/api/sessions/current") as keys:
        sign_out(page)
        expect(page.get_by_test_id("notice").filter(has_text=NO_ANSWER)).to_be_visible()
    assert (len(keys), len(set(keys)), None in keys) == (2, 1, False)
    expect(page.get_by_test_id("who")).to_have_count(0)
