"""The payloads of push messages: what the browser shows. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from turnout_core.domain.notices import ChangedField, Notice, NoticeKind
from turnout_core.domain.noticing.reading import shown_author
from turnout_core.domain.state import State

PAYLOAD_MAX_BYTES: Final = 3 * 1024  # RFC 8030 section 7.2: services accept 4,096 bytes, with the encryption
_BODY_MAX_CHARS: Final = 300  # systems show about 200

_FIELDS: Final[Mapping[ChangedField, str]] = {
    "title": "title", "starts": "start", "ends": "end", "zone": "time zone", "place": "place", "link": "link",
    "description": "description",
}  # fmt: skip


class PushPayload(msgspec.Struct, frozen=True, gc=False):
    """The message that the service worker gets, as JSON (docs/protocol.md, "Push messages").

    Attributes:
        id: of the notice, as in ``me/notices``.
        title: of the event; ``body`` is a sentence about it.
        path: of the page that a press opens, below that of the site.
    """

    id: str
    kind: NoticeKind
    event: str
    title: str
    body: str
    path: str


def push_payload(state: State, user: str, notice: Notice) -> bytes:
    """The payload for ``user`` as JSON, at most ``PAYLOAD_MAX_BYTES``: a long body is cut."""
    event = state.events.get(notice.event)
    if notice.kind == "reminder" and event is not None and event.details.all_day:
        body = "It's tomorrow, all day."
    else:
        body = _BODIES[notice.kind](notice, shown_author(state, user, notice) or "")
    path = "/notices" if notice.kind == "deleted" else f"/events/{notice.event}"
    shown = _BODY_MAX_CHARS
    while True:
        cut = body if len(body) <= shown else body[: shown - 1].rstrip() + "…"
        payload = PushPayload(notice.id, notice.kind, notice.event, notice.title, cut, path)
        encoded = msgspec.json.encode(payload)
        if len(encoded) <= PAYLOAD_MAX_BYTES or shown < 1:
            return encoded
        shown //= 2


def _seats(party: int) -> str:
    return "1 seat" if party == 1 else f"{party} seats"


def _changed(notice: Notice, _: str) -> str:
    names = [_FIELDS[each.field] for each in notice.changes]
    return f"New {', '.join(names[:-1])} and {names[-1]}." if len(names) > 1 else f"New {''.join(names)}."


def _asked(notice: Notice, author: str) -> str:
    return f"{author or 'Someone'} asks for {_seats(notice.party)}."


def _message(notice: Notice, author: str) -> str:
    return f"{author}: {notice.text}" if author else notice.text


def _says(sentence: str) -> Callable[[Notice, str], str]:
    return lambda _notice, _author: sentence


_BODIES: Final[Mapping[NoticeKind, Callable[[Notice, str], str]]] = {
    "promoted": _says("You moved up: you're going."),
    "removed": _says("You were taken off the list."),
    "changed": _changed,
    "called-off": _says("This event is called off."),
    "deleted": _says("This event was deleted."),
    "approved": _says("The hosts have approved your request."),
    "declined": _says("The hosts have declined your request."),
    "cohost": _says("You're a co-host now."),
    "organizer": _says("You're the organizer now."),
    "asked": _asked,
    "message": _message,
    "reminder": lambda notice, _: "It starts in two hours." if notice.lead == "two-hours" else "It starts in a day.",
}
