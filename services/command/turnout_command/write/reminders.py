"""The schedule of reminders. Pure: the time is an argument.

A reminder is a commit, ``RemindersDue``, as the end of an event is, so that none is sent twice after a restart.
"""

from heapq import heapify, heappop, heappush

from turnout_core.domain.changes import Commit, EventCreated, EventEdited
from turnout_core.domain.notices import Lead
from turnout_core.domain.reminders import due_reminder, reminder_times
from turnout_core.domain.state import State


class Reminders:
    """Finds reminders that are due.

    Args:
        state: the speculative state; call ``on_commit`` after each of its commits.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._passed_ms = 0
        self._heap: list[tuple[int, str, Lead]] = []
        self._fill()

    def on_commit(self, commit: Commit) -> bool:
        """Schedules the event that was created or edited; True if one of its reminders is now the next one."""
        change = commit.changes[0]  # in a commit that sets times, this is the first change
        return self.schedule(change.event) if isinstance(change, EventCreated | EventEdited) else False

    def schedule(self, event: str) -> bool:
        """Schedules the reminders of ``event``; True if one of them is now the next one."""
        entries = [(at, event, lead) for at, lead in reminder_times(self._state.events[event].details)]
        for entry in entries:
            heappush(self._heap, entry)
        return self._heap[0] in entries

    def next_at(self) -> int | None:
        """Time of the next reminder in ms since 1970; None without one. The event may have changed since."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_ms: int, limit: int) -> list[tuple[str, Lead]]:
        """Removes up to ``limit`` reminders that are due, and returns their events, each once.

        After a clock that was ahead, those that it passed over are scheduled again.
        """
        if now_ms < self._passed_ms:
            self._fill()
        due: dict[str, Lead] = {}
        while self._heap and self._heap[0][0] <= now_ms and len(due) < limit:
            at, event, lead = heappop(self._heap)
            self._passed_ms = max(self._passed_ms, at)
            found = self._state.events.get(event)
            if found is not None and due_reminder(found, now_ms) == lead:
                due[event] = lead
        return list(due.items())

    def _fill(self) -> None:
        self._passed_ms = 0
        self._heap = [
            (at, event.id, lead)
            for event in self._state.events.values()
            if not event.ended
            for at, lead in reminder_times(event.details)
            if lead not in event.reminded
        ]
        heapify(self._heap)
