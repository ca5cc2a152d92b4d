"""The addresses of pages, as the front end's ``router.ts`` has them."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qs, urlencode

from turnout_core.domain import limits

LIST_WINDOW: Final = 150
"""Cards in the first window of a list (``WINDOW_ITEMS`` of listWindow.ts): the front end asks for that view."""

_FIXED: Final = {
    "new": "Create event",
    "import": "Import events",
    "moderation": "Moderation",
    "you": "You",
    "notices": "Notices",
    "sign-in": "Come back",
    "privacy": "Privacy",
}
_TITLES: Final = {"upcoming": "Events", "past": "Past events"}


@dataclass(frozen=True, slots=True)
class ListPath:
    """A list that everyone sees from its beginning."""

    when: Literal["upcoming", "past"] = "upcoming"
    tag: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The query of the page."""
        chosen = {"when": "" if self.when == "upcoming" else self.when, "tag": self.tag}
        return {name: value for name, value in chosen.items() if value}

    @property
    def title(self) -> str:
        return " · ".join(filter(None, (self.tag, _TITLES[self.when])))

    @property
    def view(self) -> str:
        """The address of the view, in the front end's spelling (``eventsAddress`` of addresses.ts)."""
        tag = {"tag": self.tag} if self.tag else {}
        query = urlencode({"when": self.when, **tag, "limit": str(LIST_WINDOW)}, safe="*")
        return f"events?{query.replace('~', '%7E')}"  # as browsers serialise a form (URL, section 5.2)


@dataclass(frozen=True, slots=True)
class EventPath:
    """One event, or the form that edits it."""

    event: str
    is_form: bool = False


@dataclass(frozen=True, slots=True)
class PlainPath:
    """A page that shows nothing before the front end runs."""

    title: str


PagePath = ListPath | EventPath | PlainPath


def find_page(path: str, query: str) -> PagePath | None:
    """The page of a path and its query; None if there is none.

    Short links (``/e/…``) and frames (``/embed/…``) are no pages: ``short_links.py``, and the edge or the site of
    `turnout up`, answer for them.

    The router of the front end takes ``/You/`` for ``/you``, too.
    """
    parts = path.strip("/").split("/") if path.count("//") == 0 else ["", ""]
    match parts:
        case [""]:
            return _find_list(query)
        case [name] if name.lower() in _FIXED:
            return PlainPath(_FIXED[name.lower()])
        case [name, event] if name.lower() == "events" and event:
            return EventPath(event)
        case [name, event, form] if name.lower() == "events" and event and form.lower() == "edit":
            return EventPath(event, is_form=True)
    return None


def _find_list(query: str) -> ListPath | PlainPath:
    """The list of a query. A search, one's own events, and a list from a day of one's zone are up to the front end."""
    try:
        found = {name: values[0] for name, values in parse_qs(query, max_num_fields=20).items()}
    except ValueError:
        return PlainPath(_TITLES["upcoming"])
    when, tag = found.get("when", "upcoming"), found.get("tag", "")
    if (
        found.get("q", "").strip()
        or found.get("from")
        or when in ("mine", "mine-past")
        or len(tag) > limits.TAG_MAX_CHARS
    ):
        return PlainPath("My events" if when in ("mine", "mine-past") else _TITLES["upcoming"])
    return ListPath("past" if when == "past" else "upcoming", tag)
