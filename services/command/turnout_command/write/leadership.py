"""Leadership: the lease of the writer, from the wait for it to its end."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import JournalError, Unreachable
from turnout_core.runtime.ids import new_id

_EXPIRY_MARGIN_S: Final = 0.005  # Valkey expires a lease with a resolution of 1 ms
_TRUSTED_SHARE: Final = (
    0.9  # of a lease: Valkey's clock may be slewed by up to 8.3 % against ours (chrony, maxslewrate)
)

log = logging.getLogger("turnout.writer")


class LeaseLost(JournalError):
    """Another command service has the lease."""


@dataclass(frozen=True, slots=True)
class LeaseConfig:
    """
    Attributes:
        lease_s: the term of a lease; a dead writer is replaced after at most this time.
        renew_s: between two renewals; several fit into a lease, so that a lost one does not depose.
        heartbeat_s: between two heartbeats on the bus (``follower.HEARTBEAT_TIMEOUT_S`` is three of them).
        clock_check_s: within this time a wall clock that was set is noticed.
        append_timeout_s: for how long an append of unknown outcome is tried again.
    """

    lease_s: float = 1.5
    renew_s: float = 0.4
    heartbeat_s: float = 1.0
    append_timeout_s: float = 5.0
    clock_check_s: float = 1.0


class Leadership:
    """One bid for the lease, under an owner name of its own: the fence rejects what an earlier bid left in flight.

    Args:
        clock: seconds, never going back, and going on while the machine is suspended.
    """

    def __init__(self, lease: Lease, config: LeaseConfig, clock: Callable[[], float]) -> None:
        self._lease = lease
        self._config = config
        self._clock = clock
        self._owner = new_id()
        self._valid_until_s = 0.0

    def is_lease_valid(self) -> bool:
        """True while our lease cannot have expired."""
        return self._clock() < self._valid_until_s

    async def request(self) -> Grant:
        """Asks for the lease, or renews it. Raises Unreachable."""
        sent_s = self._clock()  # the lease is counted from before it was asked for
        grant = await self._lease.acquire(self._owner)
        if grant.fence is not None:
            self._valid_until_s = sent_s + self._config.lease_s * _TRUSTED_SHARE
        return grant

    async def pause(self, grant: Grant | None) -> None:
        """Waits until asking again may help: until the lease of another owner ends, at most ``renew_s``."""
        left_s = grant.left_s + _EXPIRY_MARGIN_S if grant is not None else self._config.renew_s
        await asyncio.sleep(min(left_s, self._config.renew_s))

    async def renew(self, fence: int) -> None:
        """Renews the lease until it is cancelled.

        A failed renewal does not stop the writer: the fence decides who may write, not the time.

        Raises:
            LeaseLost
        """
        while True:
            await asyncio.sleep(self._config.renew_s)
            try:
                grant = await self.request()
            except Unreachable as error:
                log.warning("the lease could not be renewed: %s", error)
                continue
            if grant.fence != fence:
                raise LeaseLost(f"another command service ({grant.owner}) took the lease")

    async def release(self) -> None:
        """Raises Unreachable."""
        await self._lease.release(self._owner)

    async def server_time_ms(self) -> int:
        """The clock of the journal's server, in ms since 1970. Raises Unreachable."""
        return await self._lease.now_ms()
