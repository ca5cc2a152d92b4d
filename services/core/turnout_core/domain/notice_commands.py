"""Commands about what people are told."""

from typing import Annotated, Literal

from pydantic import Field

from turnout_core.domain.fields import MessageText, NoticeId
from turnout_core.domain.notices import Audience
from turnout_core.domain.strict_model import StrictModel


class NoticesReadBody(StrictModel):
    """``POST /api/me/notices/read``: this notice and all older ones are read."""

    until: Annotated[NoticeId, Field(description="id of a notice; the person need not have it any more")]

    @property
    def seq(self) -> int:
        """The number of the commit of the notice."""
        return int(self.until.partition(".")[0])


class ReadNotices(StrictModel):
    """The user has read their notices up to those of commit ``until``."""

    type: Literal["read-notices"] = "read-notices"
    until: int


class MessageBody(StrictModel):
    """``POST …/messages``: what a host tells to those who go, to those who wait, or to all of them."""

    to: Audience
    text: MessageText


class SendMessage(StrictModel):
    type: Literal["send-message"] = "send-message"
    event: str
    body: MessageBody


NoticeCommand = ReadNotices | SendMessage
