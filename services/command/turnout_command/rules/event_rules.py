"""The rules for an event's own fields, and which of them can still change."""

from datetime import datetime
from typing import Any, Final

import msgspec

from turnout_command.rules.schedule import span
from turnout_core.domain import rejections
from turnout_core.domain.changes import Details
from turnout_core.domain.commands import EventDraft, EventEdit
from turnout_core.domain.rejections import invalid_field
from turnout_core.domain.state import Event

_MINUTE_MS: Final = 60_000  # what the form can express: the current minute is not the past
_TIME_FIELDS: Final = ("starts", "ends", "zone")
_TEXT_FIELDS: Final = ("title", "description", "place", "link", "tags")  # may change also when all is over


def has_ended(event: Event, now: int) -> bool:
    return event.details.ends_at <= now


def is_closed(event: Event, now: int) -> bool:
    """Nobody joins or moves up any more, so only the texts may still change."""
    return event.status == "cancelled" or has_ended(event, now)


def details_from_draft(draft: EventDraft, now: int) -> Details:
    """Raises Invalid."""
    when = span(draft.starts, draft.ends, draft.zone)
    if when.starts_at + _MINUTE_MS <= now:
        raise invalid_field("starts", "must not be in the past")
    return Details(
        title=draft.title,
        starts=when.starts,
        ends=when.ends,
        zone=when.zone,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        description=draft.description,
        place=draft.place,
        link=draft.link,
        tags=draft.tags,
        capacity=draft.capacity,
        waitlist=draft.waitlist,
    )


def details_after_edit(event: Event, edit: EventEdit, now: int) -> Details:
    """The details with the fields that ``edit`` names (RFC 7396); a null ``ends`` means the default length.

    Raises:
        Invalid
        EventCancelled, EventEnded: more than the texts would change.
    """
    given = edit.fields_to_change()
    details = _apply_times(event.details, given)
    rest = {name: value for name, value in given.items() if name not in _TIME_FIELDS}
    details = msgspec.structs.replace(details, **rest)
    if is_closed(event, now):
        _check_only_texts_change(event, details)
    else:
        _check_not_moved_into_past(event.details, details, now)
    return details


def _apply_times(details: Details, given: dict[str, Any]) -> Details:
    """Moments are derived anew only where the times change: what was decided under older time zone data stays."""
    starts = given.get("starts", datetime.fromisoformat(details.starts))
    ends = given.get("ends", datetime.fromisoformat(details.ends))
    zone = given.get("zone", details.zone)
    same = zone == details.zone and starts == datetime.fromisoformat(details.starts)
    if same and ends == datetime.fromisoformat(details.ends):
        return details
    when = span(starts, ends, zone)
    return msgspec.structs.replace(details, **msgspec.structs.asdict(when))


def _check_only_texts_change(event: Event, details: Details) -> None:
    texts = {name: getattr(details, name) for name in _TEXT_FIELDS}
    if msgspec.structs.replace(event.details, **texts) == details:
        return
    if event.status == "cancelled":
        raise rejections.EventIsCancelled("The event is cancelled: only its texts can still change.")
    raise rejections.EventHasEnded("The event is over: only its texts can still change.")


def _check_not_moved_into_past(before: Details, after: Details, now: int) -> None:
    """An event that runs may get another start; one that has not begun does not move behind us."""
    moved = after.starts_at != before.starts_at
    if moved and before.starts_at > now and after.starts_at + _MINUTE_MS <= now:
        raise invalid_field("starts", "must not be in the past")
    if after.ends_at != before.ends_at and after.ends_at <= now:
        raise invalid_field("ends", "must not be in the past")
