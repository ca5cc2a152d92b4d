"""Checks by its settings that the journal's server is durable, and how full it is."""

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout_core.journal.port import Unreachable
from turnout_core.journal.unreachable import RaiseUnreachable

# Valkey documentation, "Persistence" and "Key eviction".
_REQUIRED: Final = {
    "appendonly": ("yes", "without it a restart loses what came after the last dump"),
    "appendfsync": ("always", "otherwise the last second of acknowledged commands is lost with the power"),
    "no-appendfsync-on-rewrite": ("no", "otherwise nothing is synced while the file is rewritten"),
    "maxmemory-policy": ("noeviction", "otherwise a full server deletes the journal"),
}


async def durability_warnings(valkey: Redis) -> list[str]:
    """A sentence for each setting that can lose acknowledged commands. Raises Unreachable."""
    try:
        found = await valkey.config_get(*_REQUIRED)
    except (LinkError, LinkTimeoutError) as error:
        raise Unreachable(str(error)) from error
    except RedisError as error:
        return [f"its settings cannot be read ({error}); it should have {_all()}"]
    actual = {_text(name): _text(value) for name, value in found.items()}
    return [
        f"{name} is {actual.get(name, 'unknown')}, should be {wanted}: {reason}"
        for name, (wanted, reason) in _REQUIRED.items()
        if actual.get(name) != wanted
    ]


async def memory_usage(valkey: Redis) -> tuple[int, int]:
    """Bytes that the server uses, and its limit, 0 for none. Raises Unreachable.

    It refuses every append at the limit (Valkey documentation, "INFO" and "Key eviction").
    """
    with RaiseUnreachable():
        found = await valkey.info("memory")
    return int(found["used_memory"]), int(found["maxmemory"])


def _all() -> str:
    return ", ".join(f"{name} {wanted}" for name, (wanted, _) in _REQUIRED.items())


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
