"""The rules for the fields of an event: their values, and when they can change."""

from datetime import datetime
from typing import Any, Final

import msgspec

from turnout_command.rules.schedule import is_start_past, span
from turnout_core.domain import rejections
from turnout_core.domain.changes import Details, Fold
from turnout_core.domain.commands import EventDraft, EventEdit
from turnout_core.domain.rejections import invalid_field
from turnout_core.domain.state import Event

_TIME_FIELDS: Final = ("starts", "ends", "zone", "starts_fold", "ends_fold", "all_day")
# These fields can change after a cancellation and after the end: the texts, and who sees them.
_TEXT_FIELDS: Final = (
    "title", "description", "place", "link", "tags", "visibility", "joining", "guest_list", "guest_hint",
)  # fmt: skip
_CHANGEABLE: Final = "Title, description, place, link and tags can still change."


def has_ended(event: Event, now: int) -> bool:
    """True if the end of ``event`` is not after ``now`` (ms since 1970)."""
    return event.details.ends_at <= now


def is_closed(event: Event, now: int) -> bool:
    """True if there are no more joins and promotions; then only the texts can change."""
    return event.status == "cancelled" or has_ended(event, now)


def details_from_draft(draft: EventDraft, now: int) -> Details:
    """The details of a new event. Raises Invalid."""
    ends = None if draft.ends is None else draft.ends.replace(fold=draft.ends_fold)
    times = span(draft.starts.replace(fold=draft.starts_fold), ends, draft.zone, all_day=draft.all_day)
    if is_start_past(times, now):
        raise invalid_field("starts", "must not be in the past")
    return Details(
        title=draft.title,
        starts=times.starts,
        ends=times.ends,
        zone=times.zone,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        description=draft.description,
        place=draft.place,
        link=draft.link,
        tags=draft.tags,
        capacity=draft.capacity,
        waitlist=draft.waitlist,
        starts_fold=times.starts_fold,
        ends_fold=times.ends_fold,
        visibility=draft.visibility,
        joining=draft.joining,
        guest_list=draft.guest_list,
        guest_hint=draft.guest_hint,
        all_day=times.all_day,
    )


def details_after_edit(event: Event, edit: EventEdit, now: int) -> Details:
    """The details with the fields of ``edit`` (RFC 7396); a null ``ends`` means the default length.

    Raises:
        Invalid: a value is not allowed.
        EventIsCancelled, EventHasEnded: other fields than the texts would change.
    """
    changed = edit.fields_to_change()
    details = _apply_times(event.details, changed)
    rest = {name: value for name, value in changed.items() if name not in _TIME_FIELDS}
    details = msgspec.structs.replace(details, **rest)
    if is_closed(event, now):
        _check_only_texts_change(event, details)
    else:
        _check_not_moved_into_past(event.details, details, now)
    return details


def _apply_times(details: Details, changed: dict[str, Any]) -> Details:
    """Derives UTC times only if the local times change: time zone data may be newer than the former decision."""
    starts_before = datetime.fromisoformat(details.starts).replace(fold=details.starts_fold)
    ends_before = datetime.fromisoformat(details.ends).replace(fold=details.ends_fold)
    starts = _apply_time(starts_before, changed.get("starts", starts_before), changed.get("starts_fold"))
    ends = changed.get("ends", ends_before)
    if ends is not None:
        ends = _apply_time(ends_before, ends, changed.get("ends_fold"))
    zone, all_day = changed.get("zone", details.zone), changed.get("all_day", details.all_day)
    are_times_kept = _is_same(starts, starts_before) and ends is not None and _is_same(ends, ends_before)
    if are_times_kept and (zone, all_day) == (details.zone, details.all_day):
        return details
    times = span(starts, ends, zone, all_day=all_day)
    return msgspec.structs.replace(details, **msgspec.structs.asdict(times))


def _apply_time(before: datetime, after: datetime, fold: Fold | None) -> datetime:
    """``after`` with its fold. Without one, a time that stays keeps its fold, and a new one has 0."""
    if fold is None:
        return before if after == before else after
    return after.replace(fold=fold)


def _is_same(one: datetime, other: datetime) -> bool:
    """Compares the folds, too, which the operator ignores (PEP 495)."""
    return one == other and one.fold == other.fold


def _check_only_texts_change(event: Event, details: Details) -> None:
    texts = {name: getattr(details, name) for name in _TEXT_FIELDS}
    if msgspec.structs.replace(event.details, **texts) == details:
        return
    if event.status == "cancelled":
        raise rejections.EventIsCancelled(f"The event was called off. {_CHANGEABLE}")
    raise rejections.EventHasEnded(f"The event has ended. {_CHANGEABLE}")


def _check_not_moved_into_past(before: Details, after: Details, now: int) -> None:
    """Raises Invalid if an upcoming event or an end would move into the past. A running event may get another start."""
    is_start_moved = after.starts_at != before.starts_at
    if is_start_moved and before.starts_at > now and is_start_past(after, now):
        raise invalid_field("starts", "must not be in the past")
    if after.ends_at != before.ends_at and after.ends_at <= now:
        raise invalid_field("ends", "must not be in the past")
