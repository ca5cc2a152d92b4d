"""The events that were deleted lately, and that every visitor could see until then."""

from collections import OrderedDict
from typing import Final

from turnout_core.domain.access import VISITOR, may
from turnout_core.domain.state import Event

_EVENTS_MAX: Final = 10_000  # some 2 MB


class GoneEvents:
    """Ids of such events, the last ``_EVENTS_MAX`` that this process has seen deleted.

    That an event is gone tells readers no more than they could see of it. Of an event that visitors could not see, not
    even that may be told.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, event: str) -> bool:
        return event in self._ids

    def add(self, event: Event) -> None:
        """Adds ``event``, as it was when it was deleted, if visitors could see it."""
        if may(VISITOR, "see", event):
            self._ids[event.id] = None
            if len(self._ids) > _EVENTS_MAX:
                self._ids.popitem(last=False)
