"""The parameters of reads, for OpenAPI and validation only: ``kinds.parse`` reads the addresses."""

from typing import Annotated, Any, Final, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from turnout_core.domain import limits
from turnout_core.domain.position import POSITION_PATTERN
from turnout_core.protocol.items import Seating
from turnout_gateway.views.cursor import CURSOR_PATTERN
from turnout_gateway.views.month import MONTH_PATTERN

_AT_LEAST: Final = "waits until the gateway has reached this position; 503 after one second"
_WORDS: Final = "words that the event must all contain"

# These patterns are documented only: the parsers have clearer messages.
_POSITION_FORM: Final[dict[str, Any]] = {"pattern": POSITION_PATTERN}
_CURSOR_FORM: Final[dict[str, Any]] = {"pattern": CURSOR_PATTERN}
_MONTH_FORM: Final[dict[str, Any]] = {"pattern": MONTH_PATTERN}

AtLeast = Annotated[str | None, Query(description=_AT_LEAST, max_length=40, json_schema_extra=_POSITION_FORM)]

_AtLeast = Annotated[str | None, Field(description=_AT_LEAST, max_length=40, json_schema_extra=_POSITION_FORM)]
_When = Annotated[Literal["upcoming", "past"], Field(description="`upcoming`: events that have not ended")]
_Words = Annotated[str, Field(description=_WORDS, max_length=limits.SEARCH_MAX_CHARS)]
_Tag = Annotated[str, Field(description="tag that the event must have", max_length=limits.TAG_MAX_CHARS)]


class _ViewQuery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EventsQuery(_ViewQuery):
    """The parameters of ``events?…`` and ``me?…``."""

    when: _When = "upcoming"
    q: _Words = ""
    tag: _Tag = ""
    after: Annotated[
        str | None,
        Field(
            description="only events that follow this place in the order of the list: a start in ms since 1970, or "
            "`<starts_at>-<id>` of an event, which need not exist any more",
            json_schema_extra=_CURSOR_FORM,
        ),
    ] = None
    before: Annotated[
        str | None,
        Field(
            description="the last events that precede this place; not together with `after`",
            json_schema_extra=_CURSOR_FORM,
        ),
    ] = None
    limit: Annotated[int, Field(description="number of events", ge=1, le=limits.WINDOW_MAX_ITEMS)] = (
        limits.WINDOW_DEFAULT_ITEMS
    )
    at_least: _AtLeast = None


class CalendarQuery(_ViewQuery):
    """The parameters of ``calendar?…`` and ``me/calendar?…``."""

    month: Annotated[str, Field(description="month, such as `2026-12`", json_schema_extra=_MONTH_FORM)]
    zone: Annotated[
        str, Field(description="IANA time zone whose clock says when a day begins", max_length=limits.ZONE_MAX_CHARS)
    ] = "UTC"
    q: _Words = ""
    tag: _Tag = ""
    at_least: _AtLeast = None


class TagsQuery(_ViewQuery):
    """The parameters of ``tags?…`` and ``me/tags?…``."""

    when: _When = "upcoming"
    limit: Annotated[int, Field(description="number of tags", ge=1, le=limits.TAGS_WINDOW_MAX_ITEMS)] = (
        limits.TAGS_WINDOW_DEFAULT_ITEMS
    )
    at_least: _AtLeast = None


class FeedQuery(_ViewQuery):
    """The parameters of the public calendar feed."""

    tag: _Tag = ""


class PeopleQuery(_ViewQuery):
    """The parameters of ``events/<id>/people?…``."""

    status: Annotated[Seating, Field(description="people with a seat, or on the waitlist")] = "going"
    q: Annotated[str, Field(description="words that the name must all contain", max_length=limits.SEARCH_MAX_CHARS)] = (
        ""
    )
    after: Annotated[int, Field(description="only people of a higher `rank`", ge=0)] = 0
    limit: Annotated[int, Field(description="number of people", ge=1, le=limits.PAGE_MAX_ITEMS)] = (
        limits.ATTENDEES_WINDOW_ITEMS
    )
    at_least: _AtLeast = None
