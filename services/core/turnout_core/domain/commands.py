"""Everything a client can ask for. Shapes and limits only; ``turnout_command.rules.decide`` decides what is allowed.

The bodies (``SessionBody``, ``EventDraft``, ``EventEdit``, ``PartyBody``) are what HTTP carries; the commands combine
them with the ids of the path. Frozen, and closed: an unknown field is an error.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from turnout_core.domain import limits
from turnout_core.domain.fields import Capacity, Description, Id, Link, LocalTime, Name, Party, Place, Tags, Title, Zone


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SessionBody(_Closed):
    """``POST /api/session``: a guest tells their name."""

    name: Name


class EventDraft(_Closed):
    """``POST /api/events``. Times are wall-clock times in ``zone``; without ``ends`` an event lasts two hours."""

    title: Title
    starts: LocalTime
    zone: Zone
    ends: LocalTime | None = None
    description: Description = ""
    place: Place = ""
    link: Link = ""
    tags: Tags = ()
    capacity: Capacity | None = Field(default=None, description="seats; null for no limit")
    waitlist: Annotated[bool, Field(strict=True)] = Field(
        default=True, description="whether a full event takes a waitlist"
    )


class EventEdit(_Closed):
    """``PATCH /api/events/{id}``: a JSON merge patch (RFC 7396) of the draft's fields; what is absent stays."""

    title: Title = ""
    starts: LocalTime = datetime(limits.YEAR_MIN, 1, 1)  # noqa: DTZ001 - a wall-clock time, its zone is beside it
    zone: Zone = ""
    ends: LocalTime | None = None
    description: Description = ""
    place: Place = ""
    link: Link = ""
    tags: Tags = ()
    capacity: Capacity | None = None
    waitlist: Annotated[bool, Field(strict=True)] = True

    def given(self) -> dict[str, Any]:
        """The fields that the client named."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PartyBody(_Closed):
    """``POST`` and ``PATCH`` of attendees: how many seats, oneself included."""

    party: Party = 1


class SignUp(_Closed):
    type: Literal["sign-up"] = "sign-up"
    user: Id
    body: SessionBody


class SignOut(_Closed):
    type: Literal["sign-out"] = "sign-out"


class CreateEvent(_Closed):
    type: Literal["create-event"] = "create-event"
    event: Id
    draft: EventDraft


class EditEvent(_Closed):
    """``version`` is what ``If-Match`` names; None edits whatever is there."""

    type: Literal["edit-event"] = "edit-event"
    event: str
    edit: EventEdit
    version: int | None = None


class CancelEvent(_Closed):
    type: Literal["cancel-event"] = "cancel-event"
    event: str


class DeleteEvent(_Closed):
    type: Literal["delete-event"] = "delete-event"
    event: str


class Join(_Closed):
    type: Literal["join"] = "join"
    event: str
    party: Party = 1


class ChangeParty(_Closed):
    type: Literal["change-party"] = "change-party"
    event: str
    party: Party


class Unattend(_Closed):
    """``user`` leaves the event: by their own wish, or removed by the organizer."""

    type: Literal["unattend"] = "unattend"
    event: str
    user: str


Command = SignUp | SignOut | CreateEvent | EditEvent | CancelEvent | DeleteEvent | Join | ChangeParty | Unattend
