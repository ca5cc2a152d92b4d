"""Search: the words of a query, and the events that they find. Both sides are folded alike, each once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from turnout_core.domain.all_day import first_and_last_day, local_day
from turnout_core.domain.changes import Details
from turnout_core.domain.folding import fold

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_ABBREVIATION_CHARS: Final = 3
_DAY_MINUTES: Final = 24 * 60


def split_words(query: str) -> tuple[str, ...]:
    """The words of a query, folded, each once."""
    return tuple(dict.fromkeys(fold(query).split()))


class SearchText:
    """The folded text of one event and its organizer, which words match in part; its days match as a whole."""

    __slots__ = ("_dates", "_text")

    def __init__(self, details: Details, organizer: str) -> None:
        self._text = fold("\n".join((details.title, details.description, details.place, organizer, *details.tags)))
        self._dates = frozenset(date_words(details))

    def matches(self, words: tuple[str, ...]) -> bool:
        """True if every word is in the text, or names a day of the event."""
        return all(word in self._text or word in self._dates for word in words)


def date_words(details: Details) -> Iterator[str]:
    """Words for the days of an event, by the clock of its zone: ``2026-12-15 15 tuesday tue december dec 2026``.

    An event shorter than a day has the day of its start; a longer one has all days up to its end. That of an event that
    lasts all day is no day of it.
    """
    day, last = local_day(details.starts), local_day(details.ends)
    if details.all_day:
        day, last = first_and_last_day(details)
    elif details.ends_at - details.starts_at < _DAY_MINUTES * 60_000:
        last = day
    while day <= last:
        yield from (day.isoformat(), str(day.day), str(day.year))
        for name in (_WEEKDAYS[day.weekday()], _MONTHS[day.month - 1]):
            yield from (name, name[:_ABBREVIATION_CHARS])
        day += timedelta(days=1)
