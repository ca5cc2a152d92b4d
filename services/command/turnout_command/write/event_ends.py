"""The schedule of event ends. Pure: the time is an argument.

An end is a commit, ``EventEnded``, so that all views are functions of the journal
(docs/decisions/0009-ends-are-commits.md).
"""

from heapq import heapify, heappop, heappush

from turnout_core.domain.changes import Commit, EventCreated, EventEdited
from turnout_core.domain.state import State


class EventEnds:
    """Finds ends that are due, and ends that a clock that was ahead committed too early.

    Args:
        state: the speculative state; call ``on_commit`` after each of its commits.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._heap = [(event.details.ends_at, event.id) for event in state.events.values() if not event.ended]
        heapify(self._heap)
        ended = (event.details.ends_at for event in state.events.values() if event.ended)
        self._latest_ended_at = max(ended, default=0)

    def on_commit(self, commit: Commit) -> bool:
        """Schedules the event that was created or edited; True if its end is now the next one."""
        change = commit.changes[0]  # in a commit that sets times, this is the first change
        return self.schedule(change.event) if isinstance(change, EventCreated | EventEdited) else False

    def schedule(self, event: str) -> bool:
        """Schedules the present end of ``event``; True if it is now the next one."""
        found = self._state.events[event]
        if found.ended:
            self._latest_ended_at = max(self._latest_ended_at, found.details.ends_at)
            return False
        entry = (found.details.ends_at, event)
        heappush(self._heap, entry)
        return self._heap[0] == entry

    def next_at(self) -> int | None:
        """Time of the next end in ms since 1970; None without one. The end may have changed or be deleted since."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_ms: int, limit: int) -> list[str]:
        """Removes up to ``limit`` events whose end has passed, and returns them in the order of ``(ends_at, id)``."""
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now_ms and len(due) < limit:
            ends_at, event = heappop(self._heap)
            found = self._state.events.get(event)
            if found is None or found.ended or found.details.ends_at != ends_at or event in due:
                continue  # deleted, ended or edited since it was scheduled
            self._latest_ended_at = max(self._latest_ended_at, ends_at)
            due.append(event)
        return due

    def find_ended_too_early(self, now_ms: int) -> list[str]:
        """Ended events whose end is still to come, earliest first. It scans all events only if there may be one."""
        if now_ms >= self._latest_ended_at:
            return []
        found, latest = [], 0
        for event in self._state.events.values():
            if event.ended and event.details.ends_at > now_ms:
                found.append((event.details.ends_at, event.id))
            elif event.ended:
                latest = max(latest, event.details.ends_at)
        self._latest_ended_at = latest
        return [event for _, event in sorted(found)]
