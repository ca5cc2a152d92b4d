"""Decides the commands of the operator, who acts by a command on the machine. Each is audited as theirs."""

from turnout_command.rules.erase import erase_user
from turnout_command.rules.event_rules import has_ended
from turnout_command.rules.moderation_commands import audited, block
from turnout_command.rules.webhook_commands import deletion
from turnout_core.domain import changes, moderation_changes, people_changes, rejections
from turnout_core.domain.moderation import OPERATOR
from turnout_core.domain.moderation_commands import OperateEvent, OperatePerson
from turnout_core.domain.rejections import invalid_field
from turnout_core.domain.state import State


def operate_event(state: State, command: OperateEvent, now: int) -> list[changes.AnyChange]:
    event = state.events.get(command.event)
    if event is None:
        raise rejections.EventNotFound
    change: changes.AnyChange = deletion(event)
    if command.action == "cancel":
        if event.status == "cancelled":
            raise rejections.EventIsCancelled
        if has_ended(event, now):
            raise rejections.EventHasEnded
        change = changes.EventCancelled(event.id)
    return [change, audited(state, OPERATOR, command.action, "event", event.id, command.reason)]


def operate_person(state: State, command: OperatePerson, now: int) -> list[changes.AnyChange]:
    """Nothing changes if the person already is as the command requests."""
    user, reason = command.user, command.reason
    if user not in state.users:
        raise rejections.UserNotFound
    entry = audited(state, OPERATOR, command.action, "person", user, reason)
    match command.action:
        case "rename":
            return _rename(state, user, command.name, reason)
        case "remove":
            return [entry, *erase_user(state, user, now)]  # which removes the name from the entry
        case "block" | "unblock":
            return block(state, user, OPERATOR, reason, is_blocked=command.action == "block")
        case "add-moderator":
            # One whom a group has made a moderator stays one from now on, also outside of that group.
            is_so = state.moderators.get(user) == "command"
            return [] if is_so else [moderation_changes.ModeratorAdded(user, "command"), entry]
        case "remove-moderator":
            return [moderation_changes.ModeratorRemoved(user), entry] if user in state.moderators else []


def _rename(state: State, user: str, name: str | None, reason: str) -> list[changes.AnyChange]:
    """The entry has the new name: the former one may be why they are renamed."""
    if name is None:
        raise invalid_field("name", "is required")
    if name == state.users[user].name:
        return []
    entry = moderation_changes.Audited(OPERATOR, "rename", "person", user, name, reason)
    return [people_changes.Renamed(user, name), entry]
