"""Measures the browser's part: ``make bench-browser``. It starts `turnout up` and Chromium.

The list of an organizer of 1,800 events: what the live link carries, the elements of the page, and for how long it
blocks on a slow processor beyond the page of a guest of one event. An event with 3,000 attendees: what happens while
everyone is scrolled through.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chrome import CPU_SLOWDOWN, measured_page, running_chromium
from crowd import Crowd, make_crowd
from playwright.sync_api import Browser
from row import Goal, at_most
from turnout_process import running_turnout

_GOAL_ME_KB: Final = 100
_GOAL_BLOCKED_MS: Final = 50  # on a slow processor, by the events alone
_GOAL_ELEMENTS: Final = 2_500
_GOAL_PRESSES: Final = 1
_GOAL_TASK_MS: Final = 100
_LISTS: Final = {"the list": "/", "my events": "/?when=mine"}
_CARD, _ATTENDEE = "[data-row]", "[data-attendee]"
_CARDS_STEP_PX: Final = 400  # in each frame: a list of 1,800 cards is very long
_PEOPLE_STEP_PX: Final = 100


@dataclass(frozen=True)
class Load:
    """A page that was opened: kilobytes of `me` and of all views, elements, and ms for which it would be blocked."""

    me_kb: float
    all_kb: float
    elements: float
    blocked_ms: float


def load(browser: Browser, url: str, cookies: dict[str, str], path: str) -> Load:
    """Opens a list, as its visitor does for the first time. The slow processor is computed from CPU times."""
    with measured_page(browser, url, cookies) as page:
        measured, blocked_ms = page.open_traced(path, "me", _CARD)
        received = page.received_bytes
    return Load(received["me"] / 1000, received.total() / 1000, measured["elements"], blocked_ms)


def median(loads: list[Load]) -> Load:
    rows = ((each.me_kb, each.all_kb, each.elements, each.blocked_ms) for each in loads)
    return Load(*map(statistics.median, zip(*rows, strict=True)))


def measure_lists(browser: Browser, url: str, crowd: Crowd, loads: int) -> list[Goal]:
    """Opens both lists as the organizer and as the guest in turns, and scrolls through the organizer's own events."""
    goals = []
    for name, path in _LISTS.items():
        rounds = [
            (load(browser, url, crowd.organizer, path), load(browser, url, crowd.guest, path)) for _ in range(loads)
        ]
        organizer, guest = (median(list(each)) for each in zip(*rounds, strict=True))
        print(f"{name} ({path}), {CPU_SLOWDOWN}x CPU, median of {loads} loads")
        for who, each in (("organizer", organizer), ("guest", guest)):
            print(
                f"  {who}: `me` {each.me_kb:,.1f} KB, all views {each.all_kb:,.1f} KB, {each.elements:,.0f} elements,"
                f" blocked for {each.blocked_ms:,.0f} ms"
            )
        blocked_ms = organizer.blocked_ms - guest.blocked_ms
        print(f"  the organizer is blocked for {blocked_ms:,.0f} ms more than the guest")
        text = f"{name}: `me` at most {_GOAL_ME_KB} KB"
        goals.append(at_most(text, organizer.me_kb, _GOAL_ME_KB, "{:,.1f} KB"))
        text = f"{name}: own events block for at most {_GOAL_BLOCKED_MS} ms"
        goals.append(at_most(text, blocked_ms, _GOAL_BLOCKED_MS, "{:,.0f} ms"))
    with measured_page(browser, url, crowd.organizer) as page:
        page.open(_LISTS["my events"], "me")
        page.measure("settle", row=_CARD)
        scrolled = page.measure("scroll", row=_CARD, last=crowd.last_event, stepPx=_CARDS_STEP_PX)
    print_scrolling("my events", scrolled)
    return goals


def measure_people(browser: Browser, url: str, crowd: Crowd) -> list[Goal]:
    """Scrolls through the attendees, at the processor's own speed and slowed down."""
    goals = []
    for slowdown in (1, CPU_SLOWDOWN):
        name = f"attendees, {slowdown}x CPU"
        with measured_page(browser, url, crowd.guest, slowdown=slowdown) as page:
            page.open(crowd.event_path, crowd.event_path.removeprefix("/"))
            page.measure("settle", row=_ATTENDEE)
            scrolled = page.measure("scroll", row=_ATTENDEE, last=crowd.last_attendee, stepPx=_PEOPLE_STEP_PX)
        print_scrolling(f"{name}: a list of {scrolled['height_px']:,.0f} px", scrolled)
        elements, presses, longest_ms = (scrolled[each] for each in ("most_elements", "presses", "longest_ms"))
        goals += [
            at_most(f"{name}: at most {_GOAL_ELEMENTS:,} elements", elements, _GOAL_ELEMENTS, "{:,.0f}"),
            at_most(f"{name}: at most {_GOAL_PRESSES} press", presses, _GOAL_PRESSES, "{:.0f}"),
        ]
        if slowdown == 1:
            goals.append(at_most(f"{name}: no task beyond {_GOAL_TASK_MS} ms", longest_ms, _GOAL_TASK_MS, "{:.0f} ms"))
    return goals


def print_scrolling(name: str, scrolled: dict[str, float]) -> None:
    print(
        f"{name}, scrolled to its end\n"
        f'  at most {scrolled["most_elements"]:,.0f} elements, {scrolled["presses"]:.0f} presses of "Show more"\n'
        f"  longest task {scrolled['longest_ms']:,.0f} ms, blocked for {scrolled['blocked_ms']:,.0f} ms,"
        f" {scrolled['late_frames']:,.0f} of {scrolled['frames']:,.0f} frames late"
    )


def main() -> int:
    """Prints the figures; 1 if one misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_800)
    parser.add_argument("--attendees", type=int, default=3_000)
    parser.add_argument("--loads", type=int, default=5)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_turnout(Path(folder) / "data", env={"TURNOUT_LIMITS": "off"}) as turnout,
    ):
        crowd = asyncio.run(make_crowd(turnout.url, chosen.events, chosen.attendees))
        print(
            f"An organizer of {chosen.events:,} events, and an event with {chosen.attendees:,} attendees;"
            f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )
        with running_chromium() as browser:
            goals = measure_lists(browser, turnout.url, crowd, chosen.loads)
            goals += measure_people(browser, turnout.url, crowd)
    for goal in goals:
        print(f"  {'met' if goal.met else 'MISSED':<6} {goal.text}: {goal.value}")
    return int(not all(goal.met for goal in goals))


if __name__ == "__main__":
    sys.exit(main())
