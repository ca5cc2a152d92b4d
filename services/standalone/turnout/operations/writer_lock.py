"""Takes the writer's lease for an operation, so that nobody appends to what is being replaced.

Whoever wrote before is fenced by it: should a paused command service wake up, it can change nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from turnout.operations.errors import Interrupted, Refused
from turnout.operations.journal_server import JournalServer
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import Unreachable
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import cancel_and_wait

TERM_S: Final = 10.0  # how long the services wait for us when we were killed
_PROLONG_EVERY_S: Final = 2.0


class Hold:
    """
    Attributes:
        fence: nobody has written since, as long as this is the newest one.
    """

    def __init__(self, lease: ValkeyLease, owner: str, fence: int) -> None:
        self.fence = fence
        self._lease = lease
        self._owner = owner

    async def prolong(self) -> None:
        """Raises Interrupted when somebody else had the lease meanwhile."""
        if (await self._lease.take(self._owner)).fence != self.fence:
            raise Interrupted("a command service took the lease meanwhile, so nothing was replaced: stop it first")

    async def keep(self) -> None:
        """Prolongs it for as long as this runs. A failure shows when it is prolonged before the last step."""
        with contextlib.suppress(Interrupted):
            while True:
                await asyncio.sleep(_PROLONG_EVERY_S)
                with contextlib.suppress(Unreachable):
                    await self.prolong()


@asynccontextmanager
async def held(server: JournalServer) -> AsyncIterator[Hold]:
    """Raises Refused when a command service has the lease."""
    lease, owner = ValkeyLease(server.valkey, TERM_S, server.keys), f"journal-{new_id()}"
    grant = await lease.take(owner)
    if grant.fence is None:
        raise Refused(f"a command service is running (it has the lease, as {grant.owner}): stop it first")
    hold = Hold(lease, owner, grant.fence)
    keeping = asyncio.create_task(hold.keep())
    try:
        yield hold
    finally:
        await cancel_and_wait(keeping)
        with contextlib.suppress(Unreachable):  # it ends by itself
            await lease.release(owner)
