"""A window of a roll: the first (or, of the past, the last) so many cards, and how many there are in all."""

from turnout_gateway.views.address import EventsAddress
from turnout_gateway.views.collapsed import Blur, Blurs
from turnout_gateway.views.event_index import Roll, Sort, event_of
from turnout_gateway.views.item_cache import Encoded, Item, total
from turnout_gateway.views.view import Mark, View


class ListView(View):
    """``events?…``

    Attributes:
        shown: the events whose cards are in the window.
    """

    __slots__ = ("address", "roll", "shown")

    def __init__(self, address: EventsAddress, born: Mark, blurs: Blurs) -> None:
        super().__init__(address.canonical, "descending" if address.when == "past" else "ascending", born, blurs)
        self.address = address
        self.roll = Roll()
        self.shown: set[str] = set()

    def load(self, roll: Roll, encoded: Encoded) -> dict[str, Item]:
        """Follows ``roll`` from now on; gives the whole content."""
        self.roll = roll
        roll.views.add(self)
        self.shown = self._window()
        return {"list": total(len(roll.sorts))} | {f"card:{each}": encoded.card(each) for each in self.shown}

    def concerned(self, blur: Blur) -> bool:
        return blur.moved or not self.shown.isdisjoint(blur.users)

    def touch(self, event: str, encoded: Encoded, mark: Mark) -> None:
        """``event``, which is in the window, has changed."""
        self.put(f"card:{event}", *encoded.card(event), mark)

    def slide(self, encoded: Encoded, mark: Mark) -> tuple[set[str], set[str]]:
        """The roll has changed. Gives the events that came into the window and those that left it."""
        shown = self._window()
        came, left = shown - self.shown, self.shown - shown
        for event in sorted(left):
            self.drop(f"card:{event}", mark)
        for event in sorted(came):
            self.touch(event, encoded, mark)
        self.put("list", *total(len(self.roll.sorts)), mark)
        self.shown = shown
        return came, left

    def _window(self) -> set[str]:
        sorts, limit = self.roll.sorts, self.address.limit
        window: list[Sort] = sorts[-limit:] if self.order == "descending" else sorts[:limit]
        return {event_of(sort) for sort in window}
