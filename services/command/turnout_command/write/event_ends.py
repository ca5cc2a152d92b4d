"""The schedule of event ends: pure, with the time as an argument.

An end is a commit, ``EventEnded``, so that every view is a function of the journal
(docs/decisions/0009-ends-are-commits.md).
"""

from heapq import heapify, heappop, heappush

from turnout_core.domain.changes import Commit, EventCreated, EventEdited
from turnout_core.domain.state import State


class EventEnds:
    """Ends that are due, and ends that were committed too early by a clock that was ahead.

    Args:
        state: the speculative state; ``on_commit`` has to follow each of its changes.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._heap = [(event.details.ends_at, event.id) for event in state.events.values() if not event.ended]
        heapify(self._heap)
        ended = (event.details.ends_at for event in state.events.values() if event.ended)
        self._latest_ended_at = max(ended, default=0)

    def on_commit(self, commit: Commit) -> bool:
        """Schedules the event that was created or edited; True if its end is the next one."""
        change = commit.changes[0]  # a command that sets times has this change first
        return self.schedule(change.event) if isinstance(change, EventCreated | EventEdited) else False

    def schedule(self, event: str) -> bool:
        """Schedules the end of ``event`` as it is in the state now; True if it is the next one."""
        there = self._state.events[event]
        if there.ended:
            self._latest_ended_at = max(self._latest_ended_at, there.details.ends_at)
            return False
        entry = (there.details.ends_at, event)
        heappush(self._heap, entry)
        return self._heap[0] == entry

    def next_at(self) -> int | None:
        """Time of the next end in ms since 1970; it may be one that is no longer so. None if there is none."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_ms: int, limit: int) -> list[str]:
        """Takes up to ``limit`` events whose end has passed off the schedule, in the order of ``(ends_at, id)``."""
        found: list[str] = []
        while self._heap and self._heap[0][0] <= now_ms and len(found) < limit:
            ends_at, event = heappop(self._heap)
            there = self._state.events.get(event)
            if there is None or there.ended or there.details.ends_at != ends_at or event in found:
                continue  # deleted, ended or edited since it was scheduled
            self._latest_ended_at = max(self._latest_ended_at, ends_at)
            found.append(event)
        return found

    def find_ended_too_early(self, now_ms: int) -> list[str]:
        """Events that are ended although their end is still to come, nearest first. Cheap unless there are some."""
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
