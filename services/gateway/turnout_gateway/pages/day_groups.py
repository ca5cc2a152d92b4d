"""The groups of a list of events: what happens now, and the days. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import UNSET

from turnout_core.domain.all_day import first_and_last_day, local_day
from turnout_core.protocol.items import Card
from turnout_gateway.pages.words import full_day, moment

_DAY_MS: Final = 24 * 60 * 60 * 1000
_NOW: Final = "Happening now"


def groups(cards: Sequence[Card], now_ms: int) -> dict[str, list[Card]]:
    """The cards by the words above them, in their order; those that happen now come first."""
    this_year = moment(now_ms).year
    found: dict[str, list[Card]] = {_NOW: []}
    for card in cards:
        is_running = card.starts_at <= now_ms < card.ends_at
        if is_running and card.all_day is UNSET:
            words = _NOW
        else:
            words = full_day(_present_day(card, now_ms) if is_running else local_day(card.starts), this_year)
        found.setdefault(words, []).append(card)
    return {words: group for words, group in found.items() if group}


def next_change_ms(card: Card, now_ms: int) -> int | None:
    """The time after which the card stands in another group, or in none; None if it is over."""
    days = (now_ms - card.starts_at) // _DAY_MS
    times = [card.starts_at, card.ends_at]
    if card.all_day is not UNSET and days >= 0:
        times.append(card.starts_at + (days + 1) * _DAY_MS)
    return min((at for at in times if now_ms < at <= card.ends_at), default=None)


def _present_day(card: Card, now_ms: int) -> date:
    """The day that it is where a running event is, which lasts all day: it is today's, and at no moment of the day.

    It is counted from the start, without the rules of the zone: where clocks change meanwhile, it is an hour off.
    """
    first, last = first_and_last_day(card)
    return min(first + timedelta(milliseconds=now_ms - card.starts_at), last)
