"""The writer's lease, taken by an operation: no command service appends to a journal that is being replaced.

The lease fences earlier writers: a paused command service that wakes up can change nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from turnout.operations.errors import OperationInterrupted, ServiceIsRunning
from turnout.operations.journal_server import JournalServer
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import Unreachable
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import cancel_and_wait

LEASE_S: Final = 10.0  # the services wait this long after an operation was killed
_RENEW_INTERVAL_S: Final = 2.0


class WriterLock:
    """A lease that this operation holds.

    Attributes:
        fence: while it is the newest one, no other writer has appended.
    """

    def __init__(self, lease: ValkeyLease, owner: str, fence: int) -> None:
        self.fence = fence
        self._lease = lease
        self._owner = owner

    async def renew(self) -> None:
        """Raises OperationInterrupted if another owner had the lease meanwhile."""
        if (await self._lease.acquire(self._owner)).fence != self.fence:
            raise OperationInterrupted(
                "a command service took the lease meanwhile, so nothing was replaced: stop it and try again"
            )

    async def keep_renewed(self) -> None:
        """Renews the lease until it is cancelled. The renewal before the last step reports a failure."""
        with contextlib.suppress(OperationInterrupted):
            while True:
                await asyncio.sleep(_RENEW_INTERVAL_S)
                with contextlib.suppress(Unreachable):
                    await self.renew()


@asynccontextmanager
async def writer_lock(server: JournalServer) -> AsyncIterator[WriterLock]:
    """Holds the writer's lease for the duration of the block.

    Raises:
        ServiceIsRunning: a command service has it.
        NewerFormat: a newer version has written the journal.
    """
    lease, owner = ValkeyLease(server.valkey, LEASE_S, server.keys.writer_lease), f"journal-{new_id()}"
    grant = await lease.acquire(owner)
    if grant.fence is None:
        raise ServiceIsRunning(f"a command service is running (it has the lease, as {grant.owner}): stop it first")
    lock = WriterLock(lease, owner, grant.fence)
    renewal = asyncio.create_task(lock.keep_renewed())
    try:
        yield lock
    finally:
        await cancel_and_wait(renewal)
        with contextlib.suppress(Unreachable):  # the lease expires by itself
            await lease.release(owner)
