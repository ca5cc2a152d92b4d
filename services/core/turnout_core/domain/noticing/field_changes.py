"""Compares the details of an event before and after an edit."""

from typing import Final

from turnout_core.domain.changes import Details
from turnout_core.domain.notices import ChangedField, FieldChange

_SHOWN: Final[tuple[ChangedField, ...]] = ("title", "starts", "ends", "zone", "place", "link")


def field_changes(before: Details, after: Details) -> tuple[FieldChange, ...]:
    """The fields that guests have to know about. The second of two equal local times is another start."""
    found = [
        FieldChange(field, getattr(before, field), getattr(after, field))
        for field in _SHOWN
        if getattr(before, field) != getattr(after, field) or _fold(before, field) != _fold(after, field)
    ]
    if before.description != after.description:
        found.append(FieldChange("description"))
    return tuple(found)


def _fold(details: Details, field: ChangedField) -> int:
    return getattr(details, f"{field}_fold", 0)
