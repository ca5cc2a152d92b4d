"""The chunks of a snapshot in a list of Valkey."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Final, cast

from redis.asyncio import Redis

ABANDONED_AFTER_S: Final = 300  # a list whose writer was killed expires
_CHUNKS_PER_READ: Final = 8


async def write_chunks(valkey: Redis, key: str, chunks: AsyncIterable[bytes]) -> None:
    """Appends ``chunks`` to the list, which expires ``ABANDONED_AFTER_S`` after the last one. Raises RedisError."""
    async for chunk in chunks:
        async with valkey.pipeline(transaction=True) as together:  # otherwise a kill in between leaves it for ever
            together.rpush(key, chunk)
            together.expire(key, ABANDONED_AFTER_S)
            await together.execute()


async def read_chunks(valkey: Redis, key: str) -> AsyncIterator[bytes]:
    """The chunks in order; none if the list does not exist. Raises RedisError."""
    at = 0
    while chunks := cast("list[bytes]", await valkey.lrange(key, at, at + _CHUNKS_PER_READ - 1)):
        for chunk in chunks:
            yield chunk
        at += len(chunks)
