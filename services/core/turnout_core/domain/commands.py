"""Commands of clients: shapes and limits. ``turnout_command.rules.decide`` holds the rules.

The bodies (``SessionBody``, ``EventDraft``, ``EventEdit``, ``PartyBody``) are the bodies of HTTP requests; the commands
combine them with the ids of the path. All are frozen, and an unknown field is an error.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from turnout_core.domain import limits
from turnout_core.domain.account_commands import AccountCommand
from turnout_core.domain.choice_commands import ChoiceCommand
from turnout_core.domain.fields import (
    AllDay,
    Capacity,
    Description,
    Fold,
    GuestHint,
    GuestList,
    Id,
    Joining,
    Link,
    LocalTime,
    Name,
    Party,
    Place,
    Tags,
    Title,
    Visibility,
    Zone,
)
from turnout_core.domain.host_commands import HostCommand
from turnout_core.domain.moderation_commands import ModerationCommand
from turnout_core.domain.notice_commands import NoticeCommand
from turnout_core.domain.person_commands import PersonCommand
from turnout_core.domain.strict_model import StrictModel


class SessionBody(StrictModel):
    """``POST /api/session``: the name of a new guest."""

    name: Name


class EventDraft(StrictModel):
    """``POST /api/events``. Times are wall-clock times in ``zone``.

    Without ``ends`` an event lasts two hours, or one day if it lasts all day.
    """

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
    visibility: Visibility = "public"
    joining: Joining = "open"
    guest_list: GuestList = "everyone"
    guest_hint: GuestHint = "initials"
    all_day: AllDay = False


class EventEdit(StrictModel):
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
    visibility: Visibility = "public"
    joining: Joining = "open"
    guest_list: GuestList = "everyone"
    guest_hint: GuestHint = "initials"
    all_day: AllDay = False

    def fields_to_change(self) -> dict[str, Any]:
        """The fields that the client sent, with their new values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PartyBody(StrictModel):
    """``POST`` and ``PATCH`` of attendees: the number of seats, with the attendee's own."""

    party: Party = 1


class SignUp(StrictModel):
    """``session`` is the id of the first session, and ``device`` describes its device."""

    type: Literal["sign-up"] = "sign-up"
    user: Id
    session: Id
    device: str = ""
    body: SessionBody


class SignOut(StrictModel):
    type: Literal["sign-out"] = "sign-out"


class CreateEvent(StrictModel):
    type: Literal["create-event"] = "create-event"
    event: Id
    draft: EventDraft


class EditEvent(StrictModel):
    """``version`` is that of ``If-Match``; None edits any version."""

    type: Literal["edit-event"] = "edit-event"
    event: str
    edit: EventEdit
    version: int | None = None


class CancelEvent(StrictModel):
    type: Literal["cancel-event"] = "cancel-event"
    event: str


class DeleteEvent(StrictModel):
    type: Literal["delete-event"] = "delete-event"
    event: str


class Join(StrictModel):
    type: Literal["join"] = "join"
    event: str
    party: Party = 1


class ChangeParty(StrictModel):
    type: Literal["change-party"] = "change-party"
    event: str
    party: Party


class Unattend(StrictModel):
    """``user`` leaves the event, or the organizer removes them."""

    type: Literal["unattend"] = "unattend"
    event: str
    user: str


EventCommand = CreateEvent | EditEvent | CancelEvent | DeleteEvent
SeatCommand = Join | ChangeParty | Unattend
Command = (
    SignUp
    | SignOut
    | PersonCommand
    | AccountCommand
    | ChoiceCommand
    | EventCommand
    | SeatCommand
    | HostCommand
    | ModerationCommand
    | NoticeCommand
)
