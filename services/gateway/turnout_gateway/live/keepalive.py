"""Beats for idle links, and the end for stalled ones. One wheel for all clients instead of a timer for each."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from turnout_gateway.live.audience import Client

SLOTS: Final = 50  # of one revolution, so that 10,000 beats do not go out in one burst


class Pulse:
    """
    Every client is in one slot of a wheel that turns once per beat interval, and is looked at when its slot comes by.
    It gets a beat unless something went out to it in the last half of that, so no silence is longer than one and a half
    intervals.

    Args:
        beat_s: the interval.
        stall_s: how long a client may take nothing of what waits for it.
    """

    def __init__(self, beat_s: float, stall_s: float) -> None:
        self.step_s = beat_s / SLOTS
        self._beat_s = beat_s
        self._stall_s = stall_s
        self._wheel: list[set[Client]] = [set() for _ in range(SLOTS)]
        self._slot = 0
        self._full: dict[Client, tuple[float, int]] = {}  # since when, and how much waited then

    def __len__(self) -> int:
        return sum(map(len, self._wheel))

    def __iter__(self) -> Iterator[Client]:
        return chain.from_iterable(self._wheel)

    def __contains__(self, client: Client) -> bool:
        return client in self._wheel[client.slot]

    def enter(self, client: Client) -> None:
        """The client's first beat comes one interval from now."""
        client.slot = self._slot
        self._wheel[self._slot].add(client)

    def leave(self, client: Client) -> None:
        self._wheel[client.slot].discard(client)
        self._full.pop(client, None)

    def stuck(self, client: Client, now_s: float) -> None:
        """The client has become full."""
        self._full[client] = (now_s, client.sink.waiting())

    def drained(self, client: Client) -> None:
        self._full.pop(client, None)

    def full(self) -> int:
        """How many clients are full now."""
        return len(self._full)

    def idle(self, now_s: float) -> list[Client]:
        """Turns the wheel by one step; gives the clients that should have a beat."""
        self._slot = (self._slot + 1) % SLOTS
        quiet_since_s = now_s - self._beat_s / 2
        return [
            client
            for client in self._wheel[self._slot]
            if not client.sink.full
            and not any(each.sent_at_s > quiet_since_s and client in each.current for each in client.views.values())
        ]

    def stalled(self, now_s: float) -> list[Client]:
        """The clients that have taken nothing for too long."""
        found = []
        for client, (since_s, waited) in self._full.items():
            waits = client.sink.waiting()
            if waits < waited:
                self._full[client] = (now_s, waits)
            elif now_s - since_s >= self._stall_s:
                found.append(client)
        for client in found:
            del self._full[client]
        return found
