"""The time that steps on a page take a person, by the keystroke-level model."""

from typing import Final

from playwright.sync_api import Locator, Page

# Card, Moran and Newell: The Keystroke-Level Model for User Performance Time with Interactive Systems, CACM 23 (1980).
_THINK_S: Final = 1.35
_POINT_S: Final = 1.10
_CLICK_S: Final = 0.20
_KEY_S: Final = 0.50  # random letters, which are slower than words
_OPEN_S: Final = 5.0  # a link in a note or an app, found and opened


class Person:
    """A person in front of pages.

    Attributes:
        clicks: number of clicks so far.
        seconds: estimate of the time they needed so far.
    """

    def __init__(self) -> None:
        self.clicks = 0
        self.seconds = 0.0

    def open(self, page: Page, url: str) -> None:
        self.seconds += _OPEN_S
        page.goto(url)

    def click(self, target: Locator) -> None:
        self.clicks += 1
        self.seconds += _THINK_S + _POINT_S + _CLICK_S
        target.click()

    def type(self, field: Locator, text: str, *, then: str = "Enter") -> None:
        """Clicks the field, types the text and presses a key."""
        self.click(field)
        self.seconds += _THINK_S + _KEY_S * (len(text) + 1)
        field.fill(text)
        field.press(then)
