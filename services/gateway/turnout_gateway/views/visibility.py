"""Events that a viewer may see: every view of one event, and every page of its people, asks here."""

from turnout_core.domain.access import may
from turnout_core.domain.rejections import EventNotFound
from turnout_core.domain.state import Event, State


def visible_event(state: State, event: str, viewer: str | None) -> Event:
    """The event with this id, for ``viewer`` (id of the signed-in user, None for a visitor).

    Raises:
        EventNotFound: there is none, or the viewer may not see it, which must look the same to them.
    """
    found = state.events.get(event)
    if found is None or not may(viewer, "see", found):
        raise EventNotFound
    return found
