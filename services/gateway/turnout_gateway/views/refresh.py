"""Collects the changes since the last refresh of the views.

A refresh updates each affected view once, for any number of commits.
"""

from collections.abc import Iterable
from typing import Final

from turnout_core.domain.apply import Affected
from turnout_core.domain.changes import (
    Commit,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    SignedOut,
)
from turnout_gateway.views.collapsed import CollapsedRange
from turnout_gateway.views.history import Revision
from turnout_gateway.views.view_kind import Refresh

_NO_USERS: Final[set[str]] = set()  # shared by all edits, which are many and stored for long; never modified
_MOVING_CHANGES: Final = (EventCreated, EventEdited, EventDeleted, EventEnded, EventReopened)


class PendingChanges:
    """Collects changes until ``pop``."""

    __slots__ = ("_events", "_has_moved_events", "_signed_out", "_viewer_changes")

    def __init__(self) -> None:
        self.clear()

    def __bool__(self) -> bool:
        return bool(self._events or self._signed_out or self._viewer_changes)

    def clear(self) -> None:
        """Drops all changes."""
        self._events: dict[str, set[str]] = {}
        self._has_moved_events = False
        self._signed_out: set[str] = set()
        self._viewer_changes: set[str] = set()

    def add(self, commits: Iterable[tuple[Commit, Affected]]) -> None:
        """Adds what ``commits`` have changed."""
        for commit, affected in commits:
            if affected.event is not None:
                self._has_moved_events = self._has_moved_events or any(
                    isinstance(each, _MOVING_CHANGES) for each in commit.changes
                )
                users = self._events.get(affected.event)
                if users:
                    users.update(affected.users)
                else:
                    self._events[affected.event] = set(affected.users) if affected.users else _NO_USERS
            else:
                self._signed_out.update(each.user for each in commit.changes if isinstance(each, SignedOut))

    def add_viewer_change(self, event: str) -> None:
        """Adds ``event``, whose number of viewers has changed."""
        self._viewer_changes.add(event)

    def pop(self, revision: Revision) -> tuple[Refresh, CollapsedRange]:
        """Removes and returns the pending changes, also as a range for clients that resume inside it."""
        refresh = Refresh(revision, self._events, self._signed_out, self._viewer_changes)
        collapsed = CollapsedRange(self._events, self._has_moved_events)
        self.clear()
        return refresh, collapsed
