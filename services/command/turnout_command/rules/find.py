"""Finds what a command is about. What the actor may not see is not found."""

from typing import Final

from turnout_command.rules.event_rules import has_ended
from turnout_core.domain import rejections
from turnout_core.domain.access import Action, Viewer, may, viewer_of
from turnout_core.domain.state import Attendance, Event, State

OPEN_TO_COHOSTS = "Only the organizer and the co-hosts can do that."
_ORGANIZERS: Final[tuple[Action, ...]] = ("delete", "hand-over", "invite-cohosts", "webhooks")


def find_event(state: State, event: str, viewer: Viewer) -> Event:
    """The event. Raises EventNotFound, also if ``viewer`` may not see it."""
    found = state.events.get(event)
    if found is None or not may(viewer, "see", found):
        raise rejections.EventNotFound
    return found


def find_permitted_event(state: State, event: str, actor: str, action: Action) -> Event:
    """The event. Raises EventNotFound, UserIsBlocked and NotOrganizer unless ``actor`` may do that."""
    viewer = viewer_of(state, actor)
    found = find_event(state, event, viewer)
    if not may(viewer, action, found):
        check_not_blocked(viewer)
        if action == "moderate":
            raise rejections.NotPermitted("Only moderators can do that.")
        raise rejections.NotOrganizer("" if action in _ORGANIZERS else OPEN_TO_COHOSTS)
    return found


def check_not_blocked(viewer: Viewer) -> None:
    """Raises UserIsBlocked."""
    if viewer.is_blocked:
        raise rejections.UserIsBlocked


def check_open(event: Event, now: int) -> None:
    """Raises EventIsCancelled or EventHasEnded: after that nobody joins."""
    if event.status == "cancelled":
        raise rejections.EventIsCancelled
    if has_ended(event, now):
        raise rejections.EventHasEnded


def find_attendance(event: Event, user: str, detail: str = "You have not joined this event.") -> Attendance:
    """The attendance of ``user``. Raises NotAttending with ``detail``."""
    found = event.attendances.get(user)
    if found is None:
        raise rejections.NotAttending(detail)
    return found
