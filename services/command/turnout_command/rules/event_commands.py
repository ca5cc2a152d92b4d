"""Decides the commands about an event itself: create, edit, cancel, delete."""

from collections.abc import Container

from turnout_command.rules.event_rules import details_after_edit, details_from_draft, has_ended, is_closed
from turnout_command.rules.find import check_not_blocked, find_permitted_event
from turnout_command.rules.seat_rules import event_full, promotions
from turnout_command.rules.webhook_commands import deletion
from turnout_core.domain import changes, rejections
from turnout_core.domain.access import viewer_of
from turnout_core.domain.commands import CancelEvent, CreateEvent, DeleteEvent, EditEvent
from turnout_core.domain.state import State
from turnout_core.protocol.rendering import event_item


def create(state: State, command: CreateEvent, actor: str, now: int) -> list[changes.AnyChange]:
    check_not_blocked(viewer_of(state, actor))
    check_unused(command.event, state.events)
    return [changes.EventCreated(command.event, actor, details_from_draft(command.draft, now))]


def edit(state: State, command: EditEvent, actor: str, now: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "edit")
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


def cancel(state: State, command: CancelEvent, actor: str, now: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "cancel")
    if event.status == "cancelled":
        raise rejections.EventIsCancelled
    if has_ended(event, now):
        raise rejections.EventHasEnded
    return [changes.EventCancelled(event.id)]


def delete(state: State, command: DeleteEvent, actor: str, _: int) -> list[changes.AnyChange]:
    return [deletion(find_permitted_event(state, command.event, actor, "delete"))]


def check_unused(new_id: str, used: Container[str]) -> None:
    """Raises Unavailable if the id is in use: it has 60 random bits, and a retry of the client gets another."""
    if new_id in used:
        raise rejections.Unavailable
