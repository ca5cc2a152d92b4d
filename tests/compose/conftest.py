"""Builds and starts one deployment for all tests of this folder, and removes it after the run."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import chromium
import pytest
from deployment import ROOT, Deployment, docker_problem
from playwright.sync_api import Browser, sync_playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):  # noqa: PTH120 - a str, as pytest gives it
            item.add_marker(pytest.mark.docker)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory, report_figure: Callable[[str], None]) -> Iterator[Deployment]:
    """A deployment with default settings that has built its images, and does not run yet."""
    problem = docker_problem()
    if problem is not None and os.environ.get("TURNOUT_REQUIRE_DOCKER"):
        pytest.fail(problem)
    if problem is not None:
        pytest.skip(problem)
    deployment = Deployment(_no_secrets(tmp_path_factory))
    try:
        began = time.monotonic()
        deployment.compose("--profile", "operator", "build")
        report_figure(f"docker compose build: {time.monotonic() - began:.1f} s")
        yield deployment
    finally:
        deployment.remove()


@pytest.fixture(scope="session")
def servers_with_replicas(
    images: Deployment, tmp_path_factory: pytest.TempPathFactory, report_figure: Callable[[str], None]
) -> Callable[[str, int], AbstractContextManager[Deployment]]:
    """Each call starts the product with an override of compose.yaml, and waits for as many replicas as it has."""

    @contextmanager
    def running(override: str, replicas: int) -> Iterator[Deployment]:
        deployment = Deployment(_no_secrets(tmp_path_factory), override=ROOT / override, images=images)
        try:
            report_figure(f"{override}: everything healthy after {deployment.up():.1f} s")
            deployment.wait_for_replicas(replicas)
            yield deployment
        finally:
            deployment.remove()

    return running


@pytest.fixture(scope="session")
def deployment(images: Deployment, report_figure: Callable[[str], None]) -> Deployment:
    """The product in containers with default settings."""
    report_figure(f"docker compose up: everything healthy after {images.up():.1f} s")
    return images


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium. It ends with the test, so that Playwright's loop does not run beside the next one."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.shell(), args=chromium.FLAGS)
        yield launched
        launched.close()


def _no_secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, which the users of the containers may read."""
    folder = tmp_path_factory.mktemp("secrets")
    folder.chmod(0o755)
    return folder
