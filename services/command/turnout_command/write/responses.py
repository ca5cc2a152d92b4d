"""Renders the response to a command from the state after it. Pure."""

from typing import Final

import msgspec

from turnout_core.domain import commands
from turnout_core.domain import person_commands as person
from turnout_core.domain.commands import Command
from turnout_core.domain.state import State
from turnout_core.protocol import rendering
from turnout_core.protocol.items import SessionAnswer

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


def response_to(  # noqa: PLR0911 - one case for each kind of response
    state: State, command: Command, actor: str | None
) -> StoredResponse:
    """The response to ``command`` of ``actor``, which ``state`` contains. It never contains a token."""
    match command:
        case commands.Join(event=event) | commands.ChangeParty(event=event):
            assert actor is not None  # noqa: S101 - decide refuses a command without an actor
            item = rendering.attendee(state, state.events[event].attendances[actor])
            return StoredResponse(201 if isinstance(command, commands.Join) else 200, msgspec.json.encode(item))
        case commands.CreateEvent(event=event):
            return event_response(state, event, 201, (("location", f"/api/events/{event}"),))
        case commands.EditEvent(event=event) | commands.CancelEvent(event=event):
            return event_response(state, event, 200)
        case commands.SignUp(user=user, session=session) | person.SignIn(user=user, session=session):
            return session_response(state, user, session, 201)
        case person.OpenSession(session=session) | person.UseSession(session=session):
            assert actor is not None  # noqa: S101 - likewise
            return session_response(state, actor, session, 200)
        case person.Rename():
            assert actor is not None  # noqa: S101 - likewise
            return session_response(state, actor, "", 200)
        case _:
            return StoredResponse(204)


def session_response(state: State, user: str, session: str, status: int) -> StoredResponse:
    """The response with the user and the id of their session, if that is not empty."""
    answer = SessionAnswer(rendering.person(state, user), session or msgspec.UNSET)
    return StoredResponse(status, msgspec.json.encode(answer))


def event_response(state: State, event: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> StoredResponse:
    """The response with the item of ``event``, and its version as ETag."""
    item = rendering.event_item(state, state.events[event])
    return StoredResponse(status, msgspec.json.encode(item), (*headers, (ETAG, f'"{item.version}"')), event)
