"""The picture of an event as SVG: the date, the title, the place, and the seats as they are now. Pure.

The sizes are those that Open Graph's readers ask for: 1200 x 630 (https://ogp.me, "Structured Properties").
"""

import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol
from xml.sax.saxutils import escape, quoteattr

from turnout_gateway.pictures import words
from turnout_gateway.pictures.clusters import clusters
from turnout_gateway.pictures.facts import CardFacts
from turnout_gateway.pictures.seat_row import row_height, seat_row
from turnout_gateway.pictures.text_fitting import Measure, cut, fit

WIDTH: Final = 1200
HEIGHT: Final = 630
DISPLAY: Final = "Bricolage Grotesque"
TEXT: Final = "Inter"

_LEFT: Final = 80
_RIGHT: Final = WIDTH - _LEFT
_ROOM: Final = _RIGHT - _LEFT
_PAPER: Final = "#faf5ec"
_INK: Final = "#211a13"
_QUIET: Final = "#6a5d4f"
_ACCENT: Final = "#a8430a"
_OFF: Final = "#a62b22"
_EDGE: Final = "#a3927d"
_LAMP: Final = "#d96f0c"
_TITLE_SIZES: Final = ((104, 1), (92, 2), (76, 2), (66, 3), (56, 3))
_HEAD_LINES: Final = (96, 144, 190)
_TITLE_TOP: Final = 206
_SEATS_BOTTOM: Final = 520
_LAST_LINE: Final = 578
_MARKS: Final = {"now": "", "ended": "This event has ended", "cancelled": "Called off"}

_LOGO: Final = "".join(
    f'<circle cx="{858 + 27 * seat}" cy="566" r="10" fill="{_LAMP}"/>'
    if seat < 3  # noqa: PLR2004 - five seats, three of them lit
    else f'<circle cx="{858 + 27 * seat}" cy="566" r="8.6" fill="none" stroke="{_EDGE}" stroke-width="2.8"/>'
    for seat in range(5)
)


class Run(NamedTuple):
    """A part of a text, and the family of the font that has its characters."""

    text: str
    family: str


class Typesetter(Protocol):
    """Knows the fonts."""

    def drawable(self, text: str) -> str:
        """The text without the characters that no font has."""
        ...

    def width(self, text: str, family: str) -> float:
        """The width of a drawable text in units of its font size, in the font ``family`` and those that replace it."""
        ...

    def runs(self, text: str, family: str) -> list[Run]:
        """The parts of a drawable text, each with its font: ``family`` where that has the characters."""
        ...


class Drawing(NamedTuple):
    """A picture as SVG, and the texts in it, for which the renderer needs fonts."""

    svg: str
    texts: tuple[str, ...]


def draw_card(facts: CardFacts, fonts: Typesetter) -> Drawing:
    """The picture of an event.

    Characters that no font has are left out. A place of which that leaves less than half is not shown; instead of such
    a title there is the day.
    """
    pen = _Pen(fonts)
    lamp, off = (_LAMP, _QUIET) if facts.tense == "now" else (_EDGE, _OFF if facts.tense == "cancelled" else _QUIET)
    day, place = words.day(facts), cut(_legible(facts.place, fonts), pen.measure(TEXT), _ROOM / 34)
    title = _legible(facts.title, fonts)
    head = [each for each in (day if title else "", words.times(facts), place) if each]
    fitted = fit(title or day, pen.measure(DISPLAY), _ROOM, _TITLE_SIZES)
    line_height = round(fitted.size * 1.06)
    room = _SEATS_BOTTOM - round(row_height(facts)) - 20 - _TITLE_TOP
    first_line = _TITLE_TOP + max(0, room - line_height * len(fitted.lines)) // 2 + round(fitted.size * 0.82)
    struck = ' text-decoration="line-through"' if facts.tense == "cancelled" else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/><rect width="{WIDTH}" height="14" fill="{lamp}"/>',
        pen.line(head[0], Style(48, DISPLAY, _ACCENT, struck), _HEAD_LINES[0]),
        *(
            pen.line(text, Style(34, TEXT, colour), y, is_end=is_right_to_left(text))
            for text, colour, y in zip(head[1:], (_INK, _QUIET), _HEAD_LINES[1:], strict=False)
        ),
        *(
            pen.line(
                text,
                Style(fitted.size, DISPLAY, _INK),
                first_line + number * line_height,
                is_end=is_right_to_left(title),
            )
            for number, text in enumerate(fitted.lines)
        ),
        seat_row(facts, _LEFT, _SEATS_BOTTOM),
        pen.line(words.seats(facts), Style(36, TEXT, _INK), _LAST_LINE),
        pen.line(_MARKS[facts.tense], Style(32, TEXT, off), _HEAD_LINES[0], is_end=True),
        _LOGO,
        pen.line("Turnout", Style(34, DISPLAY, _INK), _LAST_LINE, is_end=True),
        "</svg>",
    ]
    return Drawing("".join(parts), tuple(pen.texts))


class Style(NamedTuple):
    """The look of a line. ``more`` are further attributes."""

    size: int
    family: str
    colour: str
    more: str = ""


class _Pen:
    """Writes lines, and remembers their texts."""

    def __init__(self, fonts: Typesetter) -> None:
        self._fonts = fonts
        self.texts: list[str] = []

    def measure(self, family: str) -> Measure:
        return lambda text: self._fonts.width(text, family)

    def line(self, text: str, style: Style, y: int, *, is_end: bool = False) -> str:
        """A line at the left margin, or, if it ``is_end``, at the right one."""
        self.texts.append(text)
        weight = 700 if style.family == DISPLAY else 600
        place = f'x="{_RIGHT}" text-anchor="end"' if is_end else f'x="{_LEFT}"'
        runs = "".join(
            f"<tspan font-family={quoteattr(run.family)}>{escape(run.text)}</tspan>"
            for run in self._fonts.runs(text, style.family)
        )
        return (
            f'<text {place} y="{y}" font-weight="{weight}" font-size="{style.size}" fill="{style.colour}"'
            f' xml:space="preserve"{style.more}>{runs}</text>'
        )


def _legible(text: str, fonts: Typesetter) -> str:
    """The drawable part of the text; nothing if that is less than half of it."""
    drawable = fonts.drawable(text)
    return drawable if 2 * len(clusters(drawable)) >= len(clusters(" ".join(text.split()))) else ""


def is_right_to_left(text: Iterable[str]) -> bool:
    """True if the first letter with a direction is written from right to left (Unicode Standard Annex 9, rule P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
