"""The sentences of a picture, as frontend/src/time/timeText.ts and frontend/src/seats/seatWords.ts write them. Pure."""

from datetime import datetime
from typing import Final

from turnout_core.domain.all_day import first_and_last_day
from turnout_gateway.pages.day_range import day_range
from turnout_gateway.pages.words import full_day, short_day
from turnout_gateway.pictures.facts import CardFacts, Tense

_VERBS: Final[dict[Tense, str]] = {"now": "going", "ended": "went", "cancelled": "were going"}


def day(facts: CardFacts) -> str:
    """``Friday 27 November 2026``, or ``Fri 27 - Sun 29 Nov 2026`` for several days.

    It has the year, since chats keep pictures for long.
    """
    if not facts.all_day:
        return full_day(datetime.fromisoformat(facts.starts))
    first, last = first_and_last_day(facts)
    return day_range(first, last, full_day if first == last else short_day)


def times(facts: CardFacts) -> str:
    """The hours, such as ``19:30`` to ``21:30 in London``, with the day of the end if that differs; or ``All day``."""
    if facts.all_day:
        return "All day"
    starts, ends = datetime.fromisoformat(facts.starts), datetime.fromisoformat(facts.ends)
    end = f"{ends:%H:%M}"
    if ends.date() != starts.date():
        end = f"{short_day(ends, ends.year)} {end}"
    return f"{starts:%H:%M} – {end} {_where(facts.zone)}"  # noqa: RUF001 - the dash of a span


def seats(facts: CardFacts) -> str:
    """``17 of 24 going, 3 waiting``; of a past event ``17 of 24 went``."""
    of_capacity = f" of {facts.capacity:,}" if facts.capacity is not None else ""
    is_single = facts.capacity is None and facts.going == 1 and facts.tense == "cancelled"
    verb = "was going" if is_single else _VERBS[facts.tense]
    waiting = f", {facts.waiting:,} waiting" if facts.tense == "now" and facts.waiting else ""
    return f"{facts.going:,}{of_capacity} {verb}{waiting}"


def _where(zone: str) -> str:
    """``in London``, or ``UTC`` for a clock of no city."""
    area, _, city = zone.rpartition("/")
    return f"in {city.replace('_', ' ')}" if area and not area.startswith("Etc") else city
