"""Input types: shape and limits of each field that a client can send. Validators also normalise spaces and case."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from turnout_core.domain import changes, limits, links, plain_text, role_claims, visible_text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{12}$")]
"""60 random bits in lower-case base32 (RFC 4648 section 6)."""
InvitationCode = Annotated[str, StringConstraints(pattern=rf"^[a-z2-7]{{{limits.INVITATION_CODE_CHARS}}}$")]
"""130 random bits, likewise."""
NoticeId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,15}\.[a-z-]{1,20}\.[a-z0-9]{1,40}$")]
"""As ``Notice.id``: the number of the commit, the kind and the event."""

_LOCAL_MINUTE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?$")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Zl", "Zp", "Zs"})
# By category these are letters, marks and symbols, but alone they are invisible (UAX 44,
# "Default_Ignorable_Code_Point", and the Braille pattern without dots).
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def _check_unicode(value: Any) -> Any:
    """Refuses text that UTF-8 cannot encode. It runs first: regular expressions and length checks fail on such text."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("has a character that is not valid Unicode (a lone surrogate)") from error
    return value


def _normalise(normalise: Callable[[str], str]) -> BeforeValidator:
    """Normalises text before its length is checked, and refuses control characters that are not dropped."""

    def run(value: Any) -> Any:
        value = _check_unicode(value)
        if not isinstance(value, str):
            return value
        text = normalise(value)
        if control := plain_text.find_control(text):
            raise ValueError(f"has the control character {control}, which nobody can see; delete it, or type the text")
        return text

    return BeforeValidator(run)


def _check_not_blank(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    if not any(map(_is_visible, value)):
        raise ValueError("must have a character that can be seen")
    return value


def _check_seen(value: str) -> str:
    """Refuses text that looks like another text because of characters that nobody sees, or like none by piled marks."""
    if invisible := visible_text.find_invisible(value):
        raise ValueError(f"has the character {invisible}, which nobody can see; delete it, or type the text")
    if visible_text.has_piled_marks(value):
        raise ValueError("has too many marks on one letter; delete some, or type the text")
    return value


def _check_no_role(value: str) -> str:
    if role_claims.claims_role(value):
        raise ValueError("must not end with a role in brackets; the page shows who organizes an event")
    return value


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE_CATEGORIES and not _INVISIBLE.match(character)


def _check_local_minute(value: Any) -> Any:
    """Accepts the format of the ``datetime-local`` input, which has no offset and no ``Z`` (HTML standard)."""
    if isinstance(value, str) and not _LOCAL_MINUTE.fullmatch(value):
        raise ValueError(
            "must be a local time such as 2026-11-27T19:30, with no offset; its zone is a field of its own"
        )
    if not isinstance(value, str | datetime):
        raise ValueError("must be a text such as 2026-11-27T19:30")
    return value


def _check_fold(value: Any) -> Any:
    """Refuses everything that only equals 0 or 1, such as ``true`` and ``1.0``."""
    if type(value) is not int or value not in (0, 1):
        raise ValueError("must be 0 or 1")
    return value


def _check_year(value: datetime) -> datetime:
    if not limits.YEAR_MIN <= value.year <= limits.YEAR_MAX:
        raise ValueError(f"must lie between the years {limits.YEAR_MIN} and {limits.YEAR_MAX}")
    return value


def _check_whole_number(maximum: int) -> Callable[[Any], Any]:
    """Checks the bounds of the field as well, so that one message names both bounds."""

    def check(value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= maximum:
            raise ValueError(f"must be a whole number from 1 to {maximum:,}")
        return value

    return check


def _normalise_tag(value: str) -> str:
    """The tag as it is stored. Case folding can make it longer (Unicode Standard, section 5.18)."""
    tag = _check_not_blank(value.casefold())
    if len(tag) > limits.TAG_MAX_CHARS:
        raise ValueError(f"must be at most {limits.TAG_MAX_CHARS} characters in lower case (this one has {len(tag)})")
    return tag


def _without_duplicates(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


_Text = BeforeValidator(_check_unicode)
_Line = _normalise(plain_text.to_one_line)
_Lines = _normalise(plain_text.to_lines)
Name = Annotated[
    str,
    _Line,
    Field(max_length=limits.NAME_MAX_CHARS, min_length=1),
    AfterValidator(_check_not_blank),
    AfterValidator(_check_seen),
    AfterValidator(_check_no_role),
]
Title = Annotated[
    str,
    _Line,
    Field(max_length=limits.TITLE_MAX_CHARS, min_length=1),
    AfterValidator(_check_not_blank),
    AfterValidator(_check_seen),
]
Description = Annotated[str, _Lines, Field(max_length=limits.DESCRIPTION_MAX_CHARS)]
Reason = Annotated[
    str, _Lines, Field(max_length=limits.REASON_MAX_CHARS, min_length=1), AfterValidator(_check_not_blank)
]
MessageText = Annotated[
    str, _Lines, Field(max_length=limits.MESSAGE_MAX_CHARS, min_length=1), AfterValidator(_check_not_blank)
]
Place = Annotated[str, _Line, Field(max_length=limits.PLACE_MAX_CHARS)]
Link = Annotated[
    str,
    _normalise(links.to_web_address),
    Field(max_length=limits.LINK_MAX_CHARS, description="web address; without a scheme it gets https"),
]
WebhookUrl = Annotated[
    str,
    _normalise(links.to_web_address),
    Field(max_length=limits.LINK_MAX_CHARS, min_length=1, description="https address that gets what happens"),
]
Tag = Annotated[str, _Line, Field(max_length=limits.TAG_MAX_CHARS, min_length=1), AfterValidator(_normalise_tag)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=limits.TAGS_MAX), AfterValidator(_without_duplicates)]
Zone = Annotated[
    str,
    _Text,
    Field(max_length=limits.ZONE_MAX_CHARS, min_length=1, description="IANA zone, such as Europe/Vienna"),
]
LocalTime = Annotated[
    datetime,
    BeforeValidator(_check_local_minute),
    AfterValidator(_check_year),
    # The format "date-time" (RFC 3339 section 5.6), which pydantic names, requires an offset.
    WithJsonSchema({"type": "string", "pattern": _LOCAL_MINUTE.pattern, "examples": ["2026-11-27T19:30"]}),
]
Fold = Annotated[
    Literal[0, 1],
    BeforeValidator(_check_fold),
    Field(description="1 means the second of two equal local times (PEP 495); it counts only where the clocks go back"),
]
AllDay = Annotated[
    bool,
    Field(
        strict=True,
        description="true if the event lasts whole days: `starts` is 00:00 of the first one, `ends` 00:00 of the day "
        "after the last one",
    ),
]
Visibility = Annotated[
    changes.Visibility,
    Field(description="public: in the lists; unlisted: for those who have its address; private: for those invited"),
]
Joining = Annotated[
    changes.Joining,
    Field(description="open: at once; request: after a host approves; invitation: with a link from a host"),
]
GuestList = Annotated[changes.GuestList, Field(description="who sees the names of the attendees, apart from the hosts")]
GuestHint = Annotated[
    changes.GuestHint, Field(description="what of the attendees those see who do not see their names")
]
Capacity = Annotated[
    int, Field(ge=1, le=limits.CAPACITY_MAX_SEATS), BeforeValidator(_check_whole_number(limits.CAPACITY_MAX_SEATS))
]
Party = Annotated[
    int, Field(ge=1, le=limits.PARTY_MAX_SEATS), BeforeValidator(_check_whole_number(limits.PARTY_MAX_SEATS))
]
InvitationUses = Annotated[
    int,
    Field(
        ge=1,
        le=limits.INVITATION_USES_MAX,
        description="number of people who can accept the link; null or absent for any number",
    ),
    BeforeValidator(_check_whole_number(limits.INVITATION_USES_MAX)),
]
InvitationEnd = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        lt=round(datetime(limits.YEAR_MAX + 1, 1, 1, tzinfo=UTC).timestamp() * 1000),
        description="moment in ms since 1970 (UTC) from which on the link is not valid; null or absent for no end",
    ),
]
Note = Annotated[str, _Lines, Field(max_length=limits.NOTE_MAX_CHARS)]
