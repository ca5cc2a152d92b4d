"""A cursor: a place in a list of events. A window of the list begins behind it, or ends before it."""

import re
from typing import Final

import msgspec

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_gateway.views.query import quote
from turnout_gateway.views.sorted_events import SortKey

CURSOR_PATTERN: Final = rf"^(-?[0-9]{{1,16}}(-[A-Za-z0-9_-]{{1,{limits.EVENT_ID_MAX_CHARS}}})?)?$"  # empty: none

_CURSOR: Final = re.compile(rf"(-?[0-9]{{1,16}})(?:-([A-Za-z0-9_-]{{1,{limits.EVENT_ID_MAX_CHARS}}}))?")
_MOMENT_MAX_MS: Final = 8_640_000_000_000_000  # ECMAScript's Date ends here, so every client can show a moment


class Cursor(msgspec.Struct, frozen=True, gc=False):
    """A place in a list, whether or not an event is there.

    Attributes:
        moment_ms: start, in ms since 1970.
        event: id of the event; "" for the place before all events that start at that moment, in ascending order.
    """

    moment_ms: int
    event: str = ""

    @property
    def canonical(self) -> str:
        return f"{self.moment_ms}-{self.event}" if self.event else str(self.moment_ms)

    @property
    def sort_key(self) -> SortKey:
        """The key that an event at this place has; that of a place without an event equals no event's key."""
        return self.moment_ms, f"card:{self.event}" if self.event else ""


def parse_cursor(name: str, value: str) -> Cursor | None:
    """Reads the parameter ``name``; None without a value. Raises Invalid."""
    if not value:
        return None
    found = _CURSOR.fullmatch(value)
    if found is None or abs(int(found[1])) > _MOMENT_MAX_MS:
        raise Invalid(
            f"{name} is a start in ms since 1970, alone or with an event's id (1796000000000-abc), not {quote(value)}."
        )
    return Cursor(int(found[1]), found[2] or "")
