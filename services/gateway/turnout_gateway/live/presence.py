"""The number of people who have an event open, over all gateways: anonymous, on a channel of its own, never stored.

Each gateway publishes all its numbers every ``PERIOD_S``, and changes in between. A gateway that sent no message for
three periods counts as dead, and its viewers no longer count. Pure: messages and times are arguments.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

PERIOD_S: Final = 5.0
_DEAD_AFTER_S: Final = 3 * PERIOD_S


class Viewers(msgspec.Struct, frozen=True):
    """The message that gateways publish.

    Attributes:
        gateway: the sender.
        looking: number of people by event. Those of a user on two gateways are two.
        whole: True if ``looking`` has all events; else it has those that changed.
    """

    gateway: str
    looking: dict[str, int]
    whole: bool = False


class Presence:
    """The number of viewers of each event: our own, and those in messages of other gateways."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self._own: dict[str, int] = {}
        self._by_gateway: dict[str, dict[str, int]] = {}
        self._received_at_s: dict[str, float] = {}
        self._unpublished_events: set[str] = set()
        self._changed_events: set[str] = set()

    def set_own_viewers(self, event: str, people: int) -> None:
        """Sets the number of this gateway's people who have ``event`` open."""
        if people:
            self._own[event] = people
        else:
            self._own.pop(event, None)
        self._unpublished_events.add(event)
        self._changed_events.add(event)

    def total(self, event: str) -> int:
        elsewhere = sum(viewers.get(event, 0) for viewers in self._by_gateway.values())
        return self._own.get(event, 0) + elsewhere

    def pop_changed_totals(self) -> dict[str, int]:
        """Returns the totals that may have changed since the last call."""
        changed, self._changed_events = self._changed_events, set()
        return {event: self.total(event) for event in changed}

    def encode_changes(self) -> bytes | None:
        """The message with all changes since the last message; None for none."""
        if not self._unpublished_events:
            return None
        events, self._unpublished_events = self._unpublished_events, set()
        return msgspec.json.encode(Viewers(self.gateway, {event: self._own.get(event, 0) for event in events}))

    def encode_all(self) -> bytes:
        """The message with all our numbers, which also corrects lost messages."""
        self._unpublished_events.clear()
        return msgspec.json.encode(Viewers(self.gateway, self._own, whole=True))

    def encode_departure(self) -> bytes:
        """The message that this gateway no longer has viewers."""
        return msgspec.json.encode(Viewers(self.gateway, {}, whole=True))

    def receive(self, message: bytes, now_s: float) -> bool:
        """Applies a message; True if its sender is new and needs all our numbers."""
        try:
            received = msgspec.json.decode(message, type=Viewers)
        except (msgspec.DecodeError, UnicodeDecodeError):  # bad UTF-8 within a string is the latter
            return False
        if received.gateway == self.gateway:
            return False
        is_new = received.gateway not in self._by_gateway
        before = self._by_gateway.setdefault(received.gateway, {})
        self._changed_events.update(received.looking)
        if received.whole:
            self._changed_events.update(before)
            before.clear()
        before.update(received.looking)
        for event in [event for event, people in before.items() if people <= 0]:
            del before[event]
        self._received_at_s[received.gateway] = now_s
        return is_new

    def remove_dead(self, now_s: float) -> None:
        """Removes the gateways that sent no message for three periods."""
        for gateway in [each for each, at_s in self._received_at_s.items() if now_s - at_s > _DEAD_AFTER_S]:
            del self._received_at_s[gateway]
            self._changed_events.update(self._by_gateway.pop(gateway))

    def gateways(self) -> Iterable[str]:
        """The other gateways that are not dead."""
        return self._by_gateway.keys()
