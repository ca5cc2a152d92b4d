"""Who may write, and when: a lease in Valkey. The fence number that comes with it makes an old writer harmless."""

from dataclasses import dataclass
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from turnout_core.journal.port import Unreachable
from turnout_core.journal.valkey import FENCE, HOLDER, LEASE, call


@dataclass(frozen=True, slots=True)
class Grant:
    """
    Attributes:
        fence: to append under; None for whoever has to wait.
        owner: who has the lease now.
        left_s: seconds until it ends unless its owner prolongs it.
    """

    fence: int | None
    owner: str
    left_s: float


class Lease(Protocol):
    """At most one owner at a time by the server's clock; never two with the same fence."""

    async def take(self, owner: str) -> Grant:
        """Takes the lease if it is free, or prolongs it, for the term that the lease was made with.

        Every new owner gets a higher fence. An owner whose term ran out gets their old fence back if nobody had the
        lease in between. Raises Unreachable.
        """
        ...

    async def release(self, owner: str) -> None:
        """Gives it back; nothing where ``owner`` does not have it. Raises Unreachable."""
        ...

    async def now_ms(self) -> int:
        """What the server's clock says, in ms since 1970. Raises Unreachable."""
        ...


class ValkeyLease:
    """Satisfies ``Lease``, by the Functions of ``journal.lua``.

    Args:
        valkey: a client of its own, so that a slow append never delays a renewal.
    """

    def __init__(self, valkey: Redis, term_s: float) -> None:
        self._valkey = valkey
        self._term_ms = round(term_s * 1000)

    async def take(self, owner: str) -> Grant:
        try:
            fence, holder, left_ms = await call(
                self._valkey, "turnout_lease", [LEASE, FENCE, HOLDER], [owner, self._term_ms]
            )
        except RedisError as error:
            raise Unreachable(str(error)) from error
        return Grant(int(fence) or None, holder.decode(), max(int(left_ms), 0) / 1000)

    async def release(self, owner: str) -> None:
        try:
            await call(self._valkey, "turnout_release", [LEASE], [owner])
        except RedisError as error:
            raise Unreachable(str(error)) from error

    async def now_ms(self) -> int:
        try:
            seconds, microseconds = await self._valkey.time()
        except RedisError as error:
            raise Unreachable(str(error)) from error
        return int(seconds) * 1000 + int(microseconds) // 1000
