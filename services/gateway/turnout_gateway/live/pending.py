"""Watches that ask to resume from a position this replica has not reached yet. They wait up to one second."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid
from turnout_gateway.live.audience import Client
from turnout_gateway.views.view_kind import Address

PENDING_MAX_S: Final = 1.0  # then the client tries another gateway; ``?at_least=`` waits as long


def is_ahead(seen: Position, here: Position) -> bool:
    """True if ``seen`` is newer than ``here`` in the same epoch."""
    return here.epoch == seen.epoch and here.seq < seen.seq


class PendingWatch(NamedTuple):
    """The address as the client requested it, and the position that it has seen."""

    requested_as: str
    seen: Position


@dataclass
class _PendingClient:
    until_s: float
    watches: dict[Address, PendingWatch] = field(default_factory=dict)


class PendingWatches:
    """The pending watches of all clients of a gateway.

    Args:
        limit: of watches that one client may have pending.
        clock: monotonic time in seconds.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._clients: dict[Client, _PendingClient] = {}

    def __len__(self) -> int:
        """Number of clients with pending watches."""
        return len(self._clients)

    def add(self, client: Client, address: Address, watch: PendingWatch) -> None:
        """Adds a watch of the client. Raises Invalid if it has too many."""
        pending = self._clients.setdefault(client, _PendingClient(self._clock() + PENDING_MAX_S))
        if len(pending.watches) >= self._limit:
            raise Invalid(f"One link watches at most {self._limit} views.")
        pending.watches[address] = watch

    def withdraw(self, client: Client, address: Address) -> None:
        """Removes one watch of the client, if it is pending."""
        if client in self._clients:
            self._clients[client].watches.pop(address, None)

    def remove(self, client: Client) -> Collection[PendingWatch]:
        """Removes the client; returns its watches."""
        pending = self._clients.pop(client, None)
        return pending.watches.values() if pending is not None else ()

    def pop_ready(self, position: Position) -> list[tuple[Client, PendingWatch]]:
        """Removes and returns the watches whose position the replica has reached."""
        found = []
        for client, pending in list(self._clients.items()):
            for address, watch in list(pending.watches.items()):
                if not is_ahead(watch.seen, position):
                    del pending.watches[address]
                    found.append((client, watch))
            if not pending.watches:
                del self._clients[client]
        return found

    def find_expired(self) -> list[Client]:
        """Returns the clients that have waited too long, each once."""
        now_s = self._clock()
        found = [client for client, pending in self._clients.items() if now_s >= pending.until_s]
        for client in found:
            self._clients[client].until_s = math.inf
        return found
