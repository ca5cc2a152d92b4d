"""Changes that the hosts of an event make, and the requests and invitations of its guests."""

from typing import ClassVar

from turnout_core.domain.change import Change
from turnout_core.domain.event_desk import Invitation, Webhook


class HandedOver(Change, frozen=True, gc=False, tag="handed-over"):
    """``to`` is the organizer now, and no co-host; without ``to`` there is none, since the former one is gone."""

    since: ClassVar[int] = 4

    event: str
    to: str = ""


class CohostAdded(Change, frozen=True, gc=False, tag="cohost-added"):
    since: ClassVar[int] = 4

    event: str
    user: str


class CohostRemoved(Change, frozen=True, gc=False, tag="cohost-removed"):
    since: ClassVar[int] = 4

    event: str
    user: str


class InvitationMade(Change, frozen=True, gc=False, tag="invitation-made"):
    since: ClassVar[int] = 4

    event: str
    invitation: Invitation


class InvitationUsed(Change, frozen=True, gc=False, tag="invitation-used"):
    """One use of the invitation is spent."""

    since: ClassVar[int] = 4

    event: str
    code: str


class InvitationRevoked(Change, frozen=True, gc=False, tag="invitation-revoked"):
    since: ClassVar[int] = 4

    event: str
    code: str


class Invited(Change, frozen=True, gc=False, tag="invited"):
    """``user`` may see the event and join it, whatever its settings."""

    since: ClassVar[int] = 4

    event: str
    user: str


class Uninvited(Change, frozen=True, gc=False, tag="uninvited"):
    since: ClassVar[int] = 4

    event: str
    user: str


class Requested(Change, frozen=True, gc=False, tag="requested"):
    """``user`` asks for seats; hosts approve or decline. A request with another ``party`` keeps its place."""

    since: ClassVar[int] = 4

    event: str
    user: str
    party: int


class RequestClosed(Change, frozen=True, gc=False, tag="request-closed"):
    """The request was approved, declined or withdrawn. After an approval ``Joined`` follows."""

    since: ClassVar[int] = 4

    event: str
    user: str


class GuestBlocked(Change, frozen=True, gc=False, tag="guest-blocked"):
    """Hosts keep ``user`` out of the event."""

    since: ClassVar[int] = 4

    event: str
    user: str


class GuestAllowed(Change, frozen=True, gc=False, tag="guest-allowed"):
    """``user`` is no longer kept out."""

    since: ClassVar[int] = 4

    event: str
    user: str


class NoteSet(Change, frozen=True, gc=False, tag="note-set"):
    """The note of the hosts about ``user``; without ``text`` there is none."""

    since: ClassVar[int] = 4

    event: str
    user: str
    text: str = ""


class WebhookAdded(Change, frozen=True, gc=False, tag="webhook-added"):
    since: ClassVar[int] = 5

    event: str
    webhook: Webhook


class WebhookRemoved(Change, frozen=True, gc=False, tag="webhook-removed"):
    """``webhook`` is the id."""

    since: ClassVar[int] = 5

    event: str
    webhook: str


class AttendanceMoved(Change, frozen=True, gc=False, tag="attendance-moved"):
    """The attendance of ``user`` belongs to ``to`` now, who had none; it keeps its seats and its place."""

    since: ClassVar[int] = 4

    event: str
    user: str
    to: str


class RolesMoved(Change, frozen=True, gc=False, tag="roles-moved"):
    """``to`` takes over from ``user`` at the event: co-host, invited, requested, kept out, the note about them, and
    the links that they made.

    If ``to`` already had one of the former, that stays.
    """

    since: ClassVar[int] = 4

    event: str
    user: str
    to: str


HostChange = (
    HandedOver
    | CohostAdded
    | CohostRemoved
    | InvitationMade
    | InvitationUsed
    | InvitationRevoked
    | Invited
    | Uninvited
    | Requested
    | RequestClosed
    | GuestBlocked
    | GuestAllowed
    | NoteSet
    | WebhookAdded
    | WebhookRemoved
    | AttendanceMoved
    | RolesMoved
)
