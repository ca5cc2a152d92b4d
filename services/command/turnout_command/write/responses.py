"""Renders the response to a command from the state after it. Pure."""

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


class StoredResponse(msgspec.Struct, frozen=True, gc=False):
    """A response that can be stored under an Idempotency-Key and sent again.

    Attributes:
        status: HTTP status code.
        body: JSON; empty for 204.
        headers: further response headers (Location, ETag).
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


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
            return _event(state, event, 201, (("location", f"/api/events/{event}"),))
        case EditEvent(event=event) | CancelEvent(event=event):
            return _event(state, event, 200)
        case SignUp(user=user):
            return StoredResponse(201, msgspec.json.encode(SessionAnswer(person(state, user))))


def _event(state: State, event: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> StoredResponse:
    item = event_item(state, state.events[event])
    return StoredResponse(status, msgspec.json.encode(item), (*headers, ("etag", f'"{item.version}"')))
