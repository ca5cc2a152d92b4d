"""Heartbeats for idle connections, and detection of stalled ones. One timing wheel replaces a timer per client."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from turnout_gateway.live.audience import Client

SLOTS: Final = 50  # of one revolution, so that 10,000 heartbeats do not go out in one burst


class KeepAlive:
    """All clients of a hub: decides which of them get a heartbeat and which are stalled.

    Every client is in one slot of a wheel that turns once per heartbeat interval. When its slot comes up, the client
    gets a heartbeat, unless a frame was sent to it in the last half interval. So no silence lasts longer than one and
    a half intervals.

    Args:
        interval_s: of the heartbeats.
        stall_s: time for which a client may read nothing although it has unsent data.
    """

    def __init__(self, interval_s: float, stall_s: float) -> None:
        self.step_s = interval_s / SLOTS
        self._interval_s = interval_s
        self._stall_s = stall_s
        self._wheel: list[dict[Client, None]] = [{} for _ in range(SLOTS)]  # half of the memory of sets
        self._slot = 0
        self._congested: dict[Client, tuple[float, int]] = {}  # time (s) and unsent data at the last progress

    def __len__(self) -> int:
        return sum(map(len, self._wheel))

    def __iter__(self) -> Iterator[Client]:
        return chain.from_iterable(self._wheel)

    def __contains__(self, client: Client) -> bool:
        return client in self._wheel[client.slot]

    def add(self, client: Client) -> None:
        """Adds a client; its first heartbeat comes one interval from now."""
        client.slot = self._slot
        self._wheel[self._slot][client] = None

    def remove(self, client: Client) -> None:
        self._wheel[client.slot].pop(client, None)
        self._congested.pop(client, None)

    def on_congested(self, client: Client, now_s: float) -> None:
        self._congested[client] = (now_s, client.sink.unsent())

    def on_drained(self, client: Client) -> None:
        self._congested.pop(client, None)

    def congested_count(self) -> int:
        """Number of congested clients."""
        return len(self._congested)

    def advance(self, now_s: float) -> list[Client]:
        """Turns the wheel by one slot; returns the clients that need a heartbeat."""
        self._slot = (self._slot + 1) % SLOTS
        quiet_since_s = now_s - self._interval_s / 2
        return [
            client
            for client in self._wheel[self._slot]
            if not client.sink.is_congested
            and not any(each.sent_at_s > quiet_since_s and client in each.current for each in client.views)
        ]

    def find_stalled(self, now_s: float) -> list[Client]:
        """Returns the clients whose unsent data has not shrunk for ``stall_s``; each client once."""
        found = []
        for client, (since_s, before) in self._congested.items():
            unsent = client.sink.unsent()
            if unsent < before:
                self._congested[client] = (now_s, unsent)
            elif now_s - since_s >= self._stall_s:
                found.append(client)
        for client in found:
            del self._congested[client]
        return found
