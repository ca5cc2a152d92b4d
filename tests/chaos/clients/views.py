"""The views that clients read and watch: at least one for each kind, and for each parameter that changes a window."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from chaos.clients.load import FAR_YEAR, TAGS, WORDS
from chaos.clients.world import KnownEvent

# The middle of the year in which most events start.
_MIDDLE_MS: Final = round(datetime(FAR_YEAR, 7, 1, tzinfo=UTC).timestamp() * 1000)
PERSONAL_VIEWS: Final = (
    "me",
    f"me?when=upcoming&q={WORDS[0]}",
    f"me?when=upcoming&after={_MIDDLE_MS}&limit=3",
    "me?when=past&limit=5",
    f"me/calendar?month={FAR_YEAR}-07",
    "me/tags?when=upcoming&limit=2",
    "me/notices",
)
_LISTS: Final = (
    "events?when=upcoming",
    f"events?when=upcoming&tag={TAGS[0]}",
    f"events?when=upcoming&q={WORDS[0]}&limit=3",
    "events?when=upcoming&limit=5",
    f"events?when=upcoming&after={_MIDDLE_MS}&limit=5",
    f"events?when=upcoming&before={_MIDDLE_MS}&limit=5",
    "events?when=past&limit=5",
    f"calendar?month={FAR_YEAR}-07&zone=America%2FSt_Johns",
    f"calendar?month={FAR_YEAR}-01&tag={TAGS[1]}",
    "tags?when=upcoming&limit=2",
)


def views_of(events: Iterable[KnownEvent]) -> list[str]:
    """The public views to watch, of lists and of ``events``."""
    return [*_LISTS, *_views_of_events(events)]


def _views_of_events(events: Iterable[KnownEvent]) -> Iterator[str]:
    for number, event in enumerate(events):
        yield f"events/{event.id}"
        if number % 4 == 0:
            yield f"events/{event.id}/people?status=going&limit=3"
        elif number % 4 == 1:
            yield f"events/{event.id}/people?status=waitlisted&q={WORDS[0][0]}"


def is_personal(view: str) -> bool:
    """True if the view shows each user their own content."""
    return view in PERSONAL_VIEWS


def without_personal(views: Collection[str]) -> list[str]:
    """The views that everyone sees alike, sorted."""
    return sorted(view for view in views if not is_personal(view))
