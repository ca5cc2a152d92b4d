"""Runs Chromium, and measures pages in it: what they receive, their elements, and the time for which they block."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import chromium
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

CPU_SLOWDOWN: Final = 4
_TRACED: Final = ("toplevel", "disabled-by-default-devtools.timeline", "__metadata")
_TASK: Final = "RunTask"
_LONG_TASK_MS: Final = 50
_METER: Final = Path(__file__).with_name("page_meter.js")


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


def view_of(payload: str) -> str:
    """The address of the view that a message of the live link belongs to; empty for a message of the link itself."""
    address: str = json.loads(payload).get("view", "")
    return address


def slowed_blocking_ms(trace: list[dict[str, Any]]) -> float:
    """The total blocking time of a page if its processor were ``CPU_SLOWDOWN`` times slower, from its tasks' CPU time.

    A trace has one page. Its main thread is the renderer's that works most (Trace Event Format, complete events).
    """
    main_threads = {
        (event["pid"], event["tid"])
        for event in trace
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks_ms: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for event in trace:
        thread = (event["pid"], event["tid"])
        if event["name"] == _TASK and thread in main_threads:
            tasks_ms[thread].append(event.get("tdur", 0) / 1000)
    return sum(max(0.0, CPU_SLOWDOWN * each - _LONG_TASK_MS) for each in max(tasks_ms.values(), key=sum))


class MeasuredPage:
    """A page of a new visitor, who has no files of the site yet.

    Attributes:
        received_bytes: bytes of the messages of the live link, before compression, by the address of the view.
    """

    def __init__(self, page: Page, *, slowdown: int) -> None:
        self.received_bytes: Counter[str] = Counter()
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._session.on("Network.webSocketFrameReceived", self._count)
        self._session.send("Network.enable")
        slow_down_cpu(self._session, slowdown)
        page.add_init_script(path=_METER)

    def _count(self, frame: dict[str, Any]) -> None:
        payload = frame["response"]["payloadData"]
        self.received_bytes[view_of(payload)] += len(payload.encode())

    def open(self, path: str, view: str) -> None:
        """Opens an address, and waits until the live link has delivered ``view``."""
        self._page.goto(path, wait_until="commit")
        while view not in self.received_bytes:
            self._page.wait_for_timeout(50)  # meanwhile Playwright delivers the events of the protocol

    def open_traced(self, path: str, view: str, row: str) -> tuple[dict[str, float], float]:
        """Opens an address like ``open``, and waits until it shows ``row`` and is quiet.

        Returns what the meter says, and for how many ms a processor that is ``CPU_SLOWDOWN`` times slower is blocked.
        The time is that of the main thread alone, so other work of the machine makes little difference to it.
        """
        browser = self._page.context.browser
        assert browser is not None
        browser.start_tracing(page=self._page, categories=list(_TRACED))
        self.open(path, view)
        measured = self.measure("settle", row=row)
        return measured, slowed_blocking_ms(json.loads(browser.stop_tracing())["traceEvents"])

    def measure(self, function: str, **arguments: Any) -> dict[str, float]:
        """Calls a function of page_meter.js. Not by Playwright's own scripts, which would block the page as well."""
        expression = f"meter.{function}({json.dumps(arguments)})"
        answer = self._session.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in answer:
            raise SystemExit(f"bench: {answer['exceptionDetails']['exception']['description']}")
        measured: dict[str, float] = answer["result"]["value"]
        return measured


@contextmanager
def measured_page(browser: Browser, url: str, cookies: dict[str, str], *, slowdown: int = 1) -> Iterator[MeasuredPage]:
    """Opens an empty page with these cookies, which sign somebody in."""
    context = browser.new_context(base_url=url, locale="en-GB", timezone_id="Europe/Vienna")
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    try:
        yield MeasuredPage(context.new_page(), slowdown=slowdown)
    finally:
        context.close()
