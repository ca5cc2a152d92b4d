"""Search: the words of a question, and the text of an event that has to hold them. One folding serves both."""

from turnout_core.domain.state import Event, State


def fold(text: str) -> str:
    """Text in the form in which it is compared."""
    return text.casefold()


def split_words(question: str) -> tuple[str, ...]:
    """The words of a question, folded, each once."""
    return tuple(dict.fromkeys(fold(question).split()))


def searchable_text(event: Event, state: State) -> str:
    """All that a search looks at: title, description, place, organizer and tags."""
    details = event.details
    organizer = state.users[event.organizer].name
    return fold("\n".join((details.title, details.description, details.place, organizer, *details.tags)))
