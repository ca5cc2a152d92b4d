"""Moderators, what they hide and block, reports, and the audit."""

from typing import Final

from turnout_core.domain import limits, moderation_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.choices import end_pushes
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.moderation import AuditEntry, Report
from turnout_core.domain.state import State


def moderator_added(state: State, change: moderation_changes.ModeratorAdded, _: Commit, affected: Affected) -> None:
    state.moderators[change.user] = change.source
    affected.users.append(change.user)


def moderator_removed(state: State, change: moderation_changes.ModeratorRemoved, _: Commit, affected: Affected) -> None:
    state.moderators.pop(change.user, None)
    affected.users.append(change.user)


def user_blocked(state: State, change: moderation_changes.UserBlocked, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    user.blocked = True
    end_pushes(state, user)
    affected.users.append(change.user)


def user_unblocked(state: State, change: moderation_changes.UserUnblocked, _: Commit, affected: Affected) -> None:
    state.users[change.user].blocked = False
    affected.users.append(change.user)


def event_hidden(state: State, change: moderation_changes.EventHidden, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.hidden = True
    affected.add(event.id, *event.attendances, *event.involved())


def event_restored(state: State, change: moderation_changes.EventRestored, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.hidden = False
    affected.add(event.id, *event.attendances, *event.involved())


def reported(state: State, change: moderation_changes.Reported, commit: Commit, affected: Affected) -> None:
    state.reports[change.report] = Report(
        change.report, change.target, change.about, change.by, change.reason, commit.at, change.message
    )
    affected.has_moderation = True
    if change.target == "event":
        state.events[change.about].reports += 1
        affected.add(change.about)


def report_closed(state: State, change: moderation_changes.ReportClosed, _: Commit, affected: Affected) -> None:
    report = state.reports.pop(change.report)
    affected.has_moderation = True
    if report.target == "event":
        state.events[report.about].reports -= 1
        affected.add(report.about)


def audited(state: State, change: moderation_changes.Audited, commit: Commit, affected: Affected) -> None:
    entry = AuditEntry(
        commit.seq, change.by, change.action, change.target, change.about, change.label, change.reason, commit.at
    )
    state.audit = [*state.audit[1 - limits.AUDIT_MAX_ENTRIES :], entry]
    affected.has_moderation = True


APPLY: Final[dict[type[Change], Apply]] = {
    moderation_changes.ModeratorAdded: moderator_added,
    moderation_changes.ModeratorRemoved: moderator_removed,
    moderation_changes.UserBlocked: user_blocked,
    moderation_changes.UserUnblocked: user_unblocked,
    moderation_changes.Reported: reported,
    moderation_changes.ReportClosed: report_closed,
    moderation_changes.Audited: audited,
    moderation_changes.EventHidden: event_hidden,
    moderation_changes.EventRestored: event_restored,
}
