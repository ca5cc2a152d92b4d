"""A browser that keeps no cookie is told so once, and makes no guest at each press."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromium
import httpx
from playwright.sync_api import BrowserType, Page, Request, Route, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, create, enter_name

Visitors = Callable[..., Visitor]
BLOCKED = "Your browser doesn't keep our cookie"
BLOCK_COOKIES = {"profile": {"default_content_setting_values": {"cookies": 2}}}


def count_sign_ups(page: Page) -> list[str]:
    """The addresses of the sign-ups that the page sends; the list grows."""
    sign_ups: list[str] = []

    def on_request(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/api/session"):
            sign_ups.append(request.url)

    page.on("request", on_request)
    return sign_ups


def test_a_cookie_that_does_not_come_back_stops_the_sign_ups(visitors: Visitors) -> None:
    """As behind a proxy that drops the header, or in a browser that refuses the cookie without saying so."""
    ada, grace = visitors(), visitors()
    page = grace.visit()
    create(page, "No cookies here", seats=3, name="Grace")

    def strip(route: Route) -> None:
        request = route.request
        sent = httpx.request(
            request.method, request.url, headers=request.all_headers(), content=request.post_data_buffer
        )
        route.fulfill(status=sent.status_code, body=sent.content, content_type=sent.headers["content-type"])

    other = ada.visit(page.url.removeprefix(grace.url))
    other.route("**/api/session", strip)
    sign_ups = count_sign_ups(other)
    answer(other).get_by_role("button", name="Join").click()
    enter_name(other, "Ada")
    expect(answer(other)).to_contain_text(BLOCKED)
    answer(other).get_by_role("button", name="Join").click()
    expect(answer(other)).to_contain_text(BLOCKED)
    expect(other.get_by_role("dialog")).to_have_count(0)
    assert len(sign_ups) == 1


def test_a_browser_without_cookies_signs_nobody_up(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], turnout: TurnoutProcess, tmp_path: Path
) -> None:
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(BLOCK_COOKIES))
    whole_browser = browser_type_launch_args | {"executable_path": chromium.executable()}  # the shell has no settings
    with browser_type.launch_persistent_context(tmp_path, **whole_browser) as context:
        errors: list[str] = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        sign_ups = count_sign_ups(page)
        page.goto(f"{turnout.url}/new")
        page.get_by_role("textbox", name="Title").fill("Without cookies")
        for _ in range(2):
            page.get_by_role("button", name="Create event").click()
            expect(page.get_by_role("alert")).to_contain_text(BLOCKED)
        expect(page.get_by_role("textbox", name="Title")).to_have_value("Without cookies")
        assert (sign_ups, errors) == ([], [])
