"""The words of notices. Plain text: nothing here is escaped for HTML or a header."""

from typing import Final, NamedTuple, assert_never

from turnout_core.domain.notices import ChangedField, FieldChange, Notice
from turnout_core.domain.noticing.reading import shown_author
from turnout_core.domain.state import State
from turnout_notifier.render.dates import local, when
from turnout_notifier.render.isolation import isolate

_FIELDS: Final[dict[ChangedField, str]] = {
    "title": "Title",
    "starts": "Starts",
    "ends": "Ends",
    "zone": "Time zone",
    "place": "Place",
    "link": "Link",
    "description": "Details",
}


class ChangedLine(NamedTuple):
    """A field of an event that has changed; of the description, both values are empty."""

    label: str
    before: str
    after: str


class Entry(NamedTuple):
    """A notice in words.

    Attributes:
        headline: says what has happened; alone it is the subject of a mail.
        facts: when and where the event is.
        message: of a host.
        path: of the page of the event, below the address of the site; empty if there is none any more.
    """

    headline: str
    facts: tuple[str, ...]
    changes: tuple[ChangedLine, ...]
    message: str
    path: str


def entry(state: State, user: str, notice: Notice) -> Entry:
    """The notice for its recipient ``user``."""
    event = state.events.get(notice.event)
    facts: tuple[str, ...] = ()
    if event is not None and notice.kind not in ("removed", "declined", "called-off"):
        facts = tuple(filter(None, (when(event.details), isolate(event.details.place), event.details.link)))
    return Entry(
        _headline(state, user, notice),
        facts,
        tuple(_changed_line(each) for each in notice.changes),
        notice.text,
        f"/events/{notice.event}" if event is not None else "",
    )


def _headline(state: State, user: str, notice: Notice) -> str:  # noqa: C901, PLR0911 - one case for each kind
    title = isolate(notice.title)
    author = isolate(shown_author(state, user, notice) or "")
    match notice.kind:
        case "promoted":
            return f"You have a seat: {title}" if notice.party <= 1 else f"You have {notice.party} seats: {title}"
        case "approved":
            return f"Your request was approved: {title}"
        case "declined":
            return f"Your request was declined: {title}"
        case "removed":
            return f"You were taken off the list: {title}"
        case "changed":
            return f"Changed: {title}"
        case "called-off":
            return f"Called off: {title}"
        case "deleted":
            return f"Deleted: {title}"
        case "cohost":
            return f"You are now a co-host: {title}"
        case "organizer":
            return f"You are now the organizer: {title}"
        case "asked":
            seats = "a seat" if notice.party <= 1 else f"{notice.party} seats"
            return f"{author or 'Someone'} asks for {seats}: {title}"
        case "message":
            return f"Message from {author}: {title}" if author else f"Message: {title}"
        case "reminder":
            return f"Soon: {title}"
    assert_never(notice.kind)


def _changed_line(change: FieldChange) -> ChangedLine:
    def shown(value: str) -> str:
        return local(value) if change.field in ("starts", "ends") and value else isolate(value)

    return ChangedLine(_FIELDS[change.field], shown(change.before), shown(change.after))
