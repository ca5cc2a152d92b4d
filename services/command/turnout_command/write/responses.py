"""Renders the response to a command from the state after it. Pure."""

from typing import Final

import msgspec

from turnout_core.domain import account_commands as accounts
from turnout_core.domain import choice_commands as choice
from turnout_core.domain import commands
from turnout_core.domain import host_commands as host
from turnout_core.domain import person_commands as person
from turnout_core.domain.commands import Command
from turnout_core.domain.people import push_id
from turnout_core.domain.state import State, User
from turnout_core.protocol import rendering
from turnout_core.protocol.items import PasskeyAnswer, PushAnswer, SessionAnswer

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


_NO_CONTENT: Final = StoredResponse(204)


def response_to(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of response
    state: State, command: Command, actor: str | None
) -> StoredResponse:
    """The response to ``command`` of ``actor``, which ``state`` contains. It never contains a token."""
    match command:
        case commands.Join(event=event):
            assert actor is not None  # noqa: S101 - decide refuses a command without an actor
            return _joined_response(state, event, actor)
        case commands.Unattend():
            return _NO_CONTENT
        case commands.ChangeParty(event=event):
            assert actor is not None  # noqa: S101 - likewise
            return _attendee_response(state, event, actor, 200)
        case host.ApproveRequest(event=event, user=user):
            return _attendee_response(state, event, user, 201)
        case host.MakeInvitation(event=event, code=code):
            return _invitation_response(state, event, code)
        case host.AddWebhook(event=event, webhook=webhook):
            return _webhook_response(state, event, webhook)
        case commands.CreateEvent(event=event):
            return event_response(state, event, 201, (("location", f"/api/events/{event}"),))
        case (
            commands.EditEvent(event=event)
            | commands.CancelEvent(event=event)
            | host.AcceptInvitation(event=event)
            | host.HandOver(event=event)
        ):
            return event_response(state, event, 200)
        case commands.SignUp(user=user, session=session) | person.SignIn(user=user, session=session):
            return session_response(state, user, session, 201)
        case accounts.SignInWithAccount(issuer=issuer, subject=subject, session=session):
            return session_response(state, state.by_account[issuer, subject], session, 201)
        case person.OpenSession(session=session) | person.UseSession(session=session):
            assert actor is not None  # noqa: S101 - likewise
            return session_response(state, actor, session, 200)
        case person.AddPasskey(id=passkey):
            assert actor is not None  # noqa: S101 - likewise
            return _passkey_response(state.users[actor], passkey)
        case choice.AddPush(body=body):
            assert actor is not None  # noqa: S101 - likewise
            return _push_response(state.users[actor], push_id(body.endpoint))
        case person.Rename():
            assert actor is not None  # noqa: S101 - likewise
            return session_response(state, actor, "", 200)
        case _:
            return _NO_CONTENT


def _joined_response(state: State, event: str, user: str) -> StoredResponse:
    """The response to a join: an attendee, or a request that the hosts have to approve (RFC 9110 section 15.3.3)."""
    found = state.events[event]
    if user in found.attendances:
        return _attendee_response(state, event, user, 201)
    assert found.desk is not None  # noqa: S101 - decide has made a request
    return StoredResponse(202, msgspec.json.encode(rendering.request(state, found.desk.requests[user])))


def _attendee_response(state: State, event: str, user: str, status: int) -> StoredResponse:
    item = rendering.attendee(state, state.events[event].attendances[user])
    return StoredResponse(status, msgspec.json.encode(item))


def _invitation_response(state: State, event: str, code: str) -> StoredResponse:
    desk = state.events[event].desk
    assert desk is not None  # noqa: S101 - decide has made the invitation
    return StoredResponse(201, msgspec.json.encode(rendering.invitation(state, desk.invitations[code], has_code=True)))


def _webhook_response(state: State, event: str, webhook: str) -> StoredResponse:
    desk = state.events[event].desk
    assert desk is not None  # noqa: S101 - decide has added the webhook
    return StoredResponse(201, msgspec.json.encode(rendering.webhook(desk.webhooks[webhook])))


def session_response(state: State, user: str, session: str, status: int) -> StoredResponse:
    """The response with the user and the id of their session, if that is not empty."""
    answer = SessionAnswer(rendering.person(state, user), session or msgspec.UNSET)
    return StoredResponse(status, msgspec.json.encode(answer))


def _passkey_response(user: User, passkey: str) -> StoredResponse:
    added = next(each for each in user.passkeys if each.id == passkey)
    return StoredResponse(201, msgspec.json.encode(PasskeyAnswer(added.id, added.name, added.added_at)))


def _push_response(user: User, push: str) -> StoredResponse:
    added = next(each for each in user.pushes if each.id == push)
    return StoredResponse(201, msgspec.json.encode(PushAnswer(added.id, added.added_at)))


def event_response(state: State, event: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> StoredResponse:
    """The response with the item of ``event``, and its version as ETag."""
    item = rendering.event_item(state, state.events[event])
    return StoredResponse(status, msgspec.json.encode(item), (*headers, (ETAG, f'"{item.version}"')), event)
