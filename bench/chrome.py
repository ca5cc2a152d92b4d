"""Runs Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import chromium
from playwright.sync_api import Browser, CDPSession, sync_playwright

CPU_SLOWDOWN: Final = 4


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Runs a browser for the duration of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=list(chromium.FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def slow_down_cpu(session: CDPSession, times: int = CPU_SLOWDOWN) -> None:
    """Makes the page's processor so many times slower (Chrome DevTools Protocol, Emulation)."""
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
