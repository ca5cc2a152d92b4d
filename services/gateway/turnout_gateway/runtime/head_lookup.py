"""Looks up the journal's head for clients that are ahead of this replica.

The head shows whether the replica lags, or the client has seen a history that was lost.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from turnout_core.domain.position import Position
from turnout_core.journal.port import Journal, JournalError
from turnout_gateway.live.audience import Client


class HeadLookup:
    """Resolves all clients that are ahead with one read of the journal. Clients may be many, connections to it are few.

    Args:
        resolve: called with each client and the position of the journal's head; None if that is unknown.
    """

    def __init__(self, journal: Journal, resolve: Callable[[Client, Position | None], None]) -> None:
        self._journal = journal
        self._resolve = resolve
        self._ahead: set[Client] = set()
        self._task: asyncio.Task[None] | None = None

    def add(self, client: Client) -> None:
        """Looks up the head for ``client``, then calls ``resolve``."""
        self._ahead.add(client)
        if self._task is None:
            self._task = asyncio.create_task(self._look_up())

    async def _look_up(self) -> None:
        try:
            while self._ahead:
                ahead, self._ahead = self._ahead, set()
                head = None
                with suppress(JournalError):
                    head = await self._journal.head()
                for client in ahead:
                    self._resolve(client, head.position if head else None)
        finally:
            self._task = None
