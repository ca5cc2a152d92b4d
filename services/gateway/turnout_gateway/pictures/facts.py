"""The facts of an event that its picture shows. Pure."""

from typing import Literal

import msgspec

from turnout_core.domain.state import Event

Tense = Literal["now", "ended", "cancelled"]


class CardFacts(msgspec.Struct, frozen=True, gc=False):
    """Everything that a picture shows: events with equal facts have the same picture.

    Attributes:
        starts: local time in ``zone``, ``YYYY-MM-DDTHH:MM``; ``ends`` likewise.
        place: empty for none.
        capacity: seats; None for no limit.
        going, waiting: seats.
    """

    title: str
    starts: str
    ends: str
    zone: str
    place: str
    capacity: int | None
    going: int
    waiting: int
    tense: Tense
    all_day: bool = False


def card_facts(event: Event) -> CardFacts:
    """The facts of the event, which has no name of a person among them."""
    details = event.details
    return CardFacts(
        title=details.title,
        starts=details.starts,
        ends=details.ends,
        zone=details.zone,
        place=details.place,
        capacity=details.capacity,
        going=event.going,
        waiting=event.waiting,
        tense="cancelled" if event.status == "cancelled" else "ended" if event.ended else "now",
        all_day=details.all_day,
    )
