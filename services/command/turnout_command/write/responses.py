"""What a command answers when it was done: read off the State that it led to. Pure."""

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


class Answer(msgspec.Struct, frozen=True, gc=False):
    """
    Attributes:
        status: HTTP status code.
        body: JSON; empty for 204.
        headers: further response headers that belong to it.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def answer(state: State, command: Command, actor: str | None) -> Answer:
    """The answer to ``command`` of ``actor``, whose changes ``state`` holds. A token is no part of it."""
    match command:
        case Join(event=event) | ChangeParty(event=event):
            assert actor is not None  # noqa: S101 - decide refuses who is signed out
            item = attendee(state, state.events[event].attendances[actor])
            return Answer(201 if isinstance(command, Join) else 200, item.model_dump_json().encode())
        case Unattend() | DeleteEvent() | SignOut():
            return Answer(204)
        case CreateEvent(event=event):
            return _event(state, event, 201, (("location", f"/api/events/{event}"),))
        case EditEvent(event=event) | CancelEvent(event=event):
            return _event(state, event, 200)
        case SignUp(user=user):
            return Answer(201, SessionAnswer(user=person(state, user)).model_dump_json().encode())


def _event(state: State, event: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    item = event_item(state, state.events[event])
    return Answer(status, item.model_dump_json().encode(), (*headers, ("etag", f'"{item.version}"')))
