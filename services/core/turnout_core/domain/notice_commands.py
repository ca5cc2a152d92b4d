"""Commands about what people are told."""

from typing import Annotated, Literal

from pydantic import Field

from turnout_core.domain.strict_model import StrictModel


class NoticesReadBody(StrictModel):
    """``POST /api/me/notices/read``: this notice and all older ones are read."""

    until: Annotated[
        str,
        Field(
            pattern=r"^[1-9][0-9]{0,15}\.[a-z-]{1,20}\.[a-z0-9]{1,40}$",
            description="id of a notice; the person need not have it any more",
        ),
    ]

    @property
    def seq(self) -> int:
        """The number of the commit of the notice."""
        return int(self.until.partition(".")[0])


class ReadNotices(StrictModel):
    """The user has read their notices up to those of commit ``until``."""

    type: Literal["read-notices"] = "read-notices"
    until: int


NoticeCommand = ReadNotices
