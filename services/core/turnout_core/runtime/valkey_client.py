"""Connects to Valkey, with one policy for time-outs, keepalive and retries.

All keys of a community are in one slot (journal/keys.py), so one server holds them, also in a Cluster. A client
connects to the primary of that slot, and every new connection looks for it anew: that is how it follows a failover.
"""

import socket
from typing import Any, Final, Literal

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import ConnectionPool, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo
from redis.maint_notifications import MaintNotificationsConfig

from turnout_core.runtime.valkey_connections import (
    PrimaryConnection,
    PrimaryTlsConnection,
    PrimaryUnixConnection,
    SentinelPool,
    SlotPool,
)
from turnout_core.runtime.valkey_url import ValkeyAddress, parse_valkey_url

COMMUNITY: Final = "turnout"  # the hash tag of all keys, so that they are in one slot

CONNECT_TIMEOUT_S: Final = 2.0
ANSWER_TIMEOUT_S: Final = 5.0  # an fsync on a busy disk may take seconds; a dead peer must not take minutes
DISCOVERY_TIMEOUT_S: Final = 1.0  # a Sentinel or node that does not name the primary by then is skipped

# Detects a peer that vanished without a FIN within idle + count * interval = 6 s, also on an idle subscription.
_KEEPALIVE: Final = {socket.TCP_KEEPIDLE: 3, socket.TCP_KEEPINTVL: 1, socket.TCP_KEEPCNT: 3}
_OVER_TCP: Final[dict[str, Any]] = {"socket_keepalive": True, "socket_keepalive_options": _KEEPALIVE}

_DRIVER: Final = DriverInfo()  # else every connection reads redis-py's version from a file, which may not open any more

Role = Literal["primary", "replica"]


def connect(url: str, *, answer_timeout_s: float = ANSWER_TIMEOUT_S, role: Role = "primary") -> Redis:
    """A client of the Valkey at ``url`` (see ``parse_valkey_url``) that connects on first use.

    Retries are off: by default redis-py repeats a command whose reply was lost. A failed call raises, because only the
    caller can decide whether to repeat it. Subscriptions are not renewed silently for the same reason. Maintenance
    notifications are off: they are a handshake with a managed service, which Valkey does not support.

    With the role ``replica`` it reads from any replica that answers, which may lag, or without one from the primary.
    Only Sentinels and a Cluster know replicas.
    """
    address = parse_valkey_url(url)
    return Redis.from_pool(_pool(address, _options(address, answer_timeout_s), role))


def connect_node(url: str, host: str, port: int) -> Redis:
    """A client of one server among those of ``url``, such as a replica, with the same credentials."""
    address = parse_valkey_url(url)
    options = {**_options(address, DISCOVERY_TIMEOUT_S), "host": host, "port": port}
    options.pop("connection_class", None)
    kind = PrimaryTlsConnection if address.is_encrypted else PrimaryConnection
    return Redis.from_pool(ConnectionPool(connection_class=kind, **options))


def _options(address: ValkeyAddress, answer_timeout_s: float) -> dict[str, Any]:
    is_unix = address.options.get("connection_class") is UnixDomainSocketConnection
    return {
        **({} if is_unix else _OVER_TCP),
        **address.options,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": answer_timeout_s,
        **_policy(),
    }


def _policy() -> dict[str, Any]:
    return {
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "protocol": 3,
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        "driver_info": _DRIVER,
    }


def _pool(address: ValkeyAddress, options: dict[str, Any], role: Role) -> ConnectionPool:
    if address.topology == "server":
        kind = options.pop("connection_class", None)
        is_unix = kind is UnixDomainSocketConnection
        plain = PrimaryTlsConnection if address.is_encrypted else PrimaryConnection
        return ConnectionPool(connection_class=PrimaryUnixConnection if is_unix else plain, **options)
    discovery = {
        **_OVER_TCP,
        **_policy(),
        "socket_connect_timeout": DISCOVERY_TIMEOUT_S,
        "socket_timeout": DISCOVERY_TIMEOUT_S,
    }
    if address.topology == "sentinel":
        sentinel = Sentinel(  # type: ignore[no-untyped-call] # redis-py has no types here
            address.seeds,
            sentinel_kwargs={**discovery, **address.sentinel_options, "ssl": address.is_encrypted},
        )
        return SentinelPool(address.service, sentinel, is_master=role == "primary", ssl=address.is_encrypted, **options)
    cluster = RedisCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in address.seeds],
        require_full_coverage=False,
        ssl=address.is_encrypted,
        **{**address.options, **discovery},
    )
    return SlotPool(cluster, f"{{{COMMUNITY}}}", role, is_encrypted=address.is_encrypted, **options)
