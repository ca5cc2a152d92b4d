"""Decides commands: their changes, or a rejection. Pure: time and ids are arguments."""

from collections.abc import Container

from turnout_command.rules.event_rules import details_after_edit, details_from_draft, has_ended, is_closed
from turnout_command.rules.seat_rules import event_full, promotions, resize, seat
from turnout_core.domain import changes, rejections
from turnout_core.domain.access import Action, may
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
from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol.rendering import event_item


def decide(  # noqa: C901, PLR0911 - one case for each command
    state: State, command: Command, actor: str | None, now: int
) -> list[changes.AnyChange]:
    """The changes of ``command`` by ``actor`` (user id, None if signed out) at ``now`` (ms since 1970); empty
    if the state already is as the command requests.

    Raises:
        Rejection: the command is refused, and changes nothing.
    """
    if isinstance(command, SignUp):
        _check_unused(command.user, state.users)
        return [changes.SignedUp(command.user, command.body.name)]
    if actor is None:
        raise rejections.NotSignedIn
    match command:
        case Join(event=event, party=party):
            return _join(state, _find_open_event(state, event, now), actor, party)
        case Unattend(event=event, user=user):
            return _unattend(state, _find_event(state, event), user, actor, now)
        case ChangeParty(event=event, party=party):
            joined = _find_open_event(state, event, now)
            return resize(state, joined, _find_attendance(joined, actor), party)
        case CreateEvent(event=event, draft=draft):
            _check_unused(event, state.events)
            return [changes.EventCreated(event, actor, details_from_draft(draft, now))]
        case EditEvent():
            return _edit(state, _find_permitted_event(state, command.event, actor, "edit"), command, now)
        case CancelEvent(event=event):
            return _cancel(_find_permitted_event(state, event, actor, "cancel"), now)
        case DeleteEvent(event=event):
            _find_permitted_event(state, event, actor, "delete")
            return [changes.EventDeleted(event)]
        case SignOut():
            return [changes.SignedOut(actor)]


def _join(state: State, event: Event, actor: str, party: int) -> list[changes.AnyChange]:
    if actor in event.attendances:
        raise rejections.AlreadyAttending
    return [seat(state, event, actor, party)]


def _unattend(state: State, event: Event, user: str, actor: str, now: int) -> list[changes.AnyChange]:
    if user != actor:
        if not may(actor, "remove-attendee", event):
            raise rejections.NotOrganizer
        if user not in state.users:
            raise rejections.UserNotFound
    attendance = _find_attendance(event, user, "You have not joined this event." if user == actor else "")
    if has_ended(event, now):
        raise rejections.EventHasEnded
    left = changes.Left(event.id, user)
    free = event.free_seats()
    if attendance.status == "waitlisted" or event.status == "cancelled" or free is None:
        return [left]
    return [left, *promotions(event, free + attendance.party)]


def _edit(state: State, event: Event, command: EditEvent, now: int) -> list[changes.AnyChange]:
    if command.version is not None and command.version != event.version:
        raise rejections.VersionConflict(event=event_item(state, event))
    details = details_after_edit(event, command.edit, now)
    if details == event.details:
        return []
    change = changes.EventEdited(event.id, details)
    if is_closed(event, now):
        return [change]
    capacity = details.capacity
    if capacity is None:
        return [change, *promotions(event, None)]
    if capacity < event.going:
        raise event_full(state, event, f"{event.going} seats are taken, so this can't be lower.")
    return [change, *promotions(event, capacity - event.going)]


def _cancel(event: Event, now: int) -> list[changes.AnyChange]:
    if event.status == "cancelled":
        raise rejections.EventIsCancelled
    if has_ended(event, now):
        raise rejections.EventHasEnded
    return [changes.EventCancelled(event.id)]


def _check_unused(new_id: str, used: Container[str]) -> None:
    """Raises Unavailable if the id is in use: it has 60 random bits, and a retry of the client gets another."""
    if new_id in used:
        raise rejections.Unavailable


def _find_event(state: State, event: str) -> Event:
    found = state.events.get(event)
    if found is None:
        raise rejections.EventNotFound
    return found


def _find_open_event(state: State, event: str, now: int) -> Event:
    """The event. Raises a rejection if it is cancelled or has ended."""
    found = _find_event(state, event)
    if found.status == "cancelled":
        raise rejections.EventIsCancelled
    if has_ended(found, now):
        raise rejections.EventHasEnded
    return found


def _find_permitted_event(state: State, event: str, actor: str, action: Action) -> Event:
    found = _find_event(state, event)
    if not may(actor, action, found):
        raise rejections.NotOrganizer
    return found


def _find_attendance(event: Event, user: str, detail: str = "You have not joined this event.") -> Attendance:
    found = event.attendances.get(user)
    if found is None:
        raise rejections.NotAttending(detail)
    return found
