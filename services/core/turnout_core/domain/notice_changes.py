"""Changes of what people are told."""

from typing import ClassVar

from turnout_core.domain.change import Change


class NoticesRead(Change, frozen=True, gc=False, tag="notices-read"):
    """``user`` has read their notices up to those of the commit with number ``until``."""

    since: ClassVar[int] = 5

    user: str
    until: int


NoticeChange = NoticesRead
