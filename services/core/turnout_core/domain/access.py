"""Permissions: ``may`` is the only function that grants them. Commands, views and every other way out call it.

It knows who and what, and not when: rules about time are in ``turnout_command.rules``. The table that says what it must
answer is written apart from it (tests/vectors/access.json). docs/decisions/0023-people.md has the reasons.
"""

from typing import Final, Literal, NamedTuple, assert_never

from turnout_core.domain.state import Event, State

Action = Literal[
    "see", "see-people", "see-desk", "attend", "request", "leave", "report",
    "edit", "cancel", "manage-guests", "message", "invite", "invite-cohosts", "webhooks", "delete", "hand-over",
    "moderate",
]  # fmt: skip
"""What a viewer may want from an event.

- ``see``: its facts and counts. ``see-people``: the names of its attendees. ``see-desk``: what its hosts know.
- ``attend``: take seats at once; ``request``: ask the hosts for seats; ``leave``: give up seats or a request.
- ``manage-guests``: remove, keep out, approve, note. ``message``: tell something to all guests at once.
- ``invite``: make links for guests; ``invite-cohosts``: for co-hosts.
- ``webhooks``: add and remove servers that are told what happens.
- ``moderate``: hide, restore and take down.
"""


class Viewer(NamedTuple):
    """The one who asks.

    Attributes:
        user: id of the signed-in user; None for a visitor.
        is_moderator: True for a moderator of the instance.
        is_blocked: True if a moderator blocks the user, who then sees what a visitor sees.
    """

    user: str | None
    is_moderator: bool = False
    is_blocked: bool = False


VISITOR: Final = Viewer(None)


def viewer_of(state: State, user: str | None) -> Viewer:
    """The user as a viewer; a visitor if ``state`` does not know them."""
    found = state.users.get(user) if user is not None else None
    if found is None:
        return VISITOR
    return Viewer(found.id, found.id in state.moderators, found.blocked)


def may(viewer: Viewer, action: Action, event: Event) -> bool:  # noqa: C901, PLR0911 - one case for each action
    """True if ``viewer`` may do that, apart from rules about time and seats."""
    user = viewer.user
    if action == "leave":  # nobody is ever held
        return user is not None
    if not _may_see(viewer, event):
        return False
    if action == "see":
        return True
    if action == "attend" and event.details.joining == "open":  # most joins
        return _may_take_part(viewer, event)
    is_host = event.is_host(user) and not viewer.is_blocked
    match action:
        case "see-people":
            return is_host or _is_on_list(viewer, event)
        case "see-desk" | "edit" | "cancel" | "manage-guests" | "message" | "invite":
            return is_host
        case "delete" | "hand-over" | "invite-cohosts" | "webhooks":
            return is_host and user == event.organizer
        case "attend":
            return _may_take_part(viewer, event) and (is_host or is_invited(event, user))
        case "request":
            return _may_take_part(viewer, event) and event.details.joining == "request"
        case "report":
            return user is not None and not viewer.is_blocked and not is_host
        case "moderate":
            return viewer.is_moderator and not viewer.is_blocked
    assert_never(action)


def is_listed(event: Event) -> bool:
    """True if the event is in the lists, searches, tags and calendars of everyone."""
    return event.details.visibility == "public" and not event.hidden


def is_restricted(event: Event) -> bool:
    """True if some viewers may see less of the event than others."""
    details = event.details
    return event.hidden or details.visibility == "private" or details.guest_list != "everyone"


def is_invited(event: Event, user: str | None) -> bool:
    return event.desk is not None and user in event.desk.invited


def is_kept_out(event: Event, user: str | None) -> bool:
    """True if the hosts keep ``user`` out of the event."""
    return event.desk is not None and user in event.desk.blocked


def _may_see(viewer: Viewer, event: Event) -> bool:
    if event.details.visibility != "private" and not event.hidden:  # most events
        return True
    user = viewer.user
    if user is None or viewer.is_blocked:
        return False
    if event.is_host(user):
        return True
    if event.hidden:
        return viewer.is_moderator
    if viewer.is_moderator and event.reports:
        return True
    # A request alone opens nothing: the hosts have not agreed yet.
    return not is_kept_out(event, user) and (user in event.attendances or is_invited(event, user))


def _is_on_list(viewer: Viewer, event: Event) -> bool:
    """True if the guest list is open to a viewer who is no host."""
    match event.details.guest_list:
        case "everyone":
            return True
        case "going":
            attendance = event.attendances.get(viewer.user) if viewer.user is not None else None
            return attendance is not None and attendance.status == "going" and not viewer.is_blocked
        case "hosts":
            return False


def _may_take_part(viewer: Viewer, event: Event) -> bool:
    return viewer.user is not None and not viewer.is_blocked and not is_kept_out(event, viewer.user)
