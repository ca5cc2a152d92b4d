"""The days of an event that lasts all day as text, as frontend/src/time/allDay.ts writes them. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Final

_TO: Final = "\u2013"  # an en dash


def day_range(first: date, last: date, text_of: Callable[[date], str]) -> str:
    """``Sat 5 Dec``, ``Sat 5 - Sun 6 Dec``: the first day leaves out the month and the year if it shares them.

    ``text_of`` gives the text of a day, such as ``Sat 5 Dec 2026``, with or without the year.
    """
    if first == last:
        return text_of(last)
    words = 2 if (first.year, first.month) == (last.year, last.month) else 3 if first.year == last.year else 4
    return f"{' '.join(text_of(first).split()[:words])} {_TO} {text_of(last)}"
