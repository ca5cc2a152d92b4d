"""How many clients have an event open, over all gateways: anonymous numbers on a channel of their own, never kept.

Every gateway says now and then how many it has, and soon what has changed. Who has not been heard for three of these
periods is dead, and its clients are gone. Pure: messages and times are arguments.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

PERIOD_S: Final = 5.0
_DEAD_AFTER_S: Final = 3 * PERIOD_S


class Told(msgspec.Struct, frozen=True):
    """
    Attributes:
        gateway: who tells it.
        looking: clients by event.
        whole: these are all; otherwise only what has changed.
    """

    gateway: str
    looking: dict[str, int]
    whole: bool = False


class Presence:
    """Who looks at what, as far as this gateway has heard."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self._here: dict[str, int] = {}
        self._there: dict[str, dict[str, int]] = {}
        self._heard_at_s: dict[str, float] = {}
        self._untold: set[str] = set()
        self._changed: set[str] = set()

    def look(self, event: str, clients: int) -> None:
        """So many of our own clients have ``event`` open now."""
        if clients:
            self._here[event] = clients
        else:
            self._here.pop(event, None)
        self._untold.add(event)
        self._changed.add(event)

    def total(self, event: str) -> int:
        there = sum(looking.get(event, 0) for looking in self._there.values())
        return self._here.get(event, 0) + there

    def changed(self) -> dict[str, int]:
        """The totals that may have changed since the last call."""
        changed, self._changed = self._changed, set()
        return {event: self.total(event) for event in changed}

    def news(self) -> bytes | None:
        """What the others have not been told yet; None for nothing."""
        if not self._untold:
            return None
        untold, self._untold = self._untold, set()
        return msgspec.json.encode(Told(self.gateway, {event: self._here.get(event, 0) for event in untold}))

    def whole(self) -> bytes:
        """All that we have, for those who missed something."""
        self._untold.clear()
        return msgspec.json.encode(Told(self.gateway, self._here, whole=True))

    def farewell(self) -> bytes:
        """Nobody looks here any more."""
        return msgspec.json.encode(Told(self.gateway, {}, whole=True))

    def hear(self, message: bytes, now_s: float) -> bool:
        """Takes what a gateway tells; True when it is a new one, which should be told the whole."""
        try:
            told = msgspec.json.decode(message, type=Told)
        except (msgspec.DecodeError, UnicodeDecodeError):  # bad UTF-8 within a string is the latter
            return False
        if told.gateway == self.gateway:
            return False
        new = told.gateway not in self._there
        before = self._there.setdefault(told.gateway, {})
        self._changed.update(told.looking)
        if told.whole:
            self._changed.update(before)
            before.clear()
        before.update(told.looking)
        for event in [event for event, clients in before.items() if clients <= 0]:
            del before[event]
        self._heard_at_s[told.gateway] = now_s
        return new

    def bury(self, now_s: float) -> None:
        """Forgets the gateways that were not heard for too long."""
        for gateway in [each for each, at_s in self._heard_at_s.items() if now_s - at_s > _DEAD_AFTER_S]:
            del self._heard_at_s[gateway]
            self._changed.update(self._there.pop(gateway))

    def gateways(self) -> Iterable[str]:
        """The others that are alive."""
        return self._there.keys()
