"""Clients that have seen more, on another gateway, than the replica here. They wait for it, at last for a verdict."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid
from turnout_gateway.live.audience import Client
from turnout_gateway.views.address import Address

EARLY_MAX_S: Final = 1.0  # a replica that lags more than this is not waited for; ``?at_least=`` waits as long


def ahead(seen: Position, here: Position) -> bool:
    """Whether who has ``seen`` that has to wait for whoever is ``here``."""
    return here.epoch == seen.epoch and here.seq < seen.seq


class Want(NamedTuple):
    """A view, as the client spells it, and what it has seen of it."""

    asked: str
    seen: Position


@dataclass
class _Wait:
    until_s: float
    wants: dict[Address, Want] = field(default_factory=dict)


class Early:
    """
    Args:
        wants_most: views that one client may wait for.
        clock: seconds, only forward.
    """

    def __init__(self, wants_most: int, clock: Callable[[], float]) -> None:
        self._wants_most = wants_most
        self._clock = clock
        self._waits: dict[Client, _Wait] = {}

    def __len__(self) -> int:
        """How many clients wait."""
        return len(self._waits)

    def postpone(self, client: Client, address: Address, want: Want) -> None:
        """The client waits. Raises Invalid when it waits for too many views."""
        wait = self._waits.setdefault(client, _Wait(self._clock() + EARLY_MAX_S))
        if len(wait.wants) >= self._wants_most:
            raise Invalid(f"One link watches at most {self._wants_most} views.")
        wait.wants[address] = want

    def withdraw(self, client: Client, address: Address) -> None:
        """It no longer wants this view."""
        if client in self._waits:
            self._waits[client].wants.pop(address, None)

    def end(self, client: Client) -> Collection[Want]:
        """It waits no longer; gives what it waited for."""
        wait = self._waits.pop(client, None)
        return wait.wants.values() if wait is not None else ()

    def arrived(self, here: Position) -> list[tuple[Client, Want]]:
        """What need not wait any more, now that the replica is ``here``."""
        found = []
        for client, wait in list(self._waits.items()):
            for address, want in list(wait.wants.items()):
                if not ahead(want.seen, here):
                    del wait.wants[address]
                    found.append((client, want))
            if not wait.wants:
                del self._waits[client]
        return found

    def overdue(self) -> list[Client]:
        """Who has waited too long; each is told once."""
        now_s = self._clock()
        found = [client for client, wait in self._waits.items() if now_s >= wait.until_s]
        for client in found:
            self._waits[client].until_s = math.inf
        return found
