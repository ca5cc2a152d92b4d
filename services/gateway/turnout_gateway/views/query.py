"""Parsing of addresses and their parameters, and quoting in error messages, for all kinds of views."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid, NotSignedIn
from turnout_gateway.views import search
from turnout_gateway.views.event_index import When

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_EVENT_ID: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{limits.EVENT_ID_MAX_CHARS}}}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")
_QUOTED_MAX_CHARS: Final = 40


def is_event_id(text: str) -> bool:
    """True if ``text`` can be the id of an event."""
    return _EVENT_ID.fullmatch(text) is not None


def parse_parameters(path: str, query: str | None, names: Sequence[str]) -> dict[str, str]:
    """Parses the query of the view ``path``, which has the parameters ``names``, each at most once. Raises Invalid."""
    text = query or ""
    if _BAD_ESCAPE.search(text):
        raise Invalid("The view's address has a % that escapes nothing.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=len(names))
        for pair in pairs:
            "".join(pair).encode()  # a lone surrogate has no bytes
    except UnicodeError:
        raise Invalid("The view's address is not UTF-8.") from None
    except ValueError:
        raise Invalid("The view's address has too many parameters.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("The view's address names a parameter twice.")
    for name in found:
        if name not in names:
            raise Invalid(f"The view {path} has no parameter {quote(name)}: it has {_enumerate(names)}.")
    return found


def user_of(path: str, viewer: str | None) -> str | None:
    """The user whose events a view shows: ``viewer`` below ``me``, else None. Raises NotSignedIn."""
    if path != "me" and not path.startswith("me/"):
        return None
    if viewer is None:
        raise NotSignedIn
    return viewer


def refuse_parameters(path: str, query: str | None) -> None:
    """Raises Invalid if there is a query."""
    if query is not None:
        raise Invalid(f"The view {quote(path)} takes no parameters.")


def parse_when(value: str) -> When:
    """Reads ``when``; without a value it is ``upcoming``. Raises Invalid."""
    match value or "upcoming":
        case "upcoming" | "past" as when:
            return when
        case _:
            raise Invalid(f"when is upcoming or past, not {quote(value)}.")


def parse_words(value: str) -> tuple[str, ...]:
    """Reads ``q``: its words, folded, each once. Raises Invalid."""
    if len(value) > limits.SEARCH_MAX_CHARS:
        raise Invalid(f"A search has at most {limits.SEARCH_MAX_CHARS} characters (this one has {len(value)}).")
    return search.split_words(value)


def parse_tag(value: str) -> str | None:
    """Reads ``tag``, case-folded, as tags are stored; None without a value. Raises Invalid."""
    if len(value) > limits.TAG_MAX_CHARS:
        raise Invalid(f"tag has at most {limits.TAG_MAX_CHARS} characters.")
    return " ".join(value.casefold().split()) or None


def parse_limit(value: str, default: int, maximum: int) -> int:
    """Reads ``limit``; without a value it is ``default``. Raises Invalid."""
    if not value:
        return default
    if _NUMBER.fullmatch(value) is None or int(value) > maximum:
        raise Invalid(f"limit is a number from 1 to {maximum}, not {quote(value)}.")
    return int(value)


def quote(text: str) -> str:
    """The beginning of ``text``, as error messages show it."""
    return repr(text[:_QUOTED_MAX_CHARS])


def _enumerate(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
