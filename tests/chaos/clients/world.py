"""The people and events that the clients of a run share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.history.events import Request


@dataclass(slots=True)
class Guest:
    id: str
    token: str


@dataclass(slots=True)
class KnownEvent:
    """An event, as a client knows it."""

    id: str
    organizer: Guest
    version: int
    joined: dict[str, Guest] = field(default_factory=dict)
    asked: dict[str, Guest] = field(default_factory=dict)
    cohosts: list[Guest] = field(default_factory=list)
    kept_out: list[Guest] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


@dataclass
class SharedWorld:
    """The events and people that all clients of a run know.

    Attributes:
        effective_requests: requests that had an effect, with their guests.
        now_ms: wall clock for events that end during the run, at ``short_ends``; None if no event does.
    """

    guests: list[Guest] = field(default_factory=list)
    events: list[KnownEvent] = field(default_factory=list)
    effective_requests: list[tuple[Guest, Request]] = field(default_factory=list)
    now_ms: Callable[[], int] | None = None
    short_ends: list[int] = field(default_factory=list)

    def forget(self, guest: Guest) -> None:
        """Drops a guest whose token has ended, and their events: most commands about these would be refused."""
        self.guests.remove(guest)
        self.events = [each for each in self.events if each.organizer is not guest]
