"""Decides the commands about links to an event: make, revoke, accept."""

from turnout_command.rules.find import check_not_blocked, find_permitted_event
from turnout_command.rules.role_commands import check_room_for_cohost
from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.access import is_invited, is_kept_out, viewer_of
from turnout_core.domain.event_desk import Invitation
from turnout_core.domain.host_changes import (
    CohostAdded,
    InvitationMade,
    InvitationRevoked,
    InvitationUsed,
    Invited,
)
from turnout_core.domain.host_commands import AcceptInvitation, MakeInvitation, RevokeInvitation
from turnout_core.domain.rejections import invalid_field
from turnout_core.domain.state import Event, State


def make(state: State, command: MakeInvitation, actor: str, now: int) -> list[changes.AnyChange]:
    body = command.body
    event = find_permitted_event(
        state, command.event, actor, "invite-cohosts" if body.role == "co-host" else "invite"
    )  # fmt: skip
    if body.ends_at is not None and body.ends_at <= now:
        raise invalid_field("ends_at", "must be in the future")
    made = Invitation(command.code, body.role, actor, now, body.uses, body.ends_at)
    return [*_make_room(event, now), InvitationMade(event.id, made)]


def revoke(state: State, command: RevokeInvitation, actor: str, _: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "invite")
    found = [each for each in _links(event).values() if command.invitation in (each.id, each.code)]
    if not found:
        raise rejections.InvitationInvalid
    invitation = found[0]
    if invitation.role == "co-host":
        find_permitted_event(state, command.event, actor, "invite-cohosts")
    return [InvitationRevoked(event.id, invitation.code)]


def accept(state: State, command: AcceptInvitation, actor: str, now: int) -> list[changes.AnyChange]:
    """A person who has what the link gives spends no use of it, also after its end."""
    viewer = viewer_of(state, actor)
    check_not_blocked(viewer)  # before the look at the link, about which it must say nothing
    event = state.events.get(command.event)
    if event is None:
        raise rejections.InvitationInvalid
    invitation = _find_invitation(event, command.code)
    if event.is_host(actor):
        return []
    if event.hidden or is_kept_out(event, actor):
        raise rejections.InvitationInvalid
    if invitation.role == "guest" and (actor in event.attendances or is_invited(event, actor)):
        return []
    if not _is_open(invitation, now):
        raise rejections.InvitationInvalid
    used = InvitationUsed(event.id, invitation.code)
    if invitation.role == "guest":
        return [used, Invited(event.id, actor)]
    check_room_for_cohost(event)
    return [used, CohostAdded(event.id, actor)]


def _find_invitation(event: Event, code: str) -> Invitation:
    """The link with ``code``, also after its end. Raises InvitationInvalid.

    Time says nothing about other codes: only a code of the same hash, which has a secret seed, is compared.
    """
    found = _links(event).get(code)
    if found is None:
        raise rejections.InvitationInvalid
    return found


def _make_room(event: Event, now: int) -> list[InvitationRevoked]:
    """The links that nobody can accept any more go if a new one needs their place. Raises LimitReached."""
    links = _links(event)
    if len(links) < limits.INVITATIONS_MAX:
        return []
    found = [InvitationRevoked(event.id, each.code) for each in links.values() if not _is_open(each, now)]
    if not found:
        raise rejections.LimitReached(f"An event has at most {limits.INVITATIONS_MAX} open links. Revoke one first.")
    return found


def _links(event: Event) -> dict[str, Invitation]:
    return event.desk.invitations if event.desk is not None else {}


def _is_open(invitation: Invitation, now: int) -> bool:
    return invitation.uses != 0 and (invitation.ends_at is None or now < invitation.ends_at)
