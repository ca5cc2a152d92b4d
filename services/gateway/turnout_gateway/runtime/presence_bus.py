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
    """Satisfies ``PresenceBus`` with a channel of sharded pub/sub.

    Args:
        replica: where to subscribe: Valkey passes messages on to replicas. None for ``valkey`` itself.
    """

    def __init__(self, valkey: Redis, channel: str, replica: Redis | None = None) -> None:
        self._valkey = valkey
        self._replica = replica
        self._channel = channel

    async def publish(self, message: bytes) -> None:
        try:
            await self._valkey.spublish(self._channel, message)
        except RedisError as error:
            raise Unreachable(str(error)) from error

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        async with (self._replica or self._valkey).pubsub() as pubsub:
            try:
                await pubsub.ssubscribe(self._channel)
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
        if message is not None and message["type"] == "sunsubscribe":
            raise Unreachable("the slot of the channel has moved to another node")
        return bytes(message["data"]) if message is not None and message["type"] == "smessage" else None
