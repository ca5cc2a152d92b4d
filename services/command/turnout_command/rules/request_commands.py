"""Decides the commands about requests for seats: approve, decline, withdraw. ``seat_commands.join`` makes requests."""

from turnout_command.rules.find import check_open, find_permitted_event
from turnout_command.rules.seat_rules import seat
from turnout_core.domain import changes, rejections
from turnout_core.domain.access import is_kept_out, may, viewer_of
from turnout_core.domain.event_desk import Request
from turnout_core.domain.host_changes import RequestClosed
from turnout_core.domain.host_commands import ApproveRequest, CloseRequest
from turnout_core.domain.state import Event, State


def approve(state: State, command: ApproveRequest, actor: str, now: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "manage-guests")
    check_open(event, now)
    request = _find_request(event, command.user)
    user = state.users.get(request.user)
    if user is None or user.blocked or user.id in event.attendances or is_kept_out(event, user.id):
        raise rejections.NotRequested
    return [RequestClosed(event.id, user.id), seat(state, event, user.id, command.party or request.party)]


def close(state: State, command: CloseRequest, actor: str, _: int) -> list[changes.AnyChange]:
    if command.user == actor:
        event = state.events.get(command.event)
        if event is None or not (_has_request(event, actor) or may(viewer_of(state, actor), "see", event)):
            raise rejections.EventNotFound
        detail = "You have no open request."
    else:
        event = find_permitted_event(state, command.event, actor, "manage-guests")
        detail = ""
    return [RequestClosed(event.id, _find_request(event, command.user, detail).user)]


def _has_request(event: Event, user: str) -> bool:
    return event.desk is not None and user in event.desk.requests


def _find_request(event: Event, user: str, detail: str = "") -> Request:
    """The request of ``user``. Raises NotRequested with ``detail``."""
    found = event.desk.requests.get(user) if event.desk is not None else None
    if found is None:
        raise rejections.NotRequested(detail)
    return found
