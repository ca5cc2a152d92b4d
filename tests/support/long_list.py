"""The days of a long list in the page, and a reader who scrolls through it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from turnout_core.domain.zones import load_zone

ZONE: Final = "Europe/Vienna"
TODAY: Final = datetime.now(load_zone(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
SCROLL: Final = Path(__file__).with_suffix(".js").read_text()
CARDS_MAX: Final = 200  # on the page, however far it is scrolled


def day(index: int) -> datetime:
    """The day some days from today."""
    return TODAY + timedelta(days=index)


def heading_of(moment: datetime) -> str:
    year = "" if moment.year == TODAY.year else f" {moment.year}"
    return f"{moment:%A} {moment.day} {moment:%B}{year}"


def expect_day(page: Page, index: int) -> None:
    """Waits until the list shows this day at the top of the screen."""
    label = page.get_by_role("heading", name=heading_of(day(index)), exact=True)
    expect(label).to_be_in_viewport()
    top: float = label.evaluate("(each) => each.closest('[data-day]').getBoundingClientRect().top")
    assert 0 <= top < 100
