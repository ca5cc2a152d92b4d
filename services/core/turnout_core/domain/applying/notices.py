"""Read marks of notices, and sent reminders. The notices themselves follow from the other changes (``noticing``)."""

from typing import Final

from turnout_core.domain import notice_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.inboxes import mark_read
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.state import State


def notices_read(state: State, change: notice_changes.NoticesRead, _: Commit, affected: Affected) -> None:
    mark_read(state, change.user, change.until)
    affected.inboxes = (*affected.inboxes, change.user)


def reminders_due(state: State, change: notice_changes.RemindersDue, _: Commit, __: Affected) -> None:
    event = state.events[change.event]
    event.reminded = (*event.reminded, change.lead)


def message_sent(_: State, __: notice_changes.MessageSent, ___: Commit, ____: Affected) -> None:
    """Messages are in inboxes only (``noticing``)."""


APPLY: Final[dict[type[Change], Apply]] = {
    notice_changes.NoticesRead: notices_read,
    notice_changes.RemindersDue: reminders_due,
    notice_changes.MessageSent: message_sent,
}
