"""The dates and times of tables."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

DayOrder = Literal["day-first", "month-first", "unknown"]

_SLASHES: Final = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
_TIMES: Final = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p", "%I %p", "%I%p")
_MONTHS: Final = 12
_LONGEST: Final = 40
_SPLIT: Final = re.compile(r"[T\s]+")


class CellTime(NamedTuple):
    """A local time as the API takes it, such as ``2026-11-27T19:30``. That of a date is its midnight."""

    local: str
    is_date: bool


class UnreadableTime(Exception):
    """A cell is no date and time; the message says what to write."""


def day_order(cells: Sequence[str]) -> DayOrder:
    """The order of dates with slashes, from those of the file that have only one meaning."""
    found = [match for each in cells if (match := _SLASHES.match(each.strip()))]
    is_day_first = any(int(each[1]) > _MONTHS for each in found)
    is_month_first = any(int(each[2]) > _MONTHS for each in found)
    if is_day_first == is_month_first:
        return "unknown"
    return "day-first" if is_day_first else "month-first"


def read_local(day: str, time: str, order: DayOrder, earlier: str = "") -> CellTime | None:
    """The local time of two cells, of which the first may have both; None if they are empty.

    Args:
        day: it is that of ``earlier`` if the cell is empty or has a time only.
        time: of the second cell; empty if there is none.
        order: of the file's dates with slashes.
        earlier: the start, for an end.

    Raises:
        UnreadableTime: it is no date and time, or has more than one meaning.
    """
    if not day and not time:
        return None
    if not day or (not time and _parse(day.strip().upper(), _TIMES)):
        day, time = earlier.partition("T")[0], time or day
    parts = _SPLIT.split(day[:_LONGEST].strip(), maxsplit=1)
    clock = time or "".join(parts[1:])
    if order == "unknown" and _SLASHES.fullmatch(parts[0]):
        raise UnreadableTime(f"may mean two days: write {parts[0]} as in 2026-11-27")
    slashes = "%d/%m/%Y" if order == "day-first" else "%m/%d/%Y"
    found = _parse(parts[0], (*_DAYS, slashes)), _parse(clock[:_LONGEST].strip().upper() or "00:00", _TIMES)
    if found[0] is None or found[1] is None:
        raise UnreadableTime("must be a local time such as 2026-11-27 19:30, with no offset")
    return CellTime(f"{found[0]:%Y-%m-%d}T{found[1]:%H:%M}".zfill(16), is_date=not clock)


def day_after(local: str) -> str:
    """The midnight after the day of a local time; that of the last year of all stays, and is refused later."""
    try:
        following = datetime.fromisoformat(local[:10]) + timedelta(days=1)
    except OverflowError:
        return local
    return f"{following:%Y-%m-%d}T00:00".zfill(16)


def _parse(text: str, formats: Sequence[str]) -> datetime | None:
    for each in formats:
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007 - a wall-clock time, its zone is beside it
        except ValueError:
            continue
    return None
