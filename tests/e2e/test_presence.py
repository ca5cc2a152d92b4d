"""A page that nobody can see, or that no longer runs, does not count as looking."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor, create

Visitors = Callable[..., Visitor]

BEAT_MS: Final = 1_000
ALONE: Final = "Only you are looking"
TWO: Final = "1 other is looking"


@pytest.fixture(scope="module")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """A product whose beats are short, so that a test waits little; a busy machine keeps them."""
    data = tmp_path_factory.mktemp("presence") / "data"
    with running_turnout(data, env={"TURNOUT_BEAT_MS": str(BEAT_MS)}) as turnout:
        yield turnout


def open_event(visitors: Visitors, title: str) -> Page:
    page = visitors().visit()
    create(page, title, name="Ada")
    expect(page.get_by_test_id("looking")).to_have_text(ALONE)
    return page


def renderers(browser: Browser) -> set[int]:
    """The processes that run the scripts of pages."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return {each["id"] for each in processes if each["type"] == "renderer"}


def test_a_stopped_page_is_not_looking(visitors: Visitors, browser: Browser) -> None:
    """The network process of the browser goes on, and answers pings."""
    page = open_event(visitors, "With a stopped visitor")
    before = renderers(browser)
    visitors().visit(f"/events/{page.url.rpartition('/')[2]}")
    expect(page.get_by_test_id("looking")).to_have_text(TWO)
    stopped = renderers(browser) - before
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        expect(page.get_by_test_id("looking")).to_have_text(ALONE)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    expect(page.get_by_test_id("looking")).to_have_text(TWO)


def test_a_hidden_page_is_not_looking(visitors: Visitors) -> None:
    page = open_event(visitors, "With a hidden visitor")
    hidden = visitors().visit(f"/events/{page.url.rpartition('/')[2]}")
    expect(page.get_by_test_id("looking")).to_have_text(TWO)
    show = """(state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
    }"""
    hidden.evaluate(show, "hidden")
    expect(page.get_by_test_id("looking")).to_have_text(ALONE)
    hidden.evaluate(show, "visible")
    expect(page.get_by_test_id("looking")).to_have_text(TWO)
