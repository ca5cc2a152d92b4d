"""Stores the chunks of a snapshot as a list in Valkey."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Final, cast

from redis.asyncio import Redis

from turnout_core.journal.functions import call_function

ABANDONED_AFTER_S: Final = 300  # an unfinished list expires, for example after its writer was killed
_CHUNKS_PER_READ: Final = 8


async def write_chunks(valkey: Redis, key: str, chunks: AsyncIterable[bytes]) -> None:
    """Appends ``chunks`` to the list, which expires ``ABANDONED_AFTER_S`` after the last one. Raises RedisError."""
    async for chunk in chunks:
        await call_function(valkey, "turnout_add_chunk", [key], [ABANDONED_AFTER_S, chunk])


async def read_chunks(valkey: Redis, key: str) -> AsyncIterator[bytes]:
    """The chunks in order; none if the list does not exist. Raises RedisError."""
    at = 0
    while chunks := cast("list[bytes]", await valkey.lrange(key, at, at + _CHUNKS_PER_READ - 1)):
        for chunk in chunks:
            yield chunk
        at += len(chunks)
