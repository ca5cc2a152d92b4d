"""A view's address: what may be asked for, and its one canonical spelling (docs/protocol.md, "Views")."""

import re
from typing import Final, Literal
from urllib.parse import parse_qsl, urlencode

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.rejections import EventNotFound, Invalid, NotSignedIn
from turnout_core.protocol.messages import VIEW_ADDRESS_MAX_CHARS

When = Literal["upcoming", "past"]

_EVENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PARAMETERS: Final = ("when", "q", "tag", "limit")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


class EventsAddress(msgspec.Struct, frozen=True, gc=False):
    """A window of the events.

    Attributes:
        words: casefolded; an event has to hold every one.
        tag: casefolded, as tags are stored; None for any.
        limit: how many cards the window holds.
    """

    when: When = "upcoming"
    words: tuple[str, ...] = ()
    tag: str | None = None
    limit: int = limits.WINDOW_DEFAULT_ITEMS

    @property
    def canonical(self) -> str:
        parameters: list[tuple[str, str]] = [("when", self.when)]
        if self.words:
            parameters.append(("q", " ".join(self.words)))
        if self.tag is not None:
            parameters.append(("tag", self.tag))
        if self.limit != limits.WINDOW_DEFAULT_ITEMS:
            parameters.append(("limit", str(self.limit)))
        return f"events?{urlencode(parameters)}"


class EventAddress(msgspec.Struct, frozen=True, gc=False):
    """One event."""

    event: str

    @property
    def canonical(self) -> str:
        return f"events/{self.event}"


class MeAddress(msgspec.Struct, frozen=True, gc=False):
    """What concerns one user. Everybody calls theirs ``me``."""

    user: str

    @property
    def canonical(self) -> str:
        return "me"


Address = EventsAddress | EventAddress | MeAddress


def parse(text: str, viewer: str | None) -> Address:
    """Reads an address in any spelling; ``me`` means the signed-in user ``viewer``.

    Raises:
        Invalid: it is not an address, or a parameter has a value that it can not have.
        SignedOut: ``me`` without a viewer.
        EventNotFound: no event can have that id.
    """
    if len(text) > VIEW_ADDRESS_MAX_CHARS:
        raise Invalid(f"A view's address has at most {VIEW_ADDRESS_MAX_CHARS} characters.")
    path, mark, query = text.partition("?")
    if path == "events":
        return _events(query)
    if mark:
        raise Invalid(f"The view {_shown(path)} takes no parameters.")
    if path == "me":
        if viewer is None:
            raise NotSignedIn
        return MeAddress(viewer)
    kind, _, event = path.partition("/")
    if kind != "events":
        raise Invalid(f"There is no view {_shown(path)}: ask for events, events/<id> or me.")
    if _EVENT_ID.fullmatch(event) is None:
        raise EventNotFound
    return EventAddress(event)


def _events(query: str) -> EventsAddress:
    found = _parameters(query)
    for name in found:
        if name not in _PARAMETERS:
            raise Invalid(f"The view events has no parameter {_shown(name)}: it has when, q, tag and limit.")
    return EventsAddress(
        _when(found.get("when") or "upcoming"),
        _words(found.get("q", "")),
        _tag(found.get("tag", "")),
        _limit(found.get("limit") or str(limits.WINDOW_DEFAULT_ITEMS)),
    )


def _parameters(query: str) -> dict[str, str]:
    if _BAD_ESCAPE.search(query):
        raise Invalid("The view's address has a % that escapes nothing.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=len(_PARAMETERS))
        for pair in pairs:
            "".join(pair).encode()  # a lone surrogate has no bytes
    except UnicodeError:
        raise Invalid("The view's address is not UTF-8.") from None
    except ValueError:
        raise Invalid("The view's address has too many parameters.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("The view's address names a parameter twice.")
    return found


def _when(value: str) -> When:
    match value:
        case "upcoming" | "past":
            return value
        case _:
            raise Invalid(f"when is upcoming or past, not {_shown(value)}.")


def _words(value: str) -> tuple[str, ...]:
    if len(value) > limits.SEARCH_MAX_CHARS:
        raise Invalid(f"q has at most {limits.SEARCH_MAX_CHARS} characters.")
    return tuple(dict.fromkeys(value.casefold().split()))


def _tag(value: str) -> str | None:
    if len(value) > limits.TAG_MAX_CHARS:
        raise Invalid(f"tag has at most {limits.TAG_MAX_CHARS} characters.")
    return " ".join(value.casefold().split()) or None


def _limit(value: str) -> int:
    if _NUMBER.fullmatch(value) is None or int(value) > limits.WINDOW_MAX_ITEMS:
        raise Invalid(f"limit is a number from 1 to {limits.WINDOW_MAX_ITEMS}, not {_shown(value)}.")
    return int(value)


def _shown(text: str) -> str:
    return repr(text[:40])
