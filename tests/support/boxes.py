"""Boxes of elements in a page, in CSS pixels of the window."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

LAYOUT_SHIFTS = """
window.shifted = 0
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value
}).observe({ type: 'layout-shift', buffered: true })
"""
"""An init script that adds up the layout shifts of a page in ``window.shifted``."""


def text_size_script(text_px: int) -> str:
    """Returns a script that sets the size of the text in a page, as a person may do in the browser."""
    return f"""const text = new CSSStyleSheet()
    text.replaceSync('html {{ font-size: {text_px}px !important }}')
    document.adoptedStyleSheets = [text]"""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, element: Locator) -> "Box":
        found = element.bounding_box()
        assert found is not None, f"{element} has no box"
        return cls(found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"])

    @classmethod
    def all_in(cls, element: Locator, selectors: dict[str, str]) -> dict[str, "Box"]:
        """Returns the boxes of the elements of these selectors, by name, as they are at one moment."""
        found: dict[str, list[float]] = element.evaluate(
            """(element, selectors) => Object.fromEntries(Object.entries(selectors).map(([name, selector]) => {
              const found = selector === ':scope' ? element : element.querySelector(selector)
              const { left, top, right, bottom } = found.getBoundingClientRect()
              return [name, [left, top, right, bottom]]
            }))""",
            selectors,
        )
        return {name: cls(*sides) for name, sides in found.items()}

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def overlaps(self, other: "Box") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.5 and down > 0.5

    def is_in(self, width: int, height: int) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height


def broken_words(page: Page, selector: str) -> list[str]:
    """Returns the words in elements that stand on more than one line."""
    words: list[str] = page.evaluate(
        r"""(selector) => {
          const broken = []
          for (const element of document.querySelectorAll(selector)) {
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
            while (walker.nextNode()) {
              for (const { 0: word, index } of walker.currentNode.data.matchAll(/\S+/g)) {
                const range = document.createRange()
                range.setStart(walker.currentNode, index)
                range.setEnd(walker.currentNode, index + word.length)
                const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 4)))
                if (tops.size > 1) broken.push(word)
              }
            }
          }
          return broken
        }""",
        selector,
    )
    return words
