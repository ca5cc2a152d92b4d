"""The one place that decides who may do what. Every way in and out asks it.

Today every event is public; visibility, co-hosts and moderators will be decided here, too.
"""

from typing import Literal, assert_never

from turnout_core.domain.state import Event

Action = Literal["see", "attend", "edit", "cancel", "delete", "remove-attendee"]


def may(viewer: str | None, action: Action, event: Event) -> bool:
    """True if ``viewer`` (id of the signed-in user, None for a visitor) may do that at any time of the event."""
    match action:
        case "see":
            return True
        case "attend":
            return viewer is not None
        case "edit" | "cancel" | "delete" | "remove-attendee":
            return viewer is not None and viewer == event.organizer
    assert_never(action)
