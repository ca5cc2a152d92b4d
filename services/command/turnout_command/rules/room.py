"""Which changes need room, and which make some. Pure."""

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from turnout_core.domain.changes import (
    AnyChange,
    Details,
    EventCreated,
    EventDeleted,
    EventEdited,
    Joined,
    Left,
    PartyChanged,
    SignedUp,
)
from turnout_core.domain.choice_changes import FeedSet, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.host_changes import (
    CohostAdded,
    GuestAllowed,
    InvitationMade,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    WebhookAdded,
    WebhookRemoved,
)
from turnout_core.domain.moderation_changes import ReportClosed, Reported
from turnout_core.domain.notice_changes import MessageSent
from turnout_core.domain.people_changes import (
    AccountLinked,
    AccountUnlinked,
    MailSet,
    PasskeyAdded,
    PasskeyRemoved,
    RecoverySet,
    Renamed,
    SessionOpened,
    UserRemoved,
)
from turnout_core.domain.state import State

_ERASING: Final = (
    EventDeleted
    | EventEdited
    | Left
    | Renamed
    | MailSet
    | PasskeyRemoved
    | AccountUnlinked
    | NoteSet
    | UserRemoved
    | ReportClosed
    | RequestClosed
    | PushRemoved
    | WebhookRemoved
)
_ADDING: Final = (
    SignedUp | SessionOpened | Renamed | PasskeyAdded | AccountLinked | EventCreated | Joined | Requested
    | InvitationMade | Invited | PushAdded | Reported | CohostAdded | GuestAllowed | MessageSent
    | WebhookAdded
)  # fmt: skip


def need_room(state: State, changes: Collection[AnyChange]) -> bool:
    """True if ``changes``, which ``state`` does not contain yet, add to what is stored.

    All others can be made only so often: a deletion, a cancellation or a sign-out once, a smaller party nine times,
    and an edit only if it removes at least as much as its record takes. So what they append is bounded.
    The removal of a user makes room, whatever else its commit has.
    """
    if any(isinstance(change, UserRemoved) for change in changes):
        return False
    return any(_needs_room(state, change) for change in changes)


def erase(changes: Iterable[AnyChange]) -> bool:
    """True if ``changes`` remove or replace what a person has entered, so that it must leave the disk."""
    return any(isinstance(change, _ERASING) for change in changes)


def _needs_room(state: State, change: AnyChange) -> bool:
    if isinstance(change, _ADDING):
        return True
    match change:
        case (
            MailSet(mail=value)
            | RecoverySet(recovery=value)
            | NoteSet(text=value)
            | PreferencesSet(preferences=value)
            | FeedSet(feed=value)
        ):
            return bool(value)
        case EventEdited(event=event, details=details):
            return 2 * _size(details) > _size(state.events[event].details)
        case PartyChanged(event=event, user=user, party=party):
            return party > state.events[event].attendances[user].party
    return False


def _size(details: Details) -> int:
    return len(msgspec.json.encode(details))
