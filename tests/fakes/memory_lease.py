"""A lease in memory, with the guarantees of the port."""

import time
from collections.abc import Callable

from turnout_core.journal.lease import Grant
from turnout_core.journal.port import Unreachable
from turnout_core.runtime.clock import wall_ms


class MemoryLease:
    """Satisfies ``Lease``.

    Attributes:
        is_unreachable: every method raises Unreachable while this is set.
    """

    def __init__(
        self,
        term_s: float,
        clock: Callable[[], float] = time.monotonic,
        server_time_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self.is_unreachable = False
        self._term_s = term_s
        self._clock = clock
        self._server_time_ms = server_time_ms
        self._owner: str | None = None
        self._holder: str | None = None
        self._fence = 0
        self._ends_at = 0.0

    async def acquire(self, owner: str) -> Grant:
        self._check_reachable()
        if self._owner is not None and self._owner != owner:
            return Grant(None, self._owner, self._ends_at - self._clock(), self._server_time_ms())
        is_former_unreleased = self._holder not in (None, owner)
        if self._holder != owner:
            self._fence += 1
        self._owner = self._holder = owner
        self._ends_at = self._clock() + self._term_s
        return Grant(self._fence, owner, self._term_s, self._server_time_ms(), is_former_unreleased)

    async def release(self, owner: str) -> None:
        self._check_reachable()
        if self._owner == owner:
            self._owner = self._holder = None

    def is_free(self) -> bool:
        """True if nobody has the lease now."""
        return self._owner is None or self._clock() >= self._ends_at

    async def now_ms(self) -> int:
        self._check_reachable()
        return self._server_time_ms()

    def _check_reachable(self) -> None:
        if self.is_unreachable:
            raise Unreachable("unreachable for a test")
        if self._clock() >= self._ends_at:
            self._owner = None
