"""The seats of an event as a drawing: filled for taken seats, hollow for free ones, as ``SeatRow.vue`` draws them."""

from math import ceil
from typing import Final

from turnout_gateway.pages.markup import EMPTY, Markup, element

_ROW_MAX_SEATS: Final = 40
_ROW_BREAK_SEATS: Final = 20
_STEP: Final = 12
_DOT: Final = 8.6
_RING: Final = 1.2
_LARGE_REM: Final = 2.2 / 16  # of one unit of the drawing
_SMALL_REM: Final = 1.25 / 16


def seat_row(going: int, capacity: int | None, *, is_large: bool, is_off: bool) -> Markup:
    """The drawing; empty for more seats than anyone counts. Nobody can join an event that ``is_off``: it is grey."""
    rem = _LARGE_REM if is_large else _SMALL_REM
    if is_off:
        capacity = going if capacity is None else capacity
    seats = going + 1 if capacity is None else max(capacity, going)
    if max(going, seats) > _ROW_MAX_SEATS or seats == 0:
        return EMPTY
    lines = ceil(seats / _ROW_BREAK_SEATS)
    columns = _ROW_BREAK_SEATS if capacity is None and lines > 1 else ceil(seats / lines)
    width, height = columns * _STEP, lines * _STEP
    return element(
        "svg",
        _dots(0, going, columns, "stroke-edge" if is_off else "stroke-lamp", _DOT),
        _dots(going, seats, columns, "stroke-edge", _DOT),
        _dots(going, seats, columns, "stroke-paper" if is_large else "stroke-leaf", _DOT - 2 * _RING),
        class_="block max-w-full h-auto fill-none",
        viewBox=f"0 0 {width} {height}",
        width=f"{width * rem:g}rem",
        height=f"{height * rem:g}rem",
        stroke_linecap="round",
        aria_hidden="true",
    )


def _dots(first: int, end: int, columns: int, colour: str, size: float) -> Markup:
    path = "".join(
        f"M{(seat % columns + 0.5) * _STEP:g} {(seat // columns + 0.5) * _STEP:g}h0" for seat in range(first, end)
    )
    return element("path", class_=colour, d=path, stroke_width=f"{size:g}") if path else EMPTY
