"""Removes a person, with everything that is held about them. Pure."""

from turnout_command.rules.event_rules import has_ended, is_closed
from turnout_command.rules.seat_commands import leave
from turnout_command.rules.webhook_commands import end_webhooks
from turnout_core.domain import changes, host_changes, people_changes
from turnout_core.domain.person_commands import EraseMe
from turnout_core.domain.state import Event, State


def erase_me(state: State, _: EraseMe, actor: str, now: int) -> list[changes.AnyChange]:
    return erase_user(state, actor, now)


def erase_user(state: State, user: str, now: int) -> list[changes.AnyChange]:
    """The changes that end the part of ``user`` in all events, and then remove them.

    Their seats are given up, and the waitlists are served. Their events go to the co-host of longest standing. Without
    one they have no organizer, and are cancelled if they are still to come.
    """
    made: list[changes.AnyChange] = []
    indexes = (state.organizing, state.attending, state.involved)
    for event_id in sorted(set().union(*(index.get(user, ()) for index in indexes))):
        event = state.events[event_id]
        if user in event.attendances:
            made += [changes.Left(event.id, user)] if has_ended(event, now) else leave(event, user)
        made += _end_roles(event, user)
        if event.organizer == user:
            made += _give_away(state, event, now)
    return [*made, people_changes.UserRemoved(user)]


def _end_roles(event: Event, user: str) -> list[changes.AnyChange]:
    """Ends all that ``user`` is at the event, apart from organizing and attending it."""
    made: list[changes.AnyChange] = []
    if user in event.cohosts:
        made.append(host_changes.CohostRemoved(event.id, user))
    desk = event.desk
    if desk is None:
        return made
    if user in desk.requests:
        made.append(host_changes.RequestClosed(event.id, user))
    if user in desk.invited:
        made.append(host_changes.Uninvited(event.id, user))
    if user in desk.blocked:
        made.append(host_changes.GuestAllowed(event.id, user))
    if user in desk.notes:
        made.append(host_changes.NoteSet(event.id, user))
    return made


def _give_away(state: State, event: Event, now: int) -> list[changes.AnyChange]:
    """Gives the event to a co-host; without one to nobody, and nothing that only hosts could use or see remains."""
    heirs = sorted(event.cohosts, key=lambda each: state.users[each].blocked)  # one who is blocked could do nothing
    made: list[changes.AnyChange] = [*end_webhooks(event)]
    if heirs:
        return [*made, host_changes.HandedOver(event.id, heirs[0])]
    if not is_closed(event, now):
        made.append(changes.EventCancelled(event.id))
    desk = event.desk
    if desk is not None:
        made += [host_changes.RequestClosed(event.id, each) for each in desk.requests if each != event.organizer]
        made += [host_changes.NoteSet(event.id, each) for each in desk.notes if each != event.organizer]
        made += [host_changes.InvitationRevoked(event.id, each) for each in desk.invitations]
    return [*made, host_changes.HandedOver(event.id)]
