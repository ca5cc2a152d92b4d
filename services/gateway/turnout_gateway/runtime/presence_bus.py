"""Where gateways tell each other how many look: the port and its Valkey adapter."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from turnout_core.journal.port import Unreachable

_CONFIRMED_IN_S: Final = 5.0


class Ear(Protocol):
    async def next(self, timeout_s: float) -> bytes | None:
        """The next message; None when there was none for ``timeout_s``. Raises Unreachable when the link broke."""
        ...


class Bus(Protocol):
    """At most once, to whoever listens now, the sender too. Of one sender in order."""

    async def tell(self, message: bytes) -> None:
        """Raises Unreachable."""
        ...

    def listen(self) -> AbstractAsyncContextManager[Ear]:
        """Listens from now on. Entering raises Unreachable."""
        ...

    async def close(self) -> None: ...


class ValkeyBus:
    """Satisfies ``Bus`` with a pub/sub channel."""

    def __init__(self, valkey: Redis, channel: str) -> None:
        self._valkey = valkey
        self._channel = channel

    async def tell(self, message: bytes) -> None:
        try:
            await self._valkey.publish(self._channel, message)
        except RedisError as error:
            raise Unreachable(str(error)) from error

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Ear]:
        async with self._valkey.pubsub() as pubsub:
            try:
                await pubsub.subscribe(self._channel)
                await pubsub.get_message(timeout=_CONFIRMED_IN_S)
            except RedisError as error:
                raise Unreachable(str(error)) from error
            yield _ValkeyEar(pubsub)

    async def close(self) -> None:
        await self._valkey.aclose()


class _ValkeyEar:
    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub

    async def next(self, timeout_s: float) -> bytes | None:
        try:
            message = await self._pubsub.get_message(timeout=timeout_s)
        except RedisError as error:
            raise Unreachable(str(error)) from error
        return bytes(message["data"]) if message is not None and message["type"] == "message" else None
