"""Sharing an event by keyboard, and events in frames of another site."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from event_over_http import Guest
from playwright.sync_api import Browser, Page, expect
from turnout_process import TurnoutProcess, free_port, running_turnout
from visitor import Visitor, answer, create, enter_name

Visitors = Callable[..., Visitor]


@contextmanager
def site_with(html: str) -> Iterator[str]:
    """Another site on a port of its own, whose only page is ``html``; the address of the page."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """A product that any page may frame."""
    data = tmp_path_factory.mktemp("framed") / "data"
    with running_turnout(data, env={"TURNOUT_EMBED_ORIGINS": "*"}) as turnout:
        yield turnout


def by_keyboard(page: Page, name: str, part: str = "dialog") -> None:
    """Presses the button of that part of the page."""
    page.get_by_role(part, exact=True).get_by_role("button", name=name, exact=True).focus()  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def test_an_event_is_shared_by_keyboard(visitors: Visitors) -> None:
    host = visitors(permissions=["clipboard-read", "clipboard-write"])
    page = host.visit()
    create(page, "Share me", seats=3, name="Olga")
    by_keyboard(page, "Share", "main")
    dialog = page.get_by_role("dialog", name="Share")
    link = dialog.get_by_role("textbox", name="Link")
    expect(link).to_be_focused()
    event = page.url.rsplit("/", 1)[1]
    assert link.input_value() == f"{host.url}/e/{event}"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link.input_value()
    by_keyboard(page, "QR code")
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(dialog.get_by_test_id("embed")).to_have_count(0)  # the operator allows no frames
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    guest = visitors().page
    guest.goto(f"{host.url}/e/{event}")
    expect(guest).to_have_url(f"{host.url}/events/{event}")
    answer(guest).get_by_role("button", name="Join").click()
    enter_name(guest, "Ada")
    expect(guest.get_by_text("Know someone who'd like this?")).to_be_visible()


def test_the_notice_of_a_new_event_offers_to_share_it(visitors: Visitors) -> None:
    page = visitors().visit()
    create(page, "Just made", name="Olga")
    page.get_by_test_id("notice").get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog", name="Share")).to_be_visible()


def test_the_dialog_of_the_device_gets_the_link(visitors: Visitors) -> None:
    host = visitors()
    host.page.add_init_script("navigator.share = (data) => { window.sent = data; return Promise.resolve() }")
    page = host.visit()
    create(page, "Send me", name="Olga")
    by_keyboard(page, "Share", "main")
    by_keyboard(page, "Send…")
    page.wait_for_function("() => window.sent !== undefined")
    event = page.url.rsplit("/", 1)[1]
    assert page.evaluate("window.sent") == {"title": "Send me", "url": f"{host.url}/e/{event}"}


def test_a_frame_of_another_site_shows_the_event_live(browser: Browser, framed: TurnoutProcess) -> None:
    visitor = Visitor(browser.new_context(locale="en-GB"), framed.url)
    create(visitor.visit(), "Framed", seats=3, name="Olga")
    by_keyboard(visitor.page, "Share", "main")
    snippet = visitor.page.get_by_test_id("embed").get_by_role("textbox").input_value()
    path = visitor.page.url.removeprefix(framed.url)
    elsewhere = browser.new_context(locale="en-GB").new_page()
    with site_with(f"<!doctype html><title>Blog</title>{snippet}") as blog:
        elsewhere.goto(blog)
        frame = elsewhere.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Framed")).to_be_visible()
        expect(frame.get_by_role("status")).to_have_text("Live")
        expect(frame.get_by_test_id("seats")).to_have_text("0 of 3 going")
        expect(frame.get_by_role("banner")).to_have_count(0)
        with Guest(framed, "Ada") as ada:
            ada.join(path)
        expect(frame.get_by_test_id("seats")).to_have_text("1 of 3 going")
        with elsewhere.expect_popup() as opened:
            frame.get_by_role("link", name="Join on Turnout").click()
        expect(opened.value).to_have_url(framed.url + path)
        assert elsewhere.context.cookies(framed.url) == []
    elsewhere.context.close()
    assert visitor.problems == []
    visitor.context.close()


def test_a_frame_of_another_site_shows_the_events_of_a_tag(browser: Browser, framed: TurnoutProcess) -> None:
    with Guest(framed, "Olga") as olga:
        olga.create("Chess in a frame", tags=["chess & more"])
        olga.create("No chess in a frame")
    page = browser.new_context(locale="en-GB").new_page()
    with site_with(
        f'<iframe width=600 height=600 src="{framed.url}/embed/events?tag=chess%20%26%20more"></iframe>'
    ) as blog:
        page.goto(blog)
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Chess in a frame", exact=True)).to_be_visible()
        expect(frame.get_by_role("listitem")).to_have_count(1)
        expect(frame.get_by_role("heading", level=1)).to_have_text("Events: chess & more")
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/events/x", "/new"])
def test_other_pages_are_never_framed(browser: Browser, framed: TurnoutProcess, path: str) -> None:
    assert is_refused(browser, framed.url + path)


def test_no_page_is_framed_unless_the_operator_allows_it(browser: Browser, turnout: TurnoutProcess) -> None:
    assert is_refused(browser, f"{turnout.url}/embed/events")


def test_only_the_named_sites_frame_events(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with running_turnout(tmp_path / "data", env={"TURNOUT_EMBED_ORIGINS": f"http://127.0.0.1:{port}"}) as turnout:
        assert is_refused(browser, f"{turnout.url}/embed/events")


def is_refused(browser: Browser, address: str) -> bool:
    """True if a page of another site gets no page in its frame."""
    page = browser.new_context().new_page()
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    with site_with(f'<iframe src="{address}"></iframe>') as blog:
        page.goto(blog)
        page.wait_for_load_state("networkidle")
        frames = [each for each in page.frames if each.url.startswith(address)]
    page.context.close()
    return not frames and any("frame-ancestors" in each for each in refusals)
