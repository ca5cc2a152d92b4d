"""Connects to Valkey, with one policy for time-outs, keepalive and retries."""

import socket
from typing import Annotated, Any, Final

from pydantic import AfterValidator
from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

CONNECT_TIMEOUT_S: Final = 2.0
ANSWER_TIMEOUT_S: Final = 5.0  # an fsync on a busy disk may take seconds; a dead peer must not take minutes

# Detects a peer that vanished without a FIN within idle + count * interval = 6 s, also on an idle subscription.
_KEEPALIVE: Final = {socket.TCP_KEEPIDLE: 3, socket.TCP_KEEPINTVL: 1, socket.TCP_KEEPCNT: 3}


def valkey_url(url: str) -> str:
    """Returns ``url`` if it is valid. Raises ValueError without the URL, which may contain a password."""
    try:
        parse_url(url)
    except ValueError:
        raise ValueError("must be the URL of a Valkey, such as redis://host:6379 or unix:///path") from None
    return url


ValkeyUrl = Annotated[str, AfterValidator(valkey_url)]


def connect(url: str, *, answer_timeout_s: float = ANSWER_TIMEOUT_S) -> Redis:
    """A client of the Valkey at ``url`` (``redis://``, ``rediss://`` or ``unix://``) that connects on first use.

    Retries are off: by default redis-py repeats a command whose reply was lost. A failed call raises, because only the
    caller can decide whether to repeat it. Subscriptions are not renewed silently for the same reason. Maintenance
    notifications are off: they are a handshake with a managed service, which Valkey does not support.
    """
    over_tcp: dict[str, Any] = (
        {} if url.startswith("unix:") else {"socket_keepalive": True, "socket_keepalive_options": _KEEPALIVE}
    )
    return Redis.from_url(
        url,
        **over_tcp,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=answer_timeout_s,
        retry=Retry(NoBackoff(), 0),
        retry_on_timeout=False,
        health_check_interval=0,
        protocol=3,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
