"""Renders the response to a command from the state after it. Pure."""

from typing import Final

import msgspec

from turnout_core.domain.commands import (
    CancelEvent,
    ChangeParty,
    Command,
    CreateEvent,
    DeleteEvent,
    EditEvent,
    Join,
    SignOut,
    SignUp,
    Unattend,
)
from turnout_core.domain.state import State
from turnout_core.protocol.items import SessionAnswer
from turnout_core.protocol.rendering import attendee, event_item, person

ETAG: Final = "etag"


class StoredResponse(msgspec.Struct, frozen=True, gc=False):
    """A response that can be stored under an Idempotency-Key and sent again.

    Attributes:
        status: HTTP status code.
        body: JSON; empty for 204.
        headers: further response headers (Location, ETag).
        event: id of the event whose item is the body; empty for any other body.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    event: str = ""


def response_to(state: State, command: Command, actor: str | None) -> StoredResponse:
    """The response to ``command`` of ``actor``, which ``state`` contains. It never contains a token."""
    match command:
        case Join(event=event) | ChangeParty(event=event):
            assert actor is not None  # noqa: S101 - decide refuses a command without an actor
            item = attendee(state, state.events[event].attendances[actor])
            return StoredResponse(201 if isinstance(command, Join) else 200, msgspec.json.encode(item))
        case Unattend() | DeleteEvent() | SignOut():
            return StoredResponse(204)
        case CreateEvent(event=event):
            return event_response(state, event, 201, (("location", f"/api/events/{event}"),))
        case EditEvent(event=event) | CancelEvent(event=event):
            return event_response(state, event, 200)
        case SignUp(user=user):
            return StoredResponse(201, msgspec.json.encode(SessionAnswer(person(state, user))))


def event_response(state: State, event: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> StoredResponse:
    """The response with the item of ``event``, and its version as ETag."""
    item = event_item(state, state.events[event])
    return StoredResponse(status, msgspec.json.encode(item), (*headers, (ETAG, f'"{item.version}"')), event)
