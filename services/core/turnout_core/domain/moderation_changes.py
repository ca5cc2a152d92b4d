"""Changes of moderators: reports, what they hide and block, and the audit."""

from typing import ClassVar

from turnout_core.domain.change import Change
from turnout_core.domain.moderation import ReportedMessage, Target


class ModeratorAdded(Change, frozen=True, gc=False, tag="moderator-added"):
    """``user`` is a moderator; ``source`` is ``command`` or ``group``, which names who can end that."""

    since: ClassVar[int] = 4

    user: str
    source: str


class ModeratorRemoved(Change, frozen=True, gc=False, tag="moderator-removed"):
    since: ClassVar[int] = 4

    user: str


class UserBlocked(Change, frozen=True, gc=False, tag="user-blocked"):
    """A moderator blocks ``user``, who can sign in and leave, and nothing else."""

    since: ClassVar[int] = 4

    user: str


class UserUnblocked(Change, frozen=True, gc=False, tag="user-unblocked"):
    since: ClassVar[int] = 4

    user: str


class Reported(Change, frozen=True, gc=False, tag="reported"):
    """``by`` thinks that moderators should look at ``about``; the fields are those of ``moderation.Report``."""

    since: ClassVar[int] = 4

    report: str
    target: Target
    about: str
    by: str
    reason: str
    message: ReportedMessage | None = None


class ReportClosed(Change, frozen=True, gc=False, tag="report-closed"):
    since: ClassVar[int] = 4

    report: str


class Audited(Change, frozen=True, gc=False, tag="audited"):
    """An act of a moderator or of the operator, with the reason; the fields are those of ``moderation.AuditEntry``."""

    since: ClassVar[int] = 4

    by: str
    action: str
    target: Target
    about: str
    label: str
    reason: str


class EventHidden(Change, frozen=True, gc=False, tag="event-hidden"):
    """A moderator hides the event: only its hosts and moderators see it."""

    since: ClassVar[int] = 4

    event: str


class EventRestored(Change, frozen=True, gc=False, tag="event-restored"):
    """The event is no longer hidden."""

    since: ClassVar[int] = 4

    event: str


ModerationChange = (
    ModeratorAdded
    | ModeratorRemoved
    | UserBlocked
    | UserUnblocked
    | Reported
    | ReportClosed
    | Audited
    | EventHidden
    | EventRestored
)
