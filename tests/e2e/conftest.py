"""Fixtures for tests that drive the product with a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import chromium
import pytest
from playwright.sync_api import Browser, BrowserType, Error, Page, Response, expect
from turnout_process import TurnoutProcess, running_turnout
from visitor import NETWORK_CHANGED, visiting

_NETWORK_CHANGES_MAX: Final = 5  # during one navigation

expect.set_options(timeout=15_000)  # enough for a slow machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder, which run after all others."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launches Debian's shell of Chromium, since the project downloads no other browser."""
    return {**browser_type_launch_args, "executable_path": chromium.shell(), "args": list(chromium.FLAGS)}


@pytest.fixture(scope="session", autouse=True)
def _outlast_network_changes() -> Iterator[None]:
    """Navigates again if Docker made or removed a network: Chromium then ends all requests (its issue 41465264)."""
    goto = Page.goto

    def try_again(page: Page, *arguments: Any, **options: Any) -> Response | None:
        for _ in range(_NETWORK_CHANGES_MAX):
            try:
                return goto(page, *arguments, **options)
            except Error as error:
                if NETWORK_CHANGED not in error.message:
                    raise
        return goto(page, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "goto", try_again)
        yield


@pytest.fixture(scope="session")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """One running product for all browser tests; each test creates its own events."""
    with running_turnout(tmp_path_factory.mktemp("product") / "data") as turnout:
        yield turnout


@pytest.fixture
def visitors(browser: Browser, turnout: TurnoutProcess) -> Iterator[Any]:
    """Each call ``visitors()`` opens a new browser context. A test fails if a page reported an error."""
    with visiting(browser, turnout.url) as visitor:
        yield visitor


@pytest.fixture
def whole_browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser with all that the shell leaves out, such as push messages."""
    browser = browser_type.launch(**browser_type_launch_args | {"executable_path": chromium.executable()})
    yield browser
    browser.close()
