"""Decides the commands about seats: join, change the party, leave, remove."""

from turnout_command.rules.event_rules import has_ended
from turnout_command.rules.find import check_not_blocked, check_open, find_attendance, find_event, find_permitted_event
from turnout_command.rules.seat_rules import promotions, resize, seat
from turnout_core.domain import changes, rejections
from turnout_core.domain.access import Viewer, is_kept_out, may, viewer_of
from turnout_core.domain.commands import ChangeParty, Join, Unattend
from turnout_core.domain.host_changes import RequestClosed, Requested
from turnout_core.domain.state import Event, State


def join(state: State, command: Join, actor: str, now: int) -> list[changes.AnyChange]:
    viewer = viewer_of(state, actor)
    event = find_event(state, command.event, viewer)
    check_open(event, now)
    if actor in event.attendances:
        raise rejections.AlreadyAttending
    request = event.desk.requests.get(actor) if event.desk is not None else None
    if may(viewer, "attend", event):
        joined = seat(state, event, actor, command.party)
        return [joined] if request is None else [RequestClosed(event.id, actor), joined]
    if may(viewer, "request", event):
        is_same = request is not None and request.party == command.party
        return [] if is_same else [Requested(event.id, actor, command.party)]
    raise _refusal(viewer, event)


def change_party(state: State, command: ChangeParty, actor: str, now: int) -> list[changes.AnyChange]:
    viewer = viewer_of(state, actor)
    event = find_event(state, command.event, viewer)
    check_open(event, now)
    attendance = find_attendance(event, actor)
    check_not_blocked(viewer)
    if command.party > attendance.party and not may(viewer, "attend", event):
        raise rejections.NotOpen("A larger party needs the agreement of the hosts.")
    return resize(state, event, attendance, command.party)


def unattend(state: State, command: Unattend, actor: str, now: int) -> list[changes.AnyChange]:
    user = command.user
    if user == actor:
        event = state.events.get(command.event)
        if event is None or (user not in event.attendances and not may(viewer_of(state, actor), "see", event)):
            raise rejections.EventNotFound
    else:
        event = find_permitted_event(state, command.event, actor, "manage-guests")
        if user not in state.users:
            raise rejections.UserNotFound
    find_attendance(event, user, "You have not joined this event." if user == actor else "")
    if has_ended(event, now):
        raise rejections.EventHasEnded
    return leave(event, user)


def leave(event: Event, user: str) -> list[changes.AnyChange]:
    """The changes when ``user``, who attends, gives up their seats: the freed seats go to the waitlist."""
    attendance = event.attendances[user]
    left = changes.Left(event.id, user)
    free = event.free_seats()
    if attendance.status == "waitlisted" or event.status == "cancelled" or free is None:
        return [left]
    return [left, *promotions(event, free + attendance.party)]


def _refusal(viewer: Viewer, event: Event) -> rejections.Rejection:
    """Why ``viewer``, who sees the event, may not join it."""
    if viewer.is_blocked:
        return rejections.UserIsBlocked()
    return rejections.KeptOut() if is_kept_out(event, viewer.user) else rejections.NotOpen()
