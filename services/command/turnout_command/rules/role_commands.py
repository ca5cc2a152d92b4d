"""Decides the commands about the hosts of an event: hand over, remove a co-host, step down."""

from turnout_command.rules.find import find_event, find_permitted_event
from turnout_command.rules.webhook_commands import end_webhooks
from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.access import viewer_of
from turnout_core.domain.event_desk import Desk
from turnout_core.domain.host_changes import CohostAdded, CohostRemoved, HandedOver, InvitationRevoked
from turnout_core.domain.host_commands import HandOver, RemoveCohost
from turnout_core.domain.state import Event, State


def hand_over(state: State, command: HandOver, actor: str, _: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "hand-over")
    _check_is_cohost(event, command.user)
    if state.users[command.user].blocked:  # nobody could do anything with the event then
        raise rejections.NotPermitted("This co-host cannot take over an event now.")
    return [*end_webhooks(event), HandedOver(event.id, command.user), CohostAdded(event.id, actor)]


def remove_cohost(state: State, command: RemoveCohost, actor: str, _: int) -> list[changes.AnyChange]:
    """A co-host whom the organizer removes may know links for co-hosts, so those end with their role."""
    user = command.user
    if user == actor:
        event = state.events.get(command.event)
        if event is None or not event.is_host(actor):
            event = find_event(state, command.event, viewer_of(state, actor))
    else:
        event = find_permitted_event(state, command.event, actor, "invite-cohosts")
    if user == event.organizer:
        raise rejections.LastOrganizer
    _check_is_cohost(event, user)
    removed = CohostRemoved(event.id, user)
    return [removed] if user == actor or event.desk is None else [removed, *_end_cohost_links(event.id, event.desk)]


def check_room_for_cohost(event: Event) -> None:
    """Raises LimitReached."""
    if len(event.cohosts) >= limits.COHOSTS_MAX:
        raise rejections.LimitReached(f"An event has at most {limits.COHOSTS_MAX} co-hosts.")


def _end_cohost_links(event: str, desk: Desk) -> list[InvitationRevoked]:
    return [InvitationRevoked(event, each.code) for each in desk.invitations.values() if each.role == "co-host"]


def _check_is_cohost(event: Event, user: str) -> None:
    """Raises NotCohost."""
    if user not in event.cohosts:
        raise rejections.NotCohost
