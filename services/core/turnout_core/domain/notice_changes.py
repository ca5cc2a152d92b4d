"""Changes of what people are told."""

from typing import ClassVar

from turnout_core.domain.change import Change
from turnout_core.domain.notices import Audience, Lead


class NoticesRead(Change, frozen=True, gc=False, tag="notices-read"):
    """``user`` has read their notices up to those of the commit with number ``until``."""

    since: ClassVar[int] = 5

    user: str
    until: int


class RemindersDue(Change, frozen=True, gc=False, tag="reminders-due"):
    """Those who go to the event are reminded of it. The writer commits this once, without a command."""

    since: ClassVar[int] = 5

    event: str
    lead: Lead


class MessageSent(Change, frozen=True, gc=False, tag="message-sent"):
    """A host tells something to guests of the event."""

    since: ClassVar[int] = 5

    event: str
    to: Audience
    text: str


NoticeChange = NoticesRead | RemindersDue | MessageSent
