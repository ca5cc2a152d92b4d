"""Fixtures for tests that drive the product with a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromium
import pytest
from playwright.sync_api import Browser, expect
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor

expect.set_options(timeout=15_000)  # enough for a slow machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder, which run after all others."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launches Debian's Chromium, since the project downloads no other browser."""
    return {**browser_type_launch_args, "executable_path": chromium.executable(), "args": list(chromium.FLAGS)}


@pytest.fixture(scope="session")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """One running product for all browser tests; each test creates its own events."""
    with running_turnout(tmp_path_factory.mktemp("product") / "data") as turnout:
        yield turnout


@pytest.fixture
def visitors(browser: Browser, turnout: TurnoutProcess) -> Iterator[Any]:
    """Each call ``visitors()`` opens a new browser context. A test fails if a page reported an error."""
    made: list[Visitor] = []

    def visitor(**options: Any) -> Visitor:
        options = {"locale": "en-GB", "timezone_id": "Europe/Vienna", **options}
        made.append(Visitor(browser.new_context(**options), turnout.url))
        return made[-1]

    yield visitor
    problems = [problem for each in made for problem in each.problems]
    for each in made:
        each.context.close()
    assert problems == []
