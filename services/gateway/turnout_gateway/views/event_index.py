"""Events, in the sorted lists that they match.

Lists without search words (upcoming or past, for every tag) always exist; lists with words are made on request. An
event moves between lists when its details change or when it ends, not when someone joins.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Literal, get_args

from turnout_core.domain.changes import Details
from turnout_core.domain.state import Event, State
from turnout_core.protocol.rendering import person
from turnout_gateway.views.gone_events import GoneEvents
from turnout_gateway.views.search import SearchText
from turnout_gateway.views.sorted_events import SortedEvents, SortKey, Span, event_of
from turnout_gateway.views.tag_totals import TagTotals

When = Literal["upcoming", "past"]
_List = tuple[When, str | None]  # with a tag; None for all events


class _Entry:
    """An event, with the values that the lists sort and match by."""

    __slots__ = ("_search_text", "details", "event", "is_listed", "is_past", "organizer", "sort_key")

    def __init__(self, event: Event, organizer: str, *, is_listed: bool) -> None:
        self.event = event
        self.organizer = organizer
        self.is_listed = is_listed
        self.details: Details = event.details
        self.sort_key: SortKey = (event.details.starts_at, f"card:{event.id}")
        self.is_past = event.ended
        self._search_text: SearchText | None = None

    def replace_event(self, event: Event, organizer: str) -> None:
        """Sets the new details of an event that keeps its place in every list."""
        self.event, self.details, self.organizer = event, event.details, organizer
        self._search_text = None

    @property
    def when(self) -> When:
        return "past" if self.is_past else "upcoming"

    def matches(self, words: tuple[str, ...]) -> bool:
        """True if every word is in the event's text, or names one of its days."""
        if self._search_text is None:
            self._search_text = SearchText(self.details, self.organizer)
        return self._search_text.matches(words)


class EventIndex:
    """The sorted lists of the events of one state that have a place in them.

    Args:
        is_listed: tells whether an event has.
        events: all that may have one now.
        gone: gets the events that are deleted.

    Attributes:
        tags: of the upcoming and of the past events, each with its number of events.
    """

    def __init__(
        self,
        state: State,
        is_listed: Callable[[Event], bool],
        events: Iterable[Event],
        gone: GoneEvents | None = None,
    ) -> None:
        self._is_listed = is_listed
        self._gone = gone
        self._changed_lists: dict[SortedEvents, Span] = {}
        self._state = state
        self._entries: dict[str, _Entry] = {}
        self._lists: dict[_List, SortedEvents] = {}
        self._searches: dict[_List, dict[tuple[str, ...], SortedEvents]] = {}
        keys: dict[_List, list[SortKey]] = {}
        for event in events:
            entry = self._entries[event.id] = self._entry_of(event)
            for each in _lists_of(entry):
                keys.setdefault(each, []).append(entry.sort_key)
        self._lists.update((each, SortedEvents(found)) for each, found in keys.items())
        self.tags: dict[When, TagTotals] = {
            when: TagTotals({tag: len(found) for (of, tag), found in keys.items() if tag is not None and of == when})
            for when in get_args(When)
        }

    def pop_changed_lists(self) -> dict[SortedEvents, Span]:
        """The lists that have changed since the last call, each with the span of the events that came or went."""
        changed, self._changed_lists = self._changed_lists, {}
        return changed

    def find(self, when: When, tag: str | None, words: tuple[str, ...]) -> SortedEvents:
        """The events that match. The list stays up to date until ``release``."""
        which = (when, tag)
        plain = self._lists.get(which)
        if plain is None:
            plain = self._lists[which] = SortedEvents()
        if not words:
            return plain
        searches = self._searches.setdefault(which, {})
        found = searches.get(words)
        if found is None:
            keys = [key for key in plain.keys if self._entries[event_of(key)].matches(words)]
            found = searches[words] = SortedEvents(keys)
        return found

    def release(self, when: When, tag: str | None, words: tuple[str, ...]) -> None:
        """Drops the lists that have no subscriber left, after one has left this search."""
        which = (when, tag)
        searches = self._searches.get(which, {})
        if words in searches and not searches[words].subscribers:
            del searches[words]
            if not searches:
                del self._searches[which]
        plain = self._lists.get(which)
        if plain is not None and not plain.keys and not plain.subscribers and which not in self._searches:
            del self._lists[which]

    def update(self, event: str) -> None:
        """Moves ``event``, which has changed or was deleted, between the lists."""
        before = self._entries.get(event)
        current_event = self._state.events.get(event)
        if current_event is None:
            if before is not None:
                del self._entries[event]
                if self._gone is not None:
                    self._gone.add(before.event)
                self._remove(before)
            return
        if before is not None:
            if before.is_past == current_event.ended and before.is_listed == self._is_listed(current_event):
                organizer = self._organizer_of(current_event)
                if before.details is current_event.details and before.organizer == organizer:
                    return
                if self._keeps_its_place(before, current_event.details):
                    before.replace_event(current_event, organizer)
                    return
            self._remove(before)
        after = self._entries[event] = self._entry_of(current_event)
        self._insert(after)

    def _entry_of(self, event: Event) -> _Entry:
        return _Entry(event, self._organizer_of(event), is_listed=self._is_listed(event))

    def _organizer_of(self, event: Event) -> str:
        return person(self._state, event.organizer).name

    def _keeps_its_place(self, entry: _Entry, details: Details) -> bool:
        """True if the event keeps its place in every list, as after most edits. Then no window has to be compared."""
        before = entry.details
        return (
            before.starts_at == details.starts_at
            and before.tags == details.tags
            and not (self._searches and any(each in self._searches for each in _lists_of(entry)))
        )

    def _insert(self, entry: _Entry) -> None:
        for which in _lists_of(entry):
            self._add(self._lists.setdefault(which, SortedEvents()), entry)
            self._count_tag(which)
            for words, found in self._searches.get(which, {}).items():
                if entry.matches(words):
                    self._add(found, entry)

    def _remove(self, entry: _Entry) -> None:
        for which in _lists_of(entry):
            for each in chain((self._lists[which],), self._searches.get(which, {}).values()):
                if each.discard(entry.sort_key):
                    self._mark(each, entry)
            self._count_tag(which)
            self.release(*which, ())

    def _add(self, events: SortedEvents, entry: _Entry) -> None:
        events.add(entry.sort_key)
        self._mark(events, entry)

    def _mark(self, events: SortedEvents, entry: _Entry) -> None:
        at = entry.sort_key[0]
        first, last = self._changed_lists.get(events, (at, at))
        self._changed_lists[events] = (min(first, at), max(last, at))

    def _count_tag(self, which: _List) -> None:
        when, tag = which
        if tag is not None:
            self.tags[when].set(tag, len(self._lists[which].keys))


def _lists_of(entry: _Entry) -> Iterator[_List]:
    if not entry.is_listed:
        return
    for tag in (None, *entry.details.tags):
        yield entry.when, tag
