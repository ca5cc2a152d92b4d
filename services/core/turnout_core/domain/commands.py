"""What a user may ask. Shapes and limits only; whether it is allowed is decided by ``turnout_command.rules.decide``.

The bodies (``SessionBody``, ``EventDraft``, ``EventEdit``, ``PartyBody``) are what HTTP carries; the commands
put them together with the ids that the address names. Frozen, and closed: an unknown field is an error.
"""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from turnout_core.domain import limits

Id = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{12}$")]
"""60 random bits in lower-case base32 (RFC 4648 section 6)."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Zl", "Zp", "Zs"})
# Letters, marks and symbols by category, but nothing is seen of them alone (UAX 44, "Default_Ignorable_Code_Point", and
# the Braille pattern without dots).
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def _storable(value: Any) -> Any:
    """Refuses what UTF-8 can not carry, before a regular expression or a length check trips over it."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("has a character that is not valid Unicode (a lone surrogate)") from error
    return value


def _one_line(value: str) -> str:
    value = _SPACES.sub(" ", value).strip()
    return _printable(value)


def _printable(value: str) -> str:
    if _UNPRINTABLE.search(value):
        raise ValueError("has a control character")
    return value.strip()


def _filled(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    if not any(map(_visible, value)):
        raise ValueError("must have a character that can be seen")
    return value


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE_CATEGORIES and not _INVISIBLE.match(character)


def _web_address(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or " " in value:
        raise ValueError("must be a web address (https://…)")
    return value


def _local_minute(value: Any) -> Any:
    """A wall-clock time as the ``datetime-local`` input gives it; an offset or a ``Z`` has no place here."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?", value):
        raise ValueError(
            "must be a local time such as 2026-11-27T19:30, with no offset; its zone is a field of its own"
        )
    if not isinstance(value, str | datetime):
        raise ValueError("must be a text such as 2026-11-27T19:30")
    return value


def _civil_year(value: datetime) -> datetime:
    if not limits.YEAR_MIN <= value.year <= limits.YEAR_MAX:
        raise ValueError(f"must lie between the years {limits.YEAR_MIN} and {limits.YEAR_MAX}")
    return value


def _tag(value: str) -> str:
    return _filled(_one_line(value).casefold())


def _distinct(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


_Text = BeforeValidator(_storable)
Name = Annotated[
    str,
    _Text,
    Field(max_length=limits.NAME_MAX_CHARS, min_length=1),
    AfterValidator(_one_line),
    AfterValidator(_filled),
]
Title = Annotated[
    str,
    _Text,
    Field(max_length=limits.TITLE_MAX_CHARS, min_length=1),
    AfterValidator(_one_line),
    AfterValidator(_filled),
]
Description = Annotated[str, _Text, Field(max_length=limits.DESCRIPTION_MAX_CHARS), AfterValidator(_printable)]
Place = Annotated[str, _Text, Field(max_length=limits.PLACE_MAX_CHARS), AfterValidator(_one_line)]
Link = Annotated[
    str, _Text, Field(max_length=limits.LINK_MAX_CHARS), AfterValidator(_one_line), AfterValidator(_web_address)
]
Tag = Annotated[str, _Text, Field(max_length=limits.TAG_MAX_CHARS, min_length=1), AfterValidator(_tag)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=limits.TAGS_MAX), AfterValidator(_distinct)]
Zone = Annotated[str, _Text, Field(max_length=64, min_length=1, description="IANA zone, such as Europe/Vienna")]
LocalTime = Annotated[datetime, BeforeValidator(_local_minute), AfterValidator(_civil_year)]
Capacity = Annotated[int, Field(ge=1, le=limits.CAPACITY_MAX_SEATS, strict=True)]
Party = Annotated[int, Field(ge=1, le=limits.PARTY_MAX_SEATS, strict=True)]


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
