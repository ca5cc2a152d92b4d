"""Roles, requests, invitations, and what hosts know about their guests."""

from collections.abc import Mapping
from typing import Final, TypeVar

from msgspec.structs import replace

from turnout_core.domain import host_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.relations import desk_of, discard, update_involved
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.event_desk import Request
from turnout_core.domain.state import Event, State

T = TypeVar("T")


def handed_over(state: State, change: host_changes.HandedOver, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    former, event.organizer = event.organizer, change.to
    discard(state.organizing, former, event.id)
    if change.to:
        state.organizing.setdefault(change.to, set()).add(event.id)
        event.cohosts = tuple(each for each in event.cohosts if each != change.to)
        update_involved(state, event, change.to)
    affected.add(event.id, *filter(None, (former, change.to)))


def cohost_added(state: State, change: host_changes.CohostAdded, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.cohosts = (*event.cohosts, change.user)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def cohost_removed(state: State, change: host_changes.CohostRemoved, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.cohosts = tuple(each for each in event.cohosts if each != change.user)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def invitation_made(state: State, change: host_changes.InvitationMade, _: Commit, affected: Affected) -> None:
    # The change stays as it is when the uses of the invitation go down.
    event = state.events[change.event]
    desk_of(event).invitations[change.invitation.code] = replace(change.invitation)
    update_involved(state, event, change.invitation.made_by)
    affected.add(event.id)


def invitation_used(state: State, change: host_changes.InvitationUsed, _: Commit, affected: Affected) -> None:
    invitation = desk_of(state.events[change.event]).invitations[change.code]
    if invitation.uses is not None:
        invitation.uses -= 1
    affected.add(change.event)


def invitation_revoked(state: State, change: host_changes.InvitationRevoked, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    revoked = desk_of(event).invitations.pop(change.code)
    update_involved(state, event, revoked.made_by)
    affected.add(event.id)


def invited(state: State, change: host_changes.Invited, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    desk_of(event).invited[change.user] = True
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def uninvited(state: State, change: host_changes.Uninvited, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    desk_of(event).invited.pop(change.user, None)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def requested(state: State, change: host_changes.Requested, commit: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    requests = desk_of(event).requests
    if change.user in requests:
        requests[change.user].party = change.party
    else:
        requests[change.user] = Request(change.user, change.party, commit.seq, commit.at)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def request_closed(state: State, change: host_changes.RequestClosed, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    desk_of(event).requests.pop(change.user, None)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def guest_blocked(state: State, change: host_changes.GuestBlocked, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    desk_of(event).blocked[change.user] = True
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def guest_allowed(state: State, change: host_changes.GuestAllowed, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    desk_of(event).blocked.pop(change.user, None)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def note_set(state: State, change: host_changes.NoteSet, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    notes = desk_of(event).notes
    if change.text:
        notes[change.user] = change.text
    else:
        notes.pop(change.user, None)
    update_involved(state, event, change.user)
    affected.add(event.id, change.user)


def webhook_added(state: State, change: host_changes.WebhookAdded, _: Commit, affected: Affected) -> None:
    desk_of(state.events[change.event]).webhooks[change.webhook.id] = change.webhook
    affected.add(change.event)


def webhook_removed(state: State, change: host_changes.WebhookRemoved, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    del desk_of(event).webhooks[change.webhook]
    _drop_empty_desk(event)
    affected.add(change.event)


def _drop_empty_desk(event: Event) -> None:
    if event.desk is not None and event.desk.is_empty():
        event.desk = None


def roles_moved(state: State, change: host_changes.RolesMoved, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    user, to = change.user, change.to
    cohosts = (to if each == user else each for each in event.cohosts)
    event.cohosts = tuple(each for each in dict.fromkeys(cohosts) if each != event.organizer)
    desk = desk_of(event)
    desk.requests = _renamed(desk.requests, user, to)
    for key, request in desk.requests.items():
        request.user = key
    desk.invited = _renamed(desk.invited, user, to)
    desk.blocked = _renamed(desk.blocked, user, to)
    desk.notes = _renamed(desk.notes, user, to)
    for made in desk.invitations.values():
        made.made_by = to if made.made_by == user else made.made_by
    if to == event.organizer:
        desk.blocked.pop(to, None)
    for each in (user, to):
        update_involved(state, event, each)
    affected.add(event.id, user, to)


def _renamed(values: Mapping[str, T], user: str, to: str) -> dict[str, T]:
    """The values with that of ``user`` under ``to``, in the same order; that of ``to`` stays if there is one."""
    if to in values:
        return {key: value for key, value in values.items() if key != user}
    return {to if key == user else key: value for key, value in values.items()}


APPLY: Final[dict[type[Change], Apply]] = {
    host_changes.HandedOver: handed_over,
    host_changes.CohostAdded: cohost_added,
    host_changes.CohostRemoved: cohost_removed,
    host_changes.InvitationMade: invitation_made,
    host_changes.InvitationUsed: invitation_used,
    host_changes.InvitationRevoked: invitation_revoked,
    host_changes.Invited: invited,
    host_changes.Uninvited: uninvited,
    host_changes.Requested: requested,
    host_changes.RequestClosed: request_closed,
    host_changes.GuestBlocked: guest_blocked,
    host_changes.GuestAllowed: guest_allowed,
    host_changes.NoteSet: note_set,
    host_changes.WebhookAdded: webhook_added,
    host_changes.WebhookRemoved: webhook_removed,
    host_changes.RolesMoved: roles_moved,
}
