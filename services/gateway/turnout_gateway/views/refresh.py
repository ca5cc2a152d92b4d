"""Collects the changes since the last refresh of the views.

A refresh updates each affected view once, for any number of commits.
"""

from collections.abc import Iterable
from typing import Final

from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import (
    Commit,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    PartyChanged,
    Promoted,
)
from turnout_core.domain.host_changes import (
    CohostAdded,
    CohostRemoved,
    GuestAllowed,
    GuestBlocked,
    HandedOver,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    Uninvited,
)
from turnout_core.domain.moderation_changes import EventHidden, EventRestored
from turnout_core.domain.people_changes import Renamed
from turnout_gateway.views.collapsed import CollapsedRange
from turnout_gateway.views.history import Revision
from turnout_gateway.views.view_kind import Refresh

_NO_USERS: Final[set[str]] = set()  # shared by all edits, which are many and stored for long; never modified
_MOVING_CHANGES: Final = (
    EventCreated, EventEdited, EventDeleted, EventEnded, EventReopened, EventHidden, EventRestored,
    HandedOver, Renamed,  # a search finds events by the name of the organizer
)  # fmt: skip

_PERSONAL_CHANGES: Final = frozenset(
    {
        Joined, Left, Promoted, PartyChanged, Requested, RequestClosed, Invited, Uninvited,
        GuestBlocked, GuestAllowed, NoteSet, CohostAdded, CohostRemoved,
    }
)  # fmt: skip
"""Changes that matter to the access of the users they name, and of nobody else."""


class PendingChanges:
    """Collects changes until ``pop``."""

    __slots__ = (
        "_changed_rules",
        "_events",
        "_has_moderation",
        "_has_moved_events",
        "_inboxes",
        "_users",
        "_viewer_changes",
    )

    def __init__(self) -> None:
        self.clear()

    def __bool__(self) -> bool:
        return bool(self._events or self._users or self._has_moderation or self._inboxes or self._viewer_changes)

    def clear(self) -> None:
        """Drops all changes."""
        self._events: dict[str, set[str]] = {}
        self._changed_rules: set[str] = set()
        self._has_moved_events = False
        self._users: set[str] = set()
        self._has_moderation = False
        self._inboxes: set[str] = set()
        self._viewer_changes: set[str] = set()

    def add(self, commits: Iterable[tuple[Commit, Affected]]) -> None:
        """Adds what ``commits`` have changed."""
        for commit, affected in commits:
            for event, users in affected.events.items():
                known = self._events.get(event)
                if known:
                    known.update(users)
                else:
                    self._events[event] = set(users) if users else _NO_USERS
            self._has_moved_events = self._has_moved_events or any(
                isinstance(each, _MOVING_CHANGES) for each in commit.changes
            )
            if not all(type(each) in _PERSONAL_CHANGES for each in commit.changes):
                self._changed_rules.update(affected.events)
            self._users.update(affected.users)
            self._has_moderation = self._has_moderation or affected.has_moderation
            self._inboxes.update(affected.inboxes)

    def add_viewer_change(self, event: str) -> None:
        """Adds ``event``, whose number of viewers has changed."""
        self._viewer_changes.add(event)

    def pop(self, revision: Revision) -> tuple[Refresh, CollapsedRange]:
        """Removes and returns the pending changes, also as a range for clients that resume inside it."""
        refresh = Refresh(
            revision, self._events, self._users, self._has_moderation, self._viewer_changes, self._changed_rules,
            inboxes=self._inboxes,
        )  # fmt: skip
        collapsed = CollapsedRange(
            self._events, self._has_moved_events, frozenset(self._users), has_moderation=self._has_moderation,
            inboxes=frozenset(self._inboxes),
        )  # fmt: skip
        self.clear()
        return refresh, collapsed
