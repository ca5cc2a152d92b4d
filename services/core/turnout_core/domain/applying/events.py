"""Events and their attendances."""

from typing import Final

from turnout_core.domain import changes, host_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.inboxes import forget_event
from turnout_core.domain.applying.relations import discard
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit, Seating
from turnout_core.domain.reminders import passed_leads
from turnout_core.domain.state import Attendance, Event, State


def created(state: State, change: changes.EventCreated, commit: Commit, affected: Affected) -> None:
    state.events[change.event] = Event(change.event, change.organizer, change.details, commit.at)
    state.organizing.setdefault(change.organizer, set()).add(change.event)
    affected.add(change.event, change.organizer)


def edited(state: State, change: changes.EventEdited, commit: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    if change.details.starts_at != event.details.starts_at:
        event.reminded = passed_leads(change.details, commit.at)
    event.details = change.details
    event.version += 1
    event.edited_at = commit.at
    affected.add(change.event)


def cancelled(state: State, change: changes.EventCancelled, commit: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.status = "cancelled"
    event.version += 1
    event.edited_at = commit.at
    affected.add(change.event)


def ended(state: State, change: changes.EventEnded, _: Commit, affected: Affected) -> None:
    state.events[change.event].ended = True
    affected.add(change.event)


def reopened(state: State, change: changes.EventReopened, _: Commit, affected: Affected) -> None:
    state.events[change.event].ended = False
    affected.add(change.event)


def deleted(state: State, change: changes.EventDeleted, _: Commit, affected: Affected) -> None:
    event = state.events.pop(change.event)
    involved = event.involved()
    for user in event.attendances:
        discard(state.attending, user, event.id)
    for user in involved:
        discard(state.involved, user, event.id)
    discard(state.organizing, event.organizer, event.id)
    if event.reports:
        for report in [each.id for each in state.reports.values() if each.about == event.id]:
            del state.reports[report]
        affected.has_moderation = True
    affected.inboxes = (*affected.inboxes, *forget_event(state, event.id))
    affected.add(event.id, event.organizer, *event.attendances, *involved)


def joined(state: State, change: changes.Joined, commit: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.attendances[change.user] = Attendance(change.user, change.party, change.status, commit.seq, commit.at)
    _add_seats(event, change.status, change.party)
    state.attending.setdefault(change.user, set()).add(event.id)
    affected.add(change.event, change.user)


def left(state: State, change: changes.Left, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    attendance = event.attendances.pop(change.user)
    _add_seats(event, attendance.status, -attendance.party)
    discard(state.attending, change.user, event.id)
    affected.add(change.event, change.user)


def promoted(state: State, change: changes.Promoted, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    attendance = event.attendances[change.user]
    _add_seats(event, attendance.status, -attendance.party)
    attendance.status = "going"
    _add_seats(event, attendance.status, attendance.party)
    affected.add(change.event, change.user)


def party_changed(state: State, change: changes.PartyChanged, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    attendance = event.attendances[change.user]
    _add_seats(event, attendance.status, change.party - attendance.party)
    attendance.party = change.party
    affected.add(change.event, change.user)


def attendance_moved(state: State, change: host_changes.AttendanceMoved, _: Commit, affected: Affected) -> None:
    event = state.events[change.event]
    event.attendances[change.user].user = change.to
    # The order of the dict is that of the waitlist, so the new key has to stand where the former one stood.
    event.attendances = {each.user: each for each in event.attendances.values()}
    discard(state.attending, change.user, event.id)
    state.attending.setdefault(change.to, set()).add(event.id)
    affected.add(change.event, change.user, change.to)


def _add_seats(event: Event, status: Seating, seats: int) -> None:
    if status == "going":
        event.going += seats
    else:
        event.waiting += seats


APPLY: Final[dict[type[Change], Apply]] = {
    changes.EventCreated: created,
    changes.EventEdited: edited,
    changes.EventCancelled: cancelled,
    changes.EventDeleted: deleted,
    changes.EventEnded: ended,
    changes.EventReopened: reopened,
    host_changes.AttendanceMoved: attendance_moved,
    changes.Joined: joined,
    changes.Left: left,
    changes.Promoted: promoted,
    changes.PartyChanged: party_changed,
}
