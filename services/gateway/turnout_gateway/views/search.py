"""Search: the words of a query, and the text of an event that must contain them. Both are case-folded alike."""

from turnout_core.domain.state import Event, State


def fold(text: str) -> str:
    """Folds case, for comparison."""
    return text.casefold()


def split_words(query: str) -> tuple[str, ...]:
    """The words of a query, case-folded, each once."""
    return tuple(dict.fromkeys(fold(query).split()))


def searchable_text(event: Event, state: State) -> str:
    """The text that searches cover: title, description, place, organizer and tags."""
    details = event.details
    organizer = state.users[event.organizer].name
    return fold("\n".join((details.title, details.description, details.place, organizer, *details.tags)))
