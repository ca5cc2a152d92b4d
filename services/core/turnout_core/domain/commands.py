"""Commands of clients: shapes and limits. ``turnout_command.rules.decide`` holds the rules.

The bodies (``SessionBody``, ``EventDraft``, ``EventEdit``, ``PartyBody``) are the bodies of HTTP requests; the commands
combine them with the ids of the path. All are frozen, and an unknown field is an error.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from turnout_core.domain import limits
from turnout_core.domain.fields import (
    Capacity,
    Description,
    Fold,
    Id,
    Link,
    LocalTime,
    Name,
    Party,
    Place,
    Tags,
    Title,
    Zone,
)


class _StrictModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SessionBody(_StrictModel):
    """``POST /api/session``: the name of a new guest."""

    name: Name


class EventDraft(_StrictModel):
    """``POST /api/events``. Times are wall-clock times in ``zone``; without ``ends`` an event lasts two hours."""

    title: Title
    starts: LocalTime
    zone: Zone
    ends: LocalTime | None = Field(default=None, json_schema_extra={"x-max-days": limits.EVENT_MAX_DAYS})
    description: Description = ""
    place: Place = ""
    link: Link = ""
    tags: Tags = ()
    capacity: Capacity | None = Field(default=None, description="seats; null for no limit")
    waitlist: Annotated[bool, Field(strict=True)] = Field(
        default=True, description="true if a full event accepts a waitlist"
    )
    starts_fold: Fold = 0
    ends_fold: Fold = 0


class EventEdit(_StrictModel):
    """``PATCH /api/events/{id}``: a JSON merge patch (RFC 7396) of the draft's fields; absent fields stay.

    A new ``starts`` without ``starts_fold`` has the fold 0, and a new ``ends`` likewise.
    """

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
    starts_fold: Fold = 0
    ends_fold: Fold = 0

    def fields_to_change(self) -> dict[str, Any]:
        """The fields that the client sent, with their new values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PartyBody(_StrictModel):
    """``POST`` and ``PATCH`` of attendees: the number of seats, with the attendee's own."""

    party: Party = 1


class SignUp(_StrictModel):
    type: Literal["sign-up"] = "sign-up"
    user: Id
    body: SessionBody


class SignOut(_StrictModel):
    type: Literal["sign-out"] = "sign-out"


class CreateEvent(_StrictModel):
    type: Literal["create-event"] = "create-event"
    event: Id
    draft: EventDraft


class EditEvent(_StrictModel):
    """``version`` is that of ``If-Match``; None edits any version."""

    type: Literal["edit-event"] = "edit-event"
    event: str
    edit: EventEdit
    version: int | None = None


class CancelEvent(_StrictModel):
    type: Literal["cancel-event"] = "cancel-event"
    event: str


class DeleteEvent(_StrictModel):
    type: Literal["delete-event"] = "delete-event"
    event: str


class Join(_StrictModel):
    type: Literal["join"] = "join"
    event: str
    party: Party = 1


class ChangeParty(_StrictModel):
    type: Literal["change-party"] = "change-party"
    event: str
    party: Party


class Unattend(_StrictModel):
    """``user`` leaves the event, or the organizer removes them."""

    type: Literal["unattend"] = "unattend"
    event: str
    user: str


Command = SignUp | SignOut | CreateEvent | EditEvent | CancelEvent | DeleteEvent | Join | ChangeParty | Unattend
