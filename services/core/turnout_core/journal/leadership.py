"""Leadership: requests, renews and releases a lease."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from turnout_core.journal.lease import Grant, Lease
from turnout_core.journal.port import JournalError, Unreachable
from turnout_core.runtime.ids import new_id

_EXPIRY_MARGIN_S: Final = 0.005  # Valkey expires a lease with a resolution of 1 ms
_TRUSTED_SHARE: Final = 0.9  # of a lease: Valkey's clock may run up to 8.3 % faster (chrony, maxslewrate)
_JUMP_MIN_MS: Final = 20  # of the server's clock between two requests; less is within ``_TRUSTED_SHARE``

log = logging.getLogger("turnout.lease")


class LeaseLost(JournalError):
    """Another command service has the lease."""


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """Durations of a lease.

    Attributes:
        lease_s: duration of a lease; a standby replaces a dead leader after at most this time.
        renew_s: interval of renewals; several fit into a lease, so that a failed one does not lose it.
    """

    lease_s: float = 1.5
    renew_s: float = 0.4


class Leadership:
    """One candidacy for the lease. It has a new owner name, so the fence rejects appends of an earlier candidacy.

    Args:
        clock: monotonic seconds that include suspension of the machine.
    """

    def __init__(self, lease: Lease, config: LeaseTimes, clock: Callable[[], float]) -> None:
        self._lease = lease
        self._config = config
        self._clock = clock
        self._owner = new_id()
        self._valid_until_s = 0.0
        self._last_request: tuple[float, int] | None = None
        self._former_valid_until_s = 0.0

    def is_lease_valid(self) -> bool:
        """True while our lease cannot have expired."""
        return self._clock() < self._valid_until_s

    async def request(self) -> Grant:
        """Requests the lease, or renews it. Raises NewerFormat, Unreachable."""
        sent_s = self._clock()  # the lease may start at any time after this
        grant = await self._lease.acquire(self._owner)
        self._watch_server_clock(grant, sent_s)
        if grant.fence is not None:
            self._valid_until_s = sent_s + self._config.lease_s * _TRUSTED_SHARE
        return grant

    async def wait_for_former(self, grant: Grant) -> None:
        """Waits until a former owner cannot trust its lease any more. Raises Unreachable, LeaseLost.

        Normally that is so when the lease has expired. But the lease expires too early if the server's clock is set
        ahead, and the former owner answers reads without a question to the journal until it notices.
        """
        while grant.is_former_unreleased and (left_s := self._former_valid_until_s - self._clock()) > 0:
            await asyncio.sleep(min(left_s, self._config.renew_s))
            if (await self.request()).fence != grant.fence:
                raise LeaseLost("another process took the lease")

    def _watch_server_clock(self, grant: Grant, sent_s: float) -> None:
        """Notes until when a former owner may trust a lease that has expired too early."""
        received_s = self._clock()
        has_jumped = True  # before the first request, nobody knows
        if self._last_request is not None:
            last_sent_s, last_ms = self._last_request
            has_jumped = grant.server_ms - last_ms > (received_s - last_sent_s) * 1000 + _JUMP_MIN_MS
        if has_jumped:
            self._former_valid_until_s = received_s + self._config.lease_s * _TRUSTED_SHARE
        self._last_request = sent_s, grant.server_ms

    async def pause(self, grant: Grant | None) -> None:
        """Waits before the next request: until the lease of another owner ends, but at most ``renew_s``."""
        left_s = grant.left_s + _EXPIRY_MARGIN_S if grant is not None else self._config.renew_s
        await asyncio.sleep(min(left_s, self._config.renew_s))

    async def renew(self, fence: int) -> None:
        """Renews the lease until it is cancelled.

        A failed renewal does not end the term: the fence, not the time, protects what is written.

        Raises:
            LeaseLost: another process has the lease.
            NewerFormat: a newer version has written the journal.
        """
        while True:
            await asyncio.sleep(self._config.renew_s)
            try:
                grant = await self.request()
            except Unreachable as error:
                log.warning("cannot renew the lease, retrying: %s", error)
                continue
            if grant.fence != fence:
                raise LeaseLost(f"another process ({grant.owner}) took the lease")

    async def release(self) -> None:
        """Ends the lease. Raises Unreachable."""
        await self._lease.release(self._owner)

    async def server_time_ms(self) -> int:
        """The clock of the journal's server, in ms since 1970. Raises Unreachable."""
        return await self._lease.now_ms()
