"""Compares the details of an event before and after an edit."""

from typing import Final

from turnout_core.domain.all_day import first_and_last_day
from turnout_core.domain.changes import Details
from turnout_core.domain.notices import ChangedField, FieldChange

_SHOWN: Final[tuple[ChangedField, ...]] = ("title", "starts", "ends", "zone", "place", "link")


def field_changes(before: Details, after: Details) -> tuple[FieldChange, ...]:
    """The fields that guests have to know about. The second of two equal local times is another start."""
    one, other = _shown(before), _shown(after)
    found = [
        FieldChange(field, one[field], other[field])
        for field in _SHOWN
        if one[field] != other[field] or _fold(before, field) != _fold(after, field)
    ]
    if before.description != after.description:
        found.append(FieldChange("description"))
    return tuple(found)


def _shown(details: Details) -> dict[ChangedField, str]:
    """The fields as people are told of them: of an event that lasts all day, the first and the last day."""
    fields = {field: getattr(details, field) for field in _SHOWN}
    if details.all_day:
        fields["starts"], fields["ends"] = (day.isoformat() for day in first_and_last_day(details))
    return fields


def _fold(details: Details, field: ChangedField) -> int:
    return getattr(details, f"{field}_fold", 0)
