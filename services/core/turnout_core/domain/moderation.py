"""Moderation: reports, and the audit of what moderators and the operator did."""

from typing import ClassVar, Final, Literal

import msgspec

OPERATOR: Final = ""
"""Stands for the operator, who acts by a command on the machine, in place of a moderator's id."""

Target = Literal["event", "person"]


class ReportedMessage(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The message of a host that a report is about, as the one who reports has it.

    Attributes:
        since: the format since which there are such reports.
        notice: id of the notice.
        by: id of the host; empty, as is ``text``, once they are gone.
    """

    since: ClassVar[int] = 5

    notice: str
    by: str = ""
    text: str = ""


class Report(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """Somebody thinks that moderators should look at an event or a person.

    Attributes:
        id: of the report.
        target: what ``about``, an id, is.
        by: id of the user who reports.
        at: ms since 1970.
        message: the message to guests of the event that it is about; None if it is about all of the target.
    """

    id: str
    target: Target
    about: str
    by: str
    reason: str
    at: int
    message: ReportedMessage | None = None


class AuditEntry(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One act of moderation.

    Attributes:
        order: number of the commit.
        by: id of the moderator, or ``OPERATOR``.
        action: such as ``hide``.
        target: what ``about``, an id, is.
        label: the title or the name at that time; empty once the person is gone.
        reason: in the moderator's words.
        at: ms since 1970.
    """

    order: int
    by: str
    action: str
    target: Target
    about: str
    label: str
    reason: str
    at: int
