"""Permissions: ``may`` is the only function that grants them. Commands and reads call it.

Every event is public. Visibility, co-hosts and moderators belong here once they exist.
"""

from typing import Literal, assert_never

from turnout_core.domain.state import Event

Action = Literal["see", "attend", "edit", "cancel", "delete", "remove-attendee"]


def may(viewer: str | None, action: Action, event: Event) -> bool:
    """True if ``viewer`` (id of the signed-in user, None for a visitor) may do that, apart from rules about time."""
    match action:
        case "see":
            return True
        case "attend":
            return viewer is not None
        case "edit" | "cancel" | "delete" | "remove-attendee":
            return viewer is not None and viewer == event.organizer
    assert_never(action)
