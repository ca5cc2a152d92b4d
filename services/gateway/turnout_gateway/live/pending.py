"""Watches that ask to resume from a position this replica has not reached yet. They wait up to one second."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid
from turnout_gateway.live.audience import Client
from turnout_gateway.views.view_kind import Address

PENDING_MAX_S: Final = 1.0  # a replica that lags more is not waited for; ``?at_least=`` waits as long


def is_ahead(seen: Position, here: Position) -> bool:
    """True if ``seen`` is newer than ``here`` in the same epoch."""
    return here.epoch == seen.epoch and here.seq < seen.seq


class PendingWatch(NamedTuple):
    """The address as the client requested it, and the position that it has seen."""

    requested_as: str
    seen: Position


@dataclass
class _Waiting:
    until_s: float
    watches: dict[Address, PendingWatch] = field(default_factory=dict)


class PendingWatches:
    """
    Args:
        limit: of watches that one client may have pending.
        clock: seconds, only forward.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._waiting: dict[Client, _Waiting] = {}

    def __len__(self) -> int:
        """Number of waiting clients."""
        return len(self._waiting)

    def add(self, client: Client, address: Address, watch: PendingWatch) -> None:
        """Raises Invalid if the client has too many."""
        waiting = self._waiting.setdefault(client, _Waiting(self._clock() + PENDING_MAX_S))
        if len(waiting.watches) >= self._limit:
            raise Invalid(f"One link watches at most {self._limit} views.")
        waiting.watches[address] = watch

    def withdraw(self, client: Client, address: Address) -> None:
        """The client no longer wants this view."""
        if client in self._waiting:
            self._waiting[client].watches.pop(address, None)

    def remove(self, client: Client) -> Collection[PendingWatch]:
        """Removes the client; returns its watches."""
        waiting = self._waiting.pop(client, None)
        return waiting.watches.values() if waiting is not None else ()

    def ready(self, here: Position) -> list[tuple[Client, PendingWatch]]:
        """Removes and returns the watches that the replica, which is ``here``, has reached."""
        found = []
        for client, waiting in list(self._waiting.items()):
            for address, watch in list(waiting.watches.items()):
                if not is_ahead(watch.seen, here):
                    del waiting.watches[address]
                    found.append((client, watch))
            if not waiting.watches:
                del self._waiting[client]
        return found

    def expired(self) -> list[Client]:
        """Clients that have waited too long; each is returned once."""
        now_s = self._clock()
        found = [client for client, waiting in self._waiting.items() if now_s >= waiting.until_s]
        for client in found:
            self._waiting[client].until_s = math.inf
        return found
