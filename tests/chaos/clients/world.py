"""The people and events that the clients of a run share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.history.events import Request


@dataclass(slots=True)
class Guest:
    """A device of a person: the token of one session. A person who has come back has several."""

    id: str
    token: str
    session: str = ""


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
        secrets: those of recovery links, by the id of their person; a lost answer may have replaced one.
        former_secrets: those that a newer one has replaced.
        moderator: moderates the instance; None if no one does.
        hidden, blocked: the events and people that the moderator has hidden and blocked.
        now_ms: wall clock for events that end during the run, at ``short_ends``; None if no event does.
    """

    guests: list[Guest] = field(default_factory=list)
    events: list[KnownEvent] = field(default_factory=list)
    effective_requests: list[tuple[Guest, Request]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    former_secrets: list[str] = field(default_factory=list)
    moderator: Guest | None = None
    hidden: list[KnownEvent] = field(default_factory=list)
    blocked: list[Guest] = field(default_factory=list)
    now_ms: Callable[[], int] | None = None
    short_ends: list[int] = field(default_factory=list)

    def knows(self, user: str) -> bool:
        """True unless the user was dropped."""
        return any(each.id == user for each in self.guests)

    def drop(self, user: str) -> None:
        """Drops a person with all their devices and their link, so that no client acts as them any more."""
        self.guests = [each for each in self.guests if each.id != user]
        self.secrets.pop(user, None)

    def take_out(self) -> Guest:
        """Drops a person, and returns one of their devices."""
        guest = self.guests[0]
        self.drop(guest.id)
        return guest

    def forget(self, guest: Guest) -> None:
        """Drops a person who has signed out or is gone, and their events: most commands about these are refused."""
        self.drop(guest.id)
        self.events = [each for each in self.events if each.organizer.id != guest.id]
