"""The payloads of push messages: what the browser shows. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from turnout_core.domain.notices import ChangedField, Notice, NoticeKind
from turnout_core.domain.state import State
from turnout_core.protocol.rendering import person

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


def push_payload(state: State, notice: Notice) -> bytes:
    """The payload as JSON, at most ``PAYLOAD_MAX_BYTES``: a long body is cut."""
    body = _BODIES[notice.kind](state, notice)
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


def _changed(_: State, notice: Notice) -> str:
    names = [_FIELDS[each.field] for each in notice.changes]
    return f"New {', '.join(names[:-1])} and {names[-1]}." if len(names) > 1 else f"New {''.join(names)}."


def _asked(state: State, notice: Notice) -> str:
    return f"{person(state, notice.by).name or 'Somebody'} asks for {_seats(notice.party)}."


def _message(state: State, notice: Notice) -> str:
    name = person(state, notice.by).name
    return f"{name}: {notice.text}" if name else notice.text


def _says(sentence: str) -> Callable[[State, Notice], str]:
    return lambda _state, _notice: sentence


_BODIES: Final[Mapping[NoticeKind, Callable[[State, Notice], str]]] = {
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
    "reminder": lambda _, notice: "It starts in two hours." if notice.lead == "two-hours" else "It starts in a day.",
}
