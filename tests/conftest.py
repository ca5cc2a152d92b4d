"""Fixtures of all tests. They use a real Valkey: embedded, or in a container with ``TURNOUT_TEST_VALKEY``."""

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from testcontainers.community.redis import RedisContainer
from xdist.scheduler.loadscope import LoadScopeScheduling

from turnout.valkey.embedded import embedded_valkey
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.identity import Identity

BACKEND = os.environ.get("TURNOUT_TEST_VALKEY", "embedded")  # or the image of a container, such as valkey/valkey:9
_FIGURES: Final = pytest.StashKey[list[str]]()
_CONTAINER_COMMAND = "valkey-server --protected-mode no --appendonly yes --appendfsync always --save ''"

# Seeded, so that failures are reproducible; no deadline, because no property depends on speed.
settings.register_profile("seeded", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seeded")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Runs container tests first, because they take longest, and browser tests last.

    Playwright's event loop stays running, so later tests in the process could not start one. With Valkey in a container
    only the tests that use it run, since the others would only be repeated.
    """
    if BACKEND != "embedded":
        others = [each for each in items if "_server" not in getattr(each, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        left_out = set(others)
        items[:] = [each for each in items if each not in left_out]

    def order(item: pytest.Item) -> tuple[bool, bool]:
        return item.get_closest_marker("browser") is not None, item.get_closest_marker("docker") is None

    items.sort(key=order)


class OneDeployment(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Runs the tests of containers in one worker, since they share a deployment, and each other test anywhere.

    The groups of pytest-xdist 3.8 (``--dist loadgroup``) have no effect with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "compose" if nodeid.startswith("tests/compose/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneDeployment:
    return OneDeployment(config, log)


def pytest_report_header() -> str:
    return f"valkey: {BACKEND}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> None:
    """Puts the figures into the report of the test, which reaches the process that prints the summary."""
    figures = item.config.stash.setdefault(_FIGURES, [])
    item.user_properties.extend(("figure", each) for each in figures)
    figures.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the figures that tests record as user properties."""
    reports = [each for group in terminalreporter.stats.values() for each in group if hasattr(each, "user_properties")]
    figures = dict.fromkeys(text for report in reports for name, text in report.user_properties if name == "figure")
    if figures:
        terminalreporter.section("figures")
        for each in figures:
            terminalreporter.line(each)


@pytest.fixture(scope="session")
def report_figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints a figure at the end of the run."""
    return request.config.stash.setdefault(_FIGURES, []).append


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for the whole run; ``valkey_url`` empties it for each test."""
    if BACKEND != "embedded":
        with RedisContainer(BACKEND).with_command(_CONTAINER_COMMAND) as container:
            yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}"
        return
    with asyncio.Runner() as runner:
        server = embedded_valkey(tmp_path_factory.mktemp("valkey"))
        yield runner.run(server.__aenter__())
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def valkey_url(_server: str) -> str:
    """An empty, durable Valkey. A test that damages its server starts its own with ``embedded_valkey``."""
    async with connect(_server) as valkey:
        await valkey.flushall()
        await valkey.function_flush()
    return _server


@pytest.fixture
def identity() -> Identity:
    return Identity("a secret for tests")
