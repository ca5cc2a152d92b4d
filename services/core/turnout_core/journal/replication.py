"""Waits until replicas have a write on disk.

Valkey documentation, "WAITAOF": it waits for all writes that its own connection has made so far, so it follows the
write on the same connection, in the same round trip. A connection without a write waits for nothing. So a function
whose caller needs a confirmation always writes, also when it finds nothing to do (``journal.lua``).

A replica reports what is on its disk when it is asked, before the fsync of what has just come, and then once a second:
after a single write, WAITAOF alone takes a second. So WAIT comes before it: its answer leaves the replica after that
fsync, and the second question finds the write on disk (measured: 1.3 ms in place of 1,000).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError

CONFIRM_TIMEOUT_S: Final = 1.0  # an fsync takes ms; after this a replica counts as gone


class TooFewReplicas(LinkError):
    """The server has the write, but too few replicas confirm it: it may be lost with the server."""


@dataclass(frozen=True, slots=True)
class Replication:
    """The number of replicas that must have a write on disk before it counts, and how long to wait for them."""

    replicas: int = 0
    timeout_s: float = CONFIRM_TIMEOUT_S

    async def call(self, valkey: Redis, name: str, keys: Sequence[str], args: Sequence[bytes | str | int]) -> Any:
        """Calls a function that writes, and returns its reply when enough replicas have confirmed it.

        Raises RedisError; TooFewReplicas if the function ran, but was not confirmed in time. The connection is closed
        then: the server may be a former primary, and the next call looks for the present one.
        """
        if not self.replicas:
            return await valkey.fcall(name, len(keys), *keys, *args)
        half_ms = round(self.timeout_s * 500)
        async with valkey.pipeline(transaction=False) as all_three:
            all_three.fcall(name, len(keys), *keys, *args)
            all_three.wait(self.replicas, half_ms)
            all_three.waitaof(1, self.replicas, half_ms)
            reply, received, synced = await all_three.execute(raise_on_error=False)
        for each in (reply, received, synced):
            if isinstance(each, RedisError):
                raise each
        local, replicas = synced
        if local < 1 or replicas < self.replicas:
            await valkey.connection_pool.disconnect(inuse_connections=False)
            missing = "the server itself" if local < 1 else f"{replicas} of {self.replicas} replicas"
            raise TooFewReplicas(f"{missing} confirmed within {self.timeout_s:g} s that the write is on disk")
        return reply


UNREPLICATED: Final = Replication()
