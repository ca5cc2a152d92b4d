"""Decides the commands of hosts about their guests: keep out, allow again, note."""

from turnout_command.rules.event_rules import has_ended
from turnout_command.rules.find import find_permitted_event
from turnout_command.rules.seat_commands import leave
from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.access import is_invited, is_kept_out
from turnout_core.domain.event_desk import Desk
from turnout_core.domain.host_changes import GuestAllowed, GuestBlocked, NoteSet, RequestClosed, Uninvited
from turnout_core.domain.host_commands import AllowGuest, KeepOut, SetNote
from turnout_core.domain.state import Event, State


def keep_out(state: State, command: KeepOut, actor: str, now: int) -> list[changes.AnyChange]:
    """After the end of the event its attendance stays, as after every other command."""
    event, user = find_permitted_event(state, command.event, actor, "manage-guests"), command.user
    if user not in state.users:
        raise rejections.UserNotFound
    if event.is_host(user):
        raise rejections.IsHost
    if is_kept_out(event, user):
        return []
    desk = _desk(event)
    if len(desk.blocked) >= limits.KEPT_OUT_MAX:
        raise rejections.LimitReached(f"An event keeps out at most {limits.KEPT_OUT_MAX:,} people.")
    made: list[changes.AnyChange] = []
    if user in event.attendances and not has_ended(event, now):
        made += leave(event, user)
    if user in desk.requests:
        made.append(RequestClosed(event.id, user))
    if is_invited(event, user):
        made.append(Uninvited(event.id, user))
    return [*made, GuestBlocked(event.id, user)]


def allow(state: State, command: AllowGuest, actor: str, _: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "manage-guests")
    return [GuestAllowed(event.id, command.user)] if is_kept_out(event, command.user) else []


def set_note(state: State, command: SetNote, actor: str, _: int) -> list[changes.AnyChange]:
    """Hosts note something about people who have to do with the event, so that strangers do not fill it."""
    event, user, text = (
        find_permitted_event(state, command.event, actor, "manage-guests"),
        command.user,
        command.body.text,
    )
    desk = _desk(event)
    if text == desk.notes.get(user, ""):
        return []
    if not (event.is_host(user) or user in event.attendances or user in desk.people()):
        raise rejections.NotAttending
    return [NoteSet(event.id, user, text)]


def _desk(event: Event) -> Desk:
    """The desk, or an empty one."""
    return event.desk if event.desk is not None else Desk()
