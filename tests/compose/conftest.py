"""One deployment for all tests of this folder: built, started, and removed by the run, with all that belongs to it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from deployment import Deployment, docker_trouble

_FIGURES: Final = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):  # noqa: PTH120 - a str, as pytest gives it
            item.add_marker(pytest.mark.docker)
            item.add_marker(pytest.mark.timeout(600))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[_FIGURES]:
        terminalreporter.section("deployment")
        for each in config.stash[_FIGURES]:
            terminalreporter.line(each)


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tells a figure at the end of the run."""
    return request.config.stash[_FIGURES].append


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory, tell: Callable[[str], None]) -> Iterator[Deployment]:
    """The product on containers, with nothing but its defaults."""
    trouble = docker_trouble()
    if trouble is not None and os.environ.get("TURNOUT_REQUIRE_DOCKER"):
        pytest.fail(trouble)
    if trouble is not None:
        pytest.skip(trouble)
    no_secrets = tmp_path_factory.mktemp("secrets")
    no_secrets.chmod(0o755)
    made = Deployment(no_secrets)
    try:
        began = time.monotonic()
        made.compose("--profile", "operator", "build")
        tell(f"docker compose build: {time.monotonic() - began:.1f} s")
        tell(f"docker compose up: everything healthy after {made.up():.1f} s")
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, since no other browser is downloaded."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.fail("no Chromium on PATH: `make test` installs it")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox", "--disable-gpu"]}
