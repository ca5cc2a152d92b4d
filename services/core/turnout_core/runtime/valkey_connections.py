"""Connections to the primary, which may move: each looks for it, and ends when the server is not it any more.

redis-py's ``Sentinel`` and ``RedisCluster`` find the primary. Commands go over plain connections, since all keys are in
one slot: so pipelines, subscriptions and blocking calls are the same for every topology, and nothing is repeated
unasked.
"""

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Final, Literal
from weakref import proxy

from redis.asyncio.cluster import RedisCluster
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.sentinel import SentinelConnectionPool, SentinelManagedConnection, SentinelManagedSSLConnection
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as LinkError

# The server did nothing: it is a replica, or has no longer (not yet) the slot.
_NOT_PRIMARY: Final = (ReadOnlyError, MovedError, AskError, TryAgainError, ClusterDownError)


class EndsAtFailover(AbstractConnection):
    """A connection that closes when the server says that it is not the primary. The next one finds the new primary."""

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """The reply. Raises redis.exceptions.ConnectionError if another server is the primary."""
        try:
            return await super().read_response(*args, **options)
        except _NOT_PRIMARY as error:
            await self.disconnect()
            raise LinkError(f"the server is not the primary: {error}") from error


class PrimaryConnection(EndsAtFailover, Connection):
    """Over TCP. The name of the host is looked up by every new connection."""


class PrimaryTlsConnection(EndsAtFailover, SSLConnection):
    """Over TLS."""


class PrimaryUnixConnection(EndsAtFailover, UnixDomainSocketConnection):
    """Over a Unix socket."""


class _ManagedConnection(EndsAtFailover, SentinelManagedConnection):
    """To the primary that the Sentinels name."""


class _ManagedTlsConnection(EndsAtFailover, SentinelManagedSSLConnection):
    """The same over TLS."""


class SentinelPool(SentinelConnectionPool):
    """Connections to the server that Sentinels name."""

    def __init__(self, service: str, sentinel: Any, *, ssl: bool, **options: Any) -> None:
        kind = _ManagedTlsConnection if ssl else _ManagedConnection
        super().__init__(service, sentinel, connection_class=kind, **options)  # type: ignore[no-untyped-call]

    async def aclose(self) -> None:
        """Closes the connections, and those to the Sentinels."""
        await super().aclose()
        await self.sentinel_manager.aclose()


class SlotPool(ConnectionPool):
    """Connections to the node of a Cluster that has our slot, or to a replica of it.

    Args:
        cluster: knows the nodes; only used to find them.
        key: any key of the slot.
        role: the kind of node to connect to; without any replica it is the primary.
    """

    def __init__(
        self,
        cluster: RedisCluster,
        key: str,
        role: Literal["primary", "replica"],
        *,
        is_encrypted: bool,
        **options: Any,
    ) -> None:
        super().__init__(connection_class=_SlotTlsConnection if is_encrypted else _SlotConnection, **options)
        self.connection_kwargs["pool"] = proxy(self)
        self.reads_replica = role == "replica"
        self._cluster = cluster
        self._slot = cluster.keyslot(key)
        self._lock = asyncio.Lock()

    async def find_nodes(self) -> Sequence[tuple[str, int]]:
        """The nodes to try, in order, as the Cluster sees it now. Raises redis.exceptions.RedisError."""
        async with self._lock:
            await self._cluster.aclose()  # forget what was known
            try:
                await self._cluster.initialize()
            except RedisClusterException as error:  # no node answers; it is no RedisError
                raise LinkError(str(error)) from error
            nodes = [*self._cluster.nodes_manager.slots_cache.get(self._slot, ())]
        if not nodes:
            raise LinkError("no node of the Cluster has the slot of the journal")
        primary, *replicas = [(node.host, int(node.port)) for node in nodes]
        if not self.reads_replica:
            return [primary]
        random.shuffle(replicas)  # so that gateways share them
        return [*replicas, primary]

    async def aclose(self) -> None:
        """Closes the connections, and those to the Cluster."""
        await super().aclose()
        await self._cluster.aclose()


class _SlotConnection(EndsAtFailover, Connection):
    """To the node that a ``SlotPool`` finds."""

    def __init__(self, *, pool: SlotPool, **options: Any) -> None:
        super().__init__(**options)
        self._pool = pool

    async def connect(self) -> None:
        """Raises redis.exceptions.RedisError."""
        if self.is_connected:
            return
        failure: RedisError = LinkError("no node")
        for host, port in await self._pool.find_nodes():
            self.host, self.port = host, port
            try:
                await super().connect()  # type: ignore[no-untyped-call]
                if self._pool.reads_replica:
                    await self.send_command("READONLY")
                    await self.read_response()
            except RedisError as error:
                failure = error
                await self.disconnect()
            else:
                return
        raise failure


class _SlotTlsConnection(_SlotConnection, SSLConnection):
    """The same over TLS."""
