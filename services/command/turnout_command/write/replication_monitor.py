"""Watches the primary and its replicas, for ``/readyz``, the metrics and the log."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis

from turnout_command.metrics import Metrics
from turnout_core.journal.port import JournalError
from turnout_core.journal.server_status import ServerStatus, read_server_status

_INTERVAL_S: Final = 2.0

log = logging.getLogger("turnout.replication")


class ReplicationMonitor:
    """Reads the status of the server regularly.

    Args:
        connect: makes a client for one reading, which looks for the primary anew.
        check: one sentence for each fault of the replicas; raises Unreachable.
            Called when the primary or its replicas are others than before.

    Attributes:
        status: as of the last reading; None before the first, and while the server does not answer.
        replicas_needed: the number of replicas that must confirm a command.
    """

    def __init__(
        self,
        connect: Callable[[], Redis],
        replicas_needed: int,
        metrics: Metrics,
        check: Callable[[], Awaitable[Sequence[str]]],
    ) -> None:
        self.status: ServerStatus | None = None
        self.replicas_needed = replicas_needed
        self._connect = connect
        self._metrics = metrics
        metrics.replicas_needed.set(replicas_needed)
        self._check = check
        self._servers: tuple[object, ...] = ()
        self._primary = ""
        self._has_enough = True

    async def run(self) -> None:
        """Reads until it is cancelled."""
        while True:
            status: ServerStatus | None = None
            with suppress(JournalError):
                async with self._connect() as valkey:
                    status = await read_server_status(valkey)
            self.status = status
            if status is not None:
                self._report(status)
                await self._check_servers(status)
            await asyncio.sleep(_INTERVAL_S)

    async def _check_servers(self, status: ServerStatus) -> None:
        servers = (status.address, *sorted((each.host, each.port) for each in status.replicas))
        if servers == self._servers:
            return
        with suppress(JournalError):
            for warning in await self._check():
                log.warning("the journal's server is not durable: %s", warning)
            self._servers = servers

    def _report(self, status: ServerStatus) -> None:
        self._metrics.replicas.set(len(status.replicas))
        self._metrics.replica_lag_bytes.set(status.lag_bytes)
        if self._primary and status.address != self._primary:
            log.warning("the primary is now %s, before it was %s", status.address, self._primary)
        self._primary = status.address
        has_enough = len(status.replicas) >= self.replicas_needed
        if has_enough != self._has_enough:
            log.warning(
                "%s has %d replicas, and %d must confirm a command: %s",
                status.address, len(status.replicas), self.replicas_needed,
                "commands are accepted again" if has_enough else "commands get 503",
            )  # fmt: skip
        self._has_enough = has_enough
