"""Decides the commands of those who report, and of moderators. Each act of moderation is audited with its reason."""

from turnout_command.rules.find import check_not_blocked, find_event, find_permitted_event
from turnout_command.rules.webhook_commands import deletion
from turnout_core.domain import limits, moderation_changes, rejections
from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.moderation import ReportedMessage, Target
from turnout_core.domain.moderation_commands import CloseReport, ModerateEvent, ModeratePerson, ReportTarget
from turnout_core.domain.noticing.reading import find_message
from turnout_core.domain.state import Event, State

_HOSTS_DO_NOT_REPORT = "This event is yours. Call it off or delete it instead."
_NOT_ONESELF = "You cannot do that to yourself."
_BY_OPERATOR_ONLY = "Only the operator can block a moderator."
_TOO_MANY = "There are more open reports than moderators can read. Try again later."


def report(state: State, command: ReportTarget, actor: str, _: int) -> list[AnyChange]:
    """Nothing changes if the actor has reported this before.

    An unknown person is no error, so that nobody can look for one. With a notice that is no message of the actor's,
    the report is about the event alone.
    """
    viewer = viewer_of(state, actor)
    about = command.about
    message = None
    if command.target == "event":
        event = find_event(state, about, viewer)
        check_not_blocked(viewer)
        if not may(viewer, "report", event):
            raise rejections.NotPermitted(_HOSTS_DO_NOT_REPORT)
        message = _message(state, command, actor)
    else:
        check_not_blocked(viewer)
        if about == actor:
            raise rejections.NotPermitted(_NOT_ONESELF)
        if about not in state.users:
            return []
    open_reports = state.reports.values()
    if any((each.by, each.about) == (actor, about) and _is_same(each.message, message) for each in open_reports):
        return []
    if len(open_reports) >= limits.REPORTS_MAX:
        raise rejections.Full(_TOO_MANY)
    return [moderation_changes.Reported(command.report, command.target, about, actor, command.body.reason, message)]


def close_report(state: State, command: CloseReport, actor: str, _: int) -> list[AnyChange]:
    _check_moderator(state, actor)
    found = state.reports.get(command.report)
    if found is None:
        raise rejections.ReportNotFound
    closed = moderation_changes.ReportClosed(found.id)
    return [closed, audited(state, actor, "close", found.target, found.about, command.body.reason)]


def moderate_event(state: State, command: ModerateEvent, actor: str, _: int) -> list[AnyChange]:
    event = find_permitted_event(state, command.event, actor, "moderate")
    change = _event_change(event, command)
    if change is None:
        return []
    return [change, audited(state, actor, command.action, "event", event.id, command.body.reason)]


def moderate_person(state: State, command: ModeratePerson, actor: str, _: int) -> list[AnyChange]:
    _check_moderator(state, actor)
    user = command.user
    if user not in state.users:
        raise rejections.UserNotFound
    if user == actor:
        raise rejections.NotPermitted(_NOT_ONESELF)
    if user in state.moderators:
        raise rejections.NotPermitted(_BY_OPERATOR_ONLY)
    return block(state, user, actor, command.body.reason, is_blocked=command.action == "block")


def block(state: State, user: str, by: str, reason: str, *, is_blocked: bool) -> list[AnyChange]:
    """The changes that block a person or end that; none if it is so already."""
    if state.users[user].blocked == is_blocked:
        return []
    change = moderation_changes.UserBlocked(user) if is_blocked else moderation_changes.UserUnblocked(user)
    return [change, audited(state, by, "block" if is_blocked else "unblock", "person", user, reason)]


def audited(state: State, by: str, action: str, target: Target, about: str, reason: str) -> moderation_changes.Audited:
    """The entry of an act, with the title or the name as they are before it."""
    if target == "event":
        label = state.events[about].details.title if about in state.events else ""
    else:
        label = state.users[about].name if about in state.users else ""
    return moderation_changes.Audited(by, action, target, about, label, reason)


def _message(state: State, command: ReportTarget, actor: str) -> ReportedMessage | None:
    notice = find_message(state, actor, command.about, command.notice) if command.notice is not None else None
    return ReportedMessage(notice.id, notice.by, notice.text) if notice is not None else None


def _is_same(one: ReportedMessage | None, other: ReportedMessage | None) -> bool:
    """True if both are the same message, or none. The text of one may have gone with its author."""
    return (one and one.notice) == (other and other.notice)


def _event_change(event: Event, command: ModerateEvent) -> AnyChange | None:
    match command.action:
        case "hide":
            return None if event.hidden else moderation_changes.EventHidden(event.id)
        case "restore":
            return moderation_changes.EventRestored(event.id) if event.hidden else None
        case "delete":
            return deletion(event)


def _check_moderator(state: State, actor: str) -> None:
    """Raises NotPermitted before anything tells what exists."""
    viewer = viewer_of(state, actor)
    if not viewer.is_moderator or viewer.is_blocked:
        raise rejections.NotPermitted("Only moderators can do that.")
