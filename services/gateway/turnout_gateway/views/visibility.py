"""Permissions to see events: every view of one event, and every page of its people, asks here."""

from turnout_core.domain.access import Viewer, may
from turnout_core.domain.rejections import EventNotFound, NotPermitted, NotSignedIn
from turnout_core.domain.state import Event, State


def visible_event(state: State, event: str, viewer: Viewer) -> Event:
    """The event with this id.

    Raises:
        EventNotFound: there is none, or the viewer may not see it, which must look the same to them.
    """
    found = state.events.get(event)
    if found is None or not may(viewer, "see", found):
        raise EventNotFound
    return found


def event_with_people(state: State, event: str, viewer: Viewer) -> Event:
    """The event, for a viewer who may see the names of its attendees. Raises EventNotFound and NotPermitted."""
    found = visible_event(state, event, viewer)
    if not may(viewer, "see-people", found):
        raise NotPermitted("The hosts of this event do not show the guest list to everyone.")
    return found


def check_moderator(viewer: Viewer) -> None:
    """Raises NotSignedIn or NotPermitted unless the viewer moderates the instance."""
    if viewer.user is None:
        raise NotSignedIn
    if not viewer.is_moderator or viewer.is_blocked:
        raise NotPermitted("Only the moderators of this instance see that.")
