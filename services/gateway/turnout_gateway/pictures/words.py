"""The sentences of a picture, as frontend/src/time/timeText.ts and frontend/src/seats/seatWords.ts write them. Pure."""

from datetime import datetime
from typing import Final

from turnout_gateway.pictures.facts import CardFacts, Tense

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_VERBS: Final[dict[Tense, str]] = {"now": "going", "ended": "went", "cancelled": "were going"}


def day(facts: CardFacts) -> str:
    """``Friday 27 November 2026``: with the year, since chats keep pictures for long."""
    starts = datetime.fromisoformat(facts.starts)
    return f"{_WEEKDAYS[starts.weekday()]} {starts.day} {_MONTHS[starts.month - 1]} {starts.year}"


def times(facts: CardFacts) -> str:
    """The hours, such as ``19:30`` to ``21:30 in London``, with the day of the end if that differs."""
    starts, ends = datetime.fromisoformat(facts.starts), datetime.fromisoformat(facts.ends)
    end = f"{ends:%H:%M}"
    if ends.date() != starts.date():
        end = f"{_WEEKDAYS[ends.weekday()][:3]} {ends.day} {_MONTHS[ends.month - 1][:3]} {end}"
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
