"""The people of events in the order of joining, shared by all open views that show a part of them."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable

from turnout_core.domain.changes import Seating
from turnout_core.domain.folding import fold
from turnout_core.domain.state import Attendance, Event, State

QueueKey = tuple[int, str]
"""Order of joining, and user."""

_Words = tuple[str, ...]


class AttendeeQueues:
    """The queues of one event: one for each status, and one for each search in the names of its people.

    Attributes:
        subscribers: views that show a part of them; they exist while one is open.
    """

    __slots__ = ("_event", "_names", "_places", "_queues", "_state", "_uses", "subscribers")

    def __init__(self, event: Event, state: State) -> None:
        self.subscribers: set[object] = set()
        self._event = event
        self._state = state
        self._queues: dict[tuple[Seating, _Words], list[QueueKey]] = {("going", ()): [], ("waitlisted", ()): []}
        self._places: dict[str, tuple[Seating, QueueKey]] = {}
        self._uses: Counter[tuple[Seating, _Words]] = Counter()
        self._names: dict[str, str] = {}  # folded, of those who were compared with a search
        for each in event.attendances.values():
            self._places[each.user] = (each.status, _key_of(each))
            self._queues[each.status, ()].append(_key_of(each))
        for queue in self._queues.values():
            queue.sort()

    def find(self, status: Seating, words: _Words = ()) -> list[QueueKey]:
        """Those with this status whose names have all ``words``, in order. A search is up to date until ``release``."""
        which = (status, words)
        queue = self._queues.get(which)
        if queue is None:
            queue = self._queues[which] = [key for key in self._queues[status, ()] if self._matches(key[1], words)]
        self._uses[which] += 1
        return queue

    def release(self, status: Seating, words: _Words) -> None:
        """Drops the queue of a search after the last view has left it."""
        which = (status, words)
        self._uses[which] -= 1
        if words and not self._uses[which]:
            del self._queues[which], self._uses[which]

    def update(self, users: Iterable[str]) -> None:
        """Moves ``users``, who have joined or left, or whose status or name has changed."""
        for user in users:
            before = self._places.pop(user, None)
            if before is not None:
                status, key = before
                for queue in self._queues_of(status, user):
                    del queue[bisect_left(queue, key)]
            self._names.pop(user, None)  # it may be another one now
            attendance = self._event.attendances.get(user)
            if attendance is not None:
                self._places[user] = (attendance.status, _key_of(attendance))
                for queue in self._queues_of(attendance.status, user):
                    insort(queue, _key_of(attendance))

    def _queues_of(self, status: Seating, user: str) -> Collection[list[QueueKey]]:
        return [queue for (of, words), queue in self._queues.items() if of == status and self._matches(user, words)]

    def _matches(self, user: str, words: _Words) -> bool:
        if not words:
            return True
        name = self._names.get(user)
        if name is None:
            name = self._names[user] = fold(self._state.users[user].name)
        return all(word in name for word in words)


class OpenQueues:
    """The queues of all events that a view shows."""

    def __init__(self) -> None:
        self._queues: dict[str, AttendeeQueues] = {}

    def clear(self) -> None:
        """Drops all queues, of an earlier state."""
        self._queues.clear()

    def subscribe(self, view: object, event: Event, state: State) -> AttendeeQueues:
        """The queues of ``event``, up to date until ``view`` is unsubscribed."""
        queues = self._queues.get(event.id)
        if queues is None:
            queues = self._queues[event.id] = AttendeeQueues(event, state)
        queues.subscribers.add(view)
        return queues

    def unsubscribe(self, view: object, event: str) -> None:
        """Drops the queues of ``event`` if ``view`` was the last one that shows it."""
        queues = self._queues.get(event)
        if queues is not None:
            queues.subscribers.discard(view)
            if not queues.subscribers:
                del self._queues[event]

    def update(self, event: str, users: Collection[str], state: State) -> None:
        """Brings the queues of ``event`` up to date after ``users`` have joined, left or changed."""
        queues = self._queues.get(event) if users else None
        if queues is not None and event in state.events:
            queues.update(users)


def _key_of(attendance: Attendance) -> QueueKey:
    return attendance.order, attendance.user
