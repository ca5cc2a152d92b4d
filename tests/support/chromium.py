"""Debian's Chromium, since the project downloads no browser."""

import shutil

import pytest

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str:
    """Path of the browser; fails the test without one."""
    found = _first("chromium", "chromium-browser", "google-chrome")
    if found is None:
        pytest.fail("no Chromium on PATH: `make test` installs it")
    return found


def shell() -> str:
    """Path of the browser without its user interface and its settings, or of the browser if that is not installed.

    It takes less CPU for the same pages.
    """
    return _first("chromium-headless-shell") or executable()


def _first(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)
