"""Commands of those who report, of moderators, and of the operator."""

from typing import Annotated, Literal

from pydantic import Field

from turnout_core.domain.fields import Id, Name, NoticeId, Reason
from turnout_core.domain.moderation import Target
from turnout_core.domain.strict_model import StrictModel


class ReasonBody(StrictModel):
    """The reason of a report, or of an act of moderation, in one's own words."""

    reason: Reason


class EventReportBody(ReasonBody):
    """The reason of a report of an event, or of a message that a host has sent to its guests."""

    notice: Annotated[
        NoticeId | None,
        Field(description="id of the message among one's notices; the report is about the event alone without it"),
    ] = None


class ReportTarget(StrictModel):
    """Asks moderators to look at ``about``, the id of an event or a person; ``report`` is the id of the report.

    ``notice`` is the id of a message to guests of the event.
    """

    type: Literal["report"] = "report"
    report: Id
    target: Target
    about: str
    body: ReasonBody
    notice: str | None = None


class CloseReport(StrictModel):
    type: Literal["close-report"] = "close-report"
    report: str
    body: ReasonBody


class ModerateEvent(StrictModel):
    """``delete`` takes the event down, which cannot be undone."""

    type: Literal["moderate-event"] = "moderate-event"
    action: Literal["hide", "restore", "delete"]
    event: str
    body: ReasonBody


class ModeratePerson(StrictModel):
    type: Literal["moderate-person"] = "moderate-person"
    action: Literal["block", "unblock"]
    user: str
    body: ReasonBody


class OperateEvent(StrictModel):
    """The operator's hand. No request of a client makes this command, nor the next one."""

    type: Literal["operate-event"] = "operate-event"
    action: Literal["cancel", "delete"]
    event: str
    reason: Reason


class OperatePerson(StrictModel):
    """``name`` is the new one of ``rename``; ``remove`` erases the person as they could do themselves."""

    type: Literal["operate-person"] = "operate-person"
    action: Literal["rename", "remove", "block", "unblock", "add-moderator", "remove-moderator"]
    user: str
    reason: Reason
    name: Name | None = None


OperatorCommand = OperateEvent | OperatePerson
ModerationCommand = ReportTarget | CloseReport | ModerateEvent | ModeratePerson | OperatorCommand
