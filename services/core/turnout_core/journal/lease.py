"""A lease: the right to write, or to send, for a time. Its fence number makes the writes of a former owner fail.

Martin Kleppmann, "How to do distributed locking" (2016), explains why a lease needs a fence.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from redis.asyncio import Redis

from turnout_core.journal.format import FORMAT
from turnout_core.journal.functions import call_function, load_functions
from turnout_core.journal.keys import LeaseKeys
from turnout_core.journal.replication import UNREPLICATED, Replication
from turnout_core.journal.unreachable import RaiseUnreachable

_REPLY_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class Grant:
    """The result of a request for the lease.

    Attributes:
        fence: number to append under; None if another owner has the lease.
        owner: of the lease, now.
        left_s: seconds until the lease ends, unless its owner renews it.
        server_ms: the time of the server, in ms since 1970.
        is_former_unreleased: True if this is a new fence, and the last owner did not release the lease: that owner may
            not know yet that it has ended.
    """

    fence: int | None
    owner: str
    left_s: float
    server_ms: int
    is_former_unreleased: bool = False


class Lease(Protocol):
    """The lease port: at most one owner at a time by the server's clock, and never two with the same fence."""

    async def acquire(self, owner: str) -> Grant:
        """Acquires the lease if it is free, or renews it, for its term.

        Every new owner gets a higher fence. An owner whose term ended gets the same fence again if no other owner had
        the lease meanwhile.

        Raises:
            NewerFormat: this version cannot read the journal. Nothing has changed.
            Unreachable: try again.
        """
        ...

    async def release(self, owner: str) -> None:
        """Ends the lease if ``owner`` has it. Raises Unreachable."""
        ...

    async def now_ms(self) -> int:
        """The time of the server, in ms since 1970. Raises Unreachable."""
        ...


class ValkeyLease:
    """Satisfies ``Lease`` with the Functions of ``journal.lua``.

    Args:
        valkey: a connection of its own, so that a slow append does not delay a renewal.
        replication: how many replicas must have a lease on disk before it counts. So a former primary, which has none
            any more, grants no lease, and no fence is lost at a failover.
    """

    def __init__(self, valkey: Redis, term_s: float, keys: LeaseKeys, replication: Replication = UNREPLICATED) -> None:
        self._keys = keys
        self._replication = replication
        self._valkey = valkey
        self._term_ms = round(term_s * 1000)

    async def acquire(self, owner: str) -> Grant:
        reply = await self._request(owner)
        if len(reply) < _REPLY_PARTS:  # a service of an earlier version has loaded its functions
            await load_functions(self._valkey)
            reply = await self._request(owner)
        fence, holder, left_ms, server_ms, is_former_unreleased = reply
        left_s = max(int(left_ms), 0) / 1000
        return Grant(int(fence) or None, holder.decode(), left_s, int(server_ms), bool(is_former_unreleased))

    async def _request(self, owner: str) -> list[Any]:
        head = [self._keys.head] if self._keys.head else []
        keys = [self._keys.lease, self._keys.fence, self._keys.holder, *head]
        with RaiseUnreachable():
            reply: list[Any] = await call_function(
                self._valkey, "turnout_lease", keys, [owner, self._term_ms, FORMAT], self._replication
            )
        return reply

    async def release(self, owner: str) -> None:
        with RaiseUnreachable():
            await call_function(self._valkey, "turnout_release", [self._keys.lease, self._keys.holder], [owner])

    async def now_ms(self) -> int:
        with RaiseUnreachable():
            seconds, microseconds = await self._valkey.time()
        return int(seconds) * 1000 + int(microseconds) // 1000
