"""The channel on which gateways publish their viewers: the port, and its Valkey adapter."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from turnout_core.journal.port import Unreachable

_CONFIRMATION_TIMEOUT_S: Final = 5.0


class Subscription(Protocol):
    """Receives the messages of a bus, in order."""

    async def receive(self, timeout_s: float) -> bytes | None:
        """The next message; None if there was none for ``timeout_s``. Raises Unreachable if the connection broke."""
        ...


class PresenceBus(Protocol):
    """Delivers each message at most once, to all current subscribers, in the order of its sender."""

    async def publish(self, message: bytes) -> None:
        """Raises Unreachable."""
        ...

    def subscribe(self) -> AbstractAsyncContextManager[Subscription]:
        """Subscribes within the context. Entering raises Unreachable."""
        ...

    async def close(self) -> None: ...


class ValkeyPresenceBus:
    """Satisfies ``PresenceBus`` with a pub/sub channel."""

    def __init__(self, valkey: Redis, channel: str) -> None:
        self._valkey = valkey
        self._channel = channel

    async def publish(self, message: bytes) -> None:
        try:
            await self._valkey.publish(self._channel, message)
        except RedisError as error:
            raise Unreachable(str(error)) from error

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        async with self._valkey.pubsub() as pubsub:
            try:
                await pubsub.subscribe(self._channel)
                await pubsub.get_message(timeout=_CONFIRMATION_TIMEOUT_S)
            except RedisError as error:
                raise Unreachable(str(error)) from error
            yield _ValkeySubscription(pubsub)

    async def close(self) -> None:
        await self._valkey.aclose()


class _ValkeySubscription:
    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub

    async def receive(self, timeout_s: float) -> bytes | None:
        try:
            message = await self._pubsub.get_message(timeout=timeout_s)
        except RedisError as error:
            raise Unreachable(str(error)) from error
        return bytes(message["data"]) if message is not None and message["type"] == "message" else None
