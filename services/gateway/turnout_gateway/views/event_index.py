"""Which events a list shows: sorted rolls, kept up to date event by event.

A *roll* holds the sort keys of all events that match one question, in order. The plain ones (upcoming or past, each of
them for every tag) are always there; those with words are made when somebody asks. Only a change of what an event says,
or of whether it has ended, moves it between rolls; a join does not.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import chain
from typing import TYPE_CHECKING, Final

from turnout_core.domain.changes import Details
from turnout_core.domain.state import Event, State
from turnout_gateway.views.address import When

if TYPE_CHECKING:
    from turnout_gateway.views.list_view import ListView

_WHENS: Final[tuple[When, ...]] = ("upcoming", "past")

Sort = tuple[int, str]
"""The ``(rank, key)`` of an event's card."""


class Roll:
    """The events that match, sorted.

    Attributes:
        views: windows of this roll that somebody watches.
    """

    __slots__ = ("sorts", "views")

    def __init__(self, sorts: Iterable[Sort] = ()) -> None:
        self.sorts: list[Sort] = sorted(sorts)
        self.views: set[ListView] = set()

    def add(self, sort: Sort) -> None:
        insort(self.sorts, sort)

    def discard(self, sort: Sort) -> bool:
        """Removes it; False when it is not there."""
        at = bisect_left(self.sorts, sort)
        found = at < len(self.sorts) and self.sorts[at] == sort
        if found:
            del self.sorts[at]
        return found


class Entry:
    """An event as the rolls know it."""

    __slots__ = ("_text", "details", "event", "past", "sort")

    def __init__(self, event: Event, now_ms: int) -> None:
        self.event = event
        self.details: Details = event.details
        self.sort: Sort = (event.details.starts_at, f"card:{event.id}")
        self.past = event.details.ends_at <= now_ms
        self._text: str | None = None

    def edited(self, event: Event) -> None:
        """The event says something else, in the same place."""
        self.event, self.details = event, event.details
        self._text = None

    @property
    def when(self) -> When:
        return "past" if self.past else "upcoming"

    def holds(self, words: tuple[str, ...], state: State) -> bool:
        """Whether every word is part of what the event says."""
        if self._text is None:
            said = self.details
            organizer = state.users[self.event.organizer].name
            self._text = "\n".join((said.title, said.description, said.place, organizer, *said.tags)).casefold()
        return all(word in self._text for word in words)


class Index:
    """All events, in the rolls that they match.

    Attributes:
        moved: rolls that have changed since it was last emptied.
        now_ms: the time as of which events have ended; only ``advance`` changes it.
        last_end_ms: when the last event ended so far, 0 for never.
    """

    def __init__(self, state: State, now_ms: int) -> None:
        self.moved: set[Roll] = set()
        self.now_ms = now_ms
        self.last_end_ms = 0
        self._state = state
        self._entries: dict[str, Entry] = {}
        self._rolls: dict[tuple[When, str | None], Roll] = {}
        self._searches: dict[tuple[When, str | None], dict[tuple[str, ...], Roll]] = {}
        self._ends: list[tuple[int, str]] = []
        sorts: dict[tuple[When, str | None], list[Sort]] = {}
        for event in state.events.values():
            entry = self._entries[event.id] = Entry(event, now_ms)
            self._note_end(entry)
            for place in _places(entry):
                sorts.setdefault(place, []).append(entry.sort)
        self._rolls.update((place, Roll(found)) for place, found in sorts.items())

    def roll(self, when: When, tag: str | None, words: tuple[str, ...]) -> Roll:
        """The roll for this question, kept up to date until ``release``."""
        place = (when, tag)
        plain = self._rolls.get(place)
        if plain is None:
            plain = self._rolls[place] = Roll()
        if not words:
            return plain
        searches = self._searches.setdefault(place, {})
        roll = searches.get(words)
        if roll is None:
            found = [sort for sort in plain.sorts if self._entries[event_of(sort)].holds(words, self._state)]
            roll = searches[words] = Roll(found)
        return roll

    def searches(self) -> int:
        """How many questions with words are kept."""
        return sum(map(len, self._searches.values()))

    def release(self, when: When, tag: str | None, words: tuple[str, ...]) -> None:
        """One who asked this question has gone; what nobody else needs is forgotten."""
        place = (when, tag)
        searches = self._searches.get(place, {})
        if words in searches and not searches[words].views:
            del searches[words]
            if not searches:
                del self._searches[place]
        plain = self._rolls.get(place)
        if plain is not None and not plain.sorts and not plain.views and place not in self._searches:
            del self._rolls[place]

    def update(self, event: str) -> None:
        """Takes note that ``event`` has changed, or is no more."""
        before = self._entries.get(event)
        there = self._state.events.get(event)
        if there is None:
            if before is not None:
                del self._entries[event]
                self._withdraw(before)
            return
        if before is not None:
            if before.past == (there.details.ends_at <= self.now_ms):
                if before.details is there.details:
                    return
                if self._stays(before, there.details):
                    before.edited(there)
                    return
            self._withdraw(before)
        after = self._entries[event] = Entry(there, self.now_ms)
        self._enter(after)

    def overtaken(self, event: str, by_ms: int) -> Iterable[Roll]:
        """The rolls in which others may have seen ``event`` end, before the change that is to be noted."""
        before = self._entries.get(event)
        if before is None or before.past or before.details.ends_at > by_ms:
            return ()
        there = self._state.events.get(event)
        if there is not None and there.details is before.details:
            return ()
        return self._all_around(before)

    def _all_around(self, before: Entry) -> Iterator[Roll]:
        """The rolls that show the event, or would show it if it had ended."""
        for when in _WHENS:
            for place in _places(before, when):
                if place in self._rolls:
                    yield self._rolls[place]
                for words, roll in self._searches.get(place, {}).items():
                    if before.holds(words, self._state):
                        yield roll

    def advance(self, now_ms: int) -> None:
        """Time passes: moves the events that have ended by now."""
        self.now_ms = max(self.now_ms, now_ms)
        while self._ends and self._ends[0][0] <= self.now_ms:
            _, event = heappop(self._ends)
            if event in self._entries:
                self.update(event)

    def next_end_ms(self) -> int | None:
        """When to ``advance`` again; None when nothing will end."""
        return self._ends[0][0] if self._ends else None

    def _enter(self, entry: Entry) -> None:
        self._note_end(entry)
        for place in _places(entry):
            self._add(self._rolls.setdefault(place, Roll()), entry)
            for words, roll in self._searches.get(place, {}).items():
                if entry.holds(words, self._state):
                    self._add(roll, entry)

    def _stays(self, entry: Entry, details: Details) -> bool:
        """Whether the event is where it was in every roll, as after most edits: then no window has to be looked at."""
        before = entry.details
        return (
            before.starts_at == details.starts_at
            and before.ends_at == details.ends_at
            and before.tags == details.tags
            and not (self._searches and any(place in self._searches for place in _places(entry)))
        )

    def _withdraw(self, entry: Entry) -> None:
        for place in _places(entry):
            for roll in chain((self._rolls[place],), self._searches.get(place, {}).values()):
                if roll.discard(entry.sort):
                    self.moved.add(roll)
            self.release(*place, ())

    def _add(self, roll: Roll, entry: Entry) -> None:
        roll.add(entry.sort)
        self.moved.add(roll)

    def _note_end(self, entry: Entry) -> None:
        if entry.past:
            self.last_end_ms = max(self.last_end_ms, entry.details.ends_at)
        else:
            heappush(self._ends, (entry.details.ends_at, entry.event.id))


def event_of(sort: Sort) -> str:
    """The event whose card has this sort key."""
    return sort[1].removeprefix("card:")


def _places(entry: Entry, when: When | None = None) -> Iterator[tuple[When, str | None]]:
    """Where the event is, or would be if it were ``when``."""
    for tag in (None, *entry.details.tags):
        yield when or entry.when, tag
