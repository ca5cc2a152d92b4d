"""The seats of an event as SVG, with the geometry of frontend/src/seats. Pure.

Dots: filled for taken seats, hollow for free ones, and a stack for the waitlist. Many seats are a bar.
"""

from typing import Final

from turnout_gateway.pictures.facts import CardFacts

_LAMP: Final = "#d96f0c"
_EDGE: Final = "#a3927d"
_WAITING: Final = "#4a4bb8"
_GROUND: Final = "#faf5ec"

_DOTS_MAX: Final = 40  # beyond that a bar
_BREAK: Final = 20
_STACK_MAX: Final = 3
_STEP: Final = 43.0
_RADIUS: Final = 15.5
_BAR_WIDTH: Final = 820.0
_BAR_HEIGHT: Final = 31.0


def row_height(facts: CardFacts) -> float:
    """The height of what ``seat_row`` draws."""
    lines = 1 if _is_bar(facts) else _grid(facts)[1]
    return (lines - 1) * _STEP + 2 * _RADIUS


def seat_row(facts: CardFacts, x: float, bottom: float) -> str:
    """The seats; their lower left corner is at ``x``, ``bottom``."""
    lamp, waiting = (_LAMP, _WAITING) if facts.tense == "now" else (_EDGE, _EDGE)
    if _is_bar(facts):
        return _bar(facts, x, bottom, lamp, waiting)
    drawn, lines, columns = _grid(facts)
    seats = _seats(facts)
    shapes = []
    for seat in range(drawn):
        line, column = divmod(seat, columns)
        cx, cy = x + column * _STEP + _RADIUS, bottom - (lines - 1 - line) * _STEP - _RADIUS
        if seat < facts.going:
            shapes.append(f'<circle cx="{cx:g}" cy="{cy:g}" r="{_RADIUS:g}" fill="{lamp}"/>')
        else:
            shapes.append(_ring(cx, cy, "" if seat < seats else ' stroke-dasharray="7 6"'))
    last_line = drawn - (lines - 1) * columns
    return "".join(shapes) + _stack(facts.waiting, x + last_line * _STEP + _STEP / 2, bottom - _RADIUS, waiting)


def _seats(facts: CardFacts) -> int:
    return max(facts.going, facts.capacity or 0)


def _is_bar(facts: CardFacts) -> bool:
    return _seats(facts) > _DOTS_MAX


def _grid(facts: CardFacts) -> tuple[int, int, int]:
    """The number of dots, of lines and of columns. A row that grows has a dot more, for the next person."""
    has_next = facts.tense == "now" and facts.capacity is None
    drawn = _seats(facts) + has_next
    lines = max(1, -(-drawn // _BREAK))
    return drawn, lines, _BREAK if has_next and lines > 1 else max(1, -(-drawn // lines))


def _bar(facts: CardFacts, x: float, bottom: float, lamp: str, waiting: str) -> str:
    """The seats of a large event: the share that is taken, or a full bar where nothing limits it."""
    top, round_ends = bottom - _BAR_HEIGHT, f'rx="{_BAR_HEIGHT / 2:g}"'
    if facts.capacity is None:
        width, track = _BAR_WIDTH - 45 * (facts.tense == "now"), ""
        if facts.tense == "now":
            track = _ring(x + _BAR_WIDTH - _RADIUS, bottom - _RADIUS, ' stroke-dasharray="7 6"')
    else:
        width = max(_BAR_HEIGHT, min(1, facts.going / facts.capacity) * _BAR_WIDTH) if facts.going else 0
        track = (
            f'<rect x="{x + 2:g}" y="{top + 2:g}" width="{_BAR_WIDTH - 4:g}" height="{_BAR_HEIGHT - 4:g}" {round_ends} '
            f'fill="none" stroke="{_EDGE}" stroke-width="4"/>'
        )
    fill = f'<rect x="{x:g}" y="{top:g}" width="{width:g}" height="{_BAR_HEIGHT:g}" {round_ends} fill="{lamp}"/>'
    return track + fill + _stack(facts.waiting, x + _BAR_WIDTH + _STEP / 2, bottom - _RADIUS, waiting)


def _ring(cx: float, cy: float, dashes: str) -> str:
    return (
        f'<circle cx="{cx:g}" cy="{cy:g}" r="{_RADIUS - 2:g}" fill="none" stroke="{_EDGE}" stroke-width="4"{dashes}/>'
    )


def _stack(waiting: int, x: float, cy: float, colour: str) -> str:
    """The waitlist: a few dots, one behind the other, then the number of the others."""
    dots = min(waiting, _STACK_MAX)
    shapes = [
        f'<circle cx="{x + _RADIUS + place * 18:g}" cy="{cy:g}" r="{_RADIUS - 2:g}" fill="{colour}" stroke="{_GROUND}" '
        'stroke-width="5"/>'
        for place in reversed(range(dots))
    ]
    if waiting > dots:
        shapes.append(
            f'<text x="{x + dots * 18 + 24:g}" y="{cy + 11:g}" font-family="Inter" font-weight="600" font-size="30" '
            f'fill="{colour}">+{waiting - dots:,}</text>'
        )
    return "".join(shapes)
