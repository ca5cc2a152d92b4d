"""Cards at all widths: nothing overflows or overlaps, the buttons line up, and enough of them are seen."""

from collections.abc import Callable
from typing import Any

import pytest
from boxes import Box
from event_over_http import Guest
from playwright.sync_api import Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, card

Visitors = Callable[..., Visitor]

WIDTHS = [320, 360, 390, 600, 640, 700, 768, 1024, 1440, 2560]
BREAKS_BELOW_PX = 600
"""On narrower screens the words of the seats stand beside the button, and may break."""
MARK = "boxes"
CARDS: dict[str, dict[str, Any]] = {
    f"{MARK}: a short one": {},
    f"{MARK}: full, with a waitlist": {"capacity": 11},
    f"{MARK}: a title that is so long that it needs a second line on most of the screens that there are": {
        "place": "The Depot, hall 2, behind the old railway station",
        "tags": ["board games", "family friendly", "newcomers welcome", "indoors", "free"],
        "link": "https://a-rather-long-host.example.org/with/a/path",
    },
    f"{MARK}: twenty seats": {"capacity": 20, "tags": ["chess"]},
    f"{MARK}: with a longer waitlist": {"capacity": 9},
    f"{MARK}: many": {"capacity": 12345},
}


@pytest.fixture(scope="module", autouse=True)
def _events(turnout: TurnoutProcess) -> None:
    with Guest(turnout) as olga:
        paths = [olga.create(title, **fields) for title, fields in CARDS.items()]
        for number in range(6):
            olga.create(f"Ordinary {number}", place="The Depot, hall 2", tags=["board games"], capacity=20)
    for number in range(12):
        with Guest(turnout, f"Guest {number}") as guest:
            for path in paths:
                guest.join(path)


PARTS = {"card": ":scope", "button": "button", "title": "h3", "seats": "[data-testid=seats]", "time": "time"}


def shown(page: Page) -> list[str]:
    for title in CARDS:
        expect(card(page, title)).to_be_visible()
    page.evaluate("document.fonts.ready")
    return list(CARDS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_buttons_line_up_and_nothing_overlaps(visitors: Visitors, width: int, scheme: str) -> None:
    page = visitors(viewport={"width": width, "height": 900}, color_scheme=scheme).visit(f"/?q={MARK}")
    rights = set()
    for title in shown(page):
        one = card(page, title)
        boxes = Box.all_in(one, PARTS)
        frame, button = boxes.pop("card"), boxes.pop("button")
        rights.add(round(frame.right - button.right))
        assert not [name for name, box in boxes.items() if box.overlaps(button)], title
        assert frame.left < button.left
        assert button.bottom <= frame.bottom
        for rest in one.locator(".more:visible").all():
            assert Box.of(rest).height < 30, "the number of the others breaks"
        if width >= BREAKS_BELOW_PX:
            assert boxes["seats"].height < 30, "the words of the seats break"
    assert len(rights) == 1, rights
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height", "count"), [(1440, 900, 5), (390, 844, 3)])
def test_enough_events_are_seen_at_once(visitors: Visitors, width: int, height: int, count: int) -> None:
    page = visitors(viewport={"width": width, "height": height}).visit("/?q=ordinary")
    expect(page.get_by_role("article")).to_have_count(6)
    page.evaluate("document.fonts.ready")
    seen = 0
    for one in page.get_by_role("article").all():
        boxes = Box.all_in(one, {"title": "h3", "time": "time"})
        seen += all(box.is_in(width, height) for box in boxes.values())
    assert seen >= count
