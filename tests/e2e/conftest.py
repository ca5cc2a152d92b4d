"""Real browsers on the real product."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from turnout_process import Product, product
from visitor import Visitor

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=15_000)  # how long a slow machine may take; a fast one is not held up


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, since no other browser is downloaded."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.fail("no Chromium on PATH: `make test` installs it")
    return {**browser_type_launch_args, "executable_path": chromium, "args": _FLAGS}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all browser tests; each test makes events of its own."""
    with product(tmp_path_factory.mktemp("product") / "data") as it:
        yield it


@pytest.fixture
def visitors(browser: Browser, served: Product) -> Iterator[Any]:
    """Makes visitors: ``visitors()`` is a new browser context each time."""
    made: list[Visitor] = []

    def visitor(**options: Any) -> Visitor:
        options = {"locale": "en-GB", "timezone_id": "Europe/Vienna", **options}
        made.append(Visitor(browser.new_context(**options), served.url))
        return made[-1]

    yield visitor
    problems = [problem for each in made for problem in each.problems]
    for each in made:
        each.context.close()
    assert problems == []
