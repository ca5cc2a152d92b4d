"""Plans the notices of a commit. Pure: they follow from the commit and the state before it.

Nobody gets a notice of what they did themselves, or of an event that they may not see.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from turnout_core.domain import changes, host_changes, notice_changes
from turnout_core.domain.access import is_restricted, may, viewer_of
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.notices import Audience, FieldChange, Lead, Notice, NoticeKind
from turnout_core.domain.noticing.field_changes import field_changes
from turnout_core.domain.people_changes import SessionOpened, UserRemoved
from turnout_core.domain.preferences import NO_CHOICE
from turnout_core.domain.state import Event, State, User

PlannedNotice = tuple[Notice, list[str]]
"""A notice, and the users who get it, each once."""


class _Context(NamedTuple):
    """The arguments of all rules.

    Attributes:
        state: before the commit.
        absent: the empty id of nobody, and those who get no notice: who did it, and whom the commit removes.
        actor: the user who did it; None if that was no person, or one whom the commit removes.
    """

    state: State
    commit: Commit
    absent: set[str]
    actor: str | None


_Wanted = Iterator[tuple[Notice, Iterable[str]]]


def plan(state: State, commit: Commit) -> list[PlannedNotice]:
    """The notices of ``commit``, which ``state`` does not contain yet."""
    context = _context(state, commit)
    planned = []
    for change in commit.changes:
        rule = _RULES.get(type(change))
        event = state.events.get(getattr(change, "event", ""))
        if rule is None or event is None:  # nobody has to do with an event that is made by the same commit
            continue
        for notice, people in rule(context, event, change):
            recipients = [each for each in dict.fromkeys(people) if each not in context.absent]
            if recipients:
                planned.append((notice, recipients))
    return planned


def _context(state: State, commit: Commit) -> _Context:
    actor, absent = commit.actor, {"", commit.actor or ""}
    for change in commit.changes:
        # An account that brings a guest along signs in with the same commit, so it acts, too.
        if isinstance(change, (UserRemoved, SessionOpened)):
            absent.add(change.user)
            if change.user == actor and isinstance(change, UserRemoved):
                actor = None
    return _Context(state, commit, absent, actor)


def _edited(context: _Context, event: Event, change: changes.EventEdited) -> _Wanted:
    others = [each for each in _involved(event) if each not in context.absent]
    if not others or _is_over(event, context.commit):
        return
    fields = field_changes(event.details, change.details)
    if not fields:
        return
    after = replace(event, details=change.details)  # an edit may close the event to some
    people = _who_see(context.state, after, _who_see(context.state, event, others))
    yield _notice(context, "changed", event, title=change.details.title, fields=fields), people


def _cancelled(context: _Context, event: Event, _: changes.EventCancelled) -> _Wanted:
    yield _notice(context, "called-off", event), _who_see(context.state, event, _involved(event))


def _deleted(context: _Context, event: Event, _: changes.EventDeleted) -> _Wanted:
    if not _is_over(event, context.commit):
        yield _notice(context, "deleted", event), _who_see(context.state, event, _involved(event))


def _left(context: _Context, event: Event, change: changes.Left) -> _Wanted:
    if not _is_over(event, context.commit):
        yield _notice(context, "removed", event), (change.user,)


def _promoted(context: _Context, event: Event, change: changes.Promoted) -> _Wanted:
    """It does not say who made room: the guest list may be secret."""
    notice = _notice(context, "promoted", event, by="", party=_party(context, event, change.user))
    yield notice, (change.user,)


def _requested(context: _Context, event: Event, change: host_changes.Requested) -> _Wanted:
    yield _notice(context, "asked", event, by=change.user, party=change.party), (event.organizer, *event.cohosts)


def _request_closed(context: _Context, event: Event, change: host_changes.RequestClosed) -> _Wanted:
    """A person who leaves for good closes the requests of their event, which is called off; hosts decline."""
    if not event.is_host(context.actor):
        return
    joined = [
        each for each in context.commit.changes
        if isinstance(each, changes.Joined) and (each.event, each.user) == (change.event, change.user)
    ]  # fmt: skip
    if joined:
        yield _notice(context, "approved", event, party=joined[0].party), (change.user,)
    elif not _is_over(event, context.commit):
        yield _notice(context, "declined", event), _who_see(context.state, event, (change.user,))


def _cohost_added(context: _Context, event: Event, change: host_changes.CohostAdded) -> _Wanted:
    yield _notice(context, "cohost", event), (change.user,)


def _handed_over(context: _Context, event: Event, change: host_changes.HandedOver) -> _Wanted:
    yield _notice(context, "organizer", event), (change.to,)


def _reminders_due(context: _Context, event: Event, change: notice_changes.RemindersDue) -> _Wanted:
    users = context.state.users
    going = [each for each in audience_of(event, "going") if _wants_reminder(users[each], change.lead)]
    yield replace(_notice(context, "reminder", event), lead=change.lead), _who_see(context.state, event, going)


def _wants_reminder(user: User, lead: Lead) -> bool:
    return lead in (user.notify or NO_CHOICE).reminders


def _message_sent(context: _Context, event: Event, change: notice_changes.MessageSent) -> _Wanted:
    notice = replace(_notice(context, "message", event), text=change.text)
    yield notice, _who_see(context.state, event, audience_of(event, change.to))


def audience_of(event: Event, to: Audience) -> list[str]:
    """The guests who get a message to ``to``."""
    found = event.attendances.values()
    if to == "all":
        return [each.user for each in found]
    status = "going" if to == "going" else "waitlisted"
    return [each.user for each in found if each.status == status]


def _notice(
    context: _Context,
    kind: NoticeKind,
    event: Event,
    *,
    title: str = "",
    by: str | None = None,
    party: int = 0,
    fields: tuple[FieldChange, ...] = (),
) -> Notice:
    """The notice. Hosts are known by name; it does not tell which moderator acted."""
    if by is None:
        by = context.actor if context.actor is not None and event.is_host(context.actor) else ""
    commit = context.commit
    return Notice(commit.seq, kind, event.id, title or event.details.title, commit.at, by, fields, party=party)


def _involved(event: Event) -> Iterable[str]:
    """Those who go, wait, have asked for seats, or host."""
    requests = event.desk.requests if event.desk is not None else ()
    return (*event.attendances, *requests, event.organizer, *event.cohosts)


def _who_see(state: State, event: Event, users: Iterable[str]) -> Iterable[str]:
    """Those of ``users`` who may see the event."""
    if not is_restricted(event):
        return users
    return [each for each in users if may(viewer_of(state, each), "see", event)]


def _is_over(event: Event, commit: Commit) -> bool:
    return event.ended or event.details.ends_at <= commit.at


def _party(context: _Context, event: Event, user: str) -> int:
    """The seats of ``user`` after the commit."""
    party = event.attendances[user].party if user in event.attendances else 0
    for each in context.commit.changes:
        if isinstance(each, changes.PartyChanged) and (each.event, each.user) == (event.id, user):
            party = each.party
    return party


_RULES: Final[dict[type[Change], Callable[[_Context, Event, Any], _Wanted]]] = {
    changes.EventEdited: _edited,
    changes.EventCancelled: _cancelled,
    changes.EventDeleted: _deleted,
    changes.Left: _left,
    changes.Promoted: _promoted,
    host_changes.Requested: _requested,
    host_changes.RequestClosed: _request_closed,
    host_changes.CohostAdded: _cohost_added,
    host_changes.HandedOver: _handed_over,
    notice_changes.RemindersDue: _reminders_due,
    notice_changes.MessageSent: _message_sent,
}

_TELLING: Final = frozenset(_RULES)


def tells(commit: Commit) -> bool:
    """True if ``commit`` can make notices. It is asked for every commit, so it does not go through all rules."""
    for change in commit.changes:
        if type(change) in _TELLING and not (isinstance(change, changes.Left) and change.user == commit.actor):
            return True
    return False
