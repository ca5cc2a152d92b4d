"""A visitor whose clock is wrong sees the right days, and may do what the server's time allows."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from event_over_http import create_event
from playwright.sync_api import Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, enter_name, expect_live

from turnout_core.domain.zones import load_zone

Visitors = Callable[..., Visitor]

_SHIFTED_DATE = """
const Real = Date, shift = %d
globalThis.Date = class extends Real {
  constructor(...parts) { parts.length === 0 ? super(Real.now() + shift) : super(...parts) }
  static now() { return Real.now() + shift }
}
"""


def start_draft(page: Page) -> list[str]:
    """The start that the form proposes, once the page is live."""
    page.goto(page.url.split("/events")[0].rstrip("/") + "/new")
    expect_live(page)
    return [page.get_by_label("Start date").input_value(), page.get_by_label("Start time").input_value()]


def day_of(page: Page, title: str) -> str:
    expect(card(page, title)).to_be_visible()
    return page.get_by_role("region").filter(has=card(page, title)).get_by_role("heading", level=2).inner_text()


@pytest.mark.parametrize("hours", [5, -5, 48, -48])
def test_a_wrong_clock_decides_nothing(visitors: Visitors, turnout: TurnoutProcess, hours: int) -> None:
    title = f"In two hours, by a clock {hours} h off"
    starts = datetime.now(load_zone("Europe/Vienna")) + timedelta(hours=2)
    path = create_event(turnout, title, starts.strftime("%Y-%m-%dT%H:%M"), "Europe/Vienna")
    right, wrong = visitors(), visitors()
    wrong.context.add_init_script(_SHIFTED_DATE % (hours * 3_600_000))

    page = wrong.visit()
    assert abs(page.evaluate("Date.now()") / 1000 - time.time() - hours * 3600) < 60
    expect_live(page)
    assert day_of(page, title) == day_of(right.visit(), title)
    expect(card(page, title)).not_to_contain_text("Ended")

    wrong.visit(path)
    expect(answer(page)).to_have_attribute("data-state", "joinable")
    answer(page).get_by_role("button", name="Join").click()
    enter_name(page, "Grace")
    expect(answer(page)).to_contain_text("You're going")

    assert start_draft(page) == start_draft(right.page)
