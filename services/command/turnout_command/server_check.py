"""Checks the durability settings of the journal's server."""

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout_core.journal.port import Unreachable

# Valkey documentation, "Persistence" and "Key eviction".
_REQUIRED: Final = {
    "appendonly": ("yes", "without it a restart loses all commands since the last dump"),
    "appendfsync": ("always", "otherwise a power loss loses the last second of acknowledged commands"),
    "no-appendfsync-on-rewrite": ("no", "otherwise there is no fsync during a rewrite of the file"),
    "maxmemory-policy": ("noeviction", "otherwise a full server deletes keys of the journal"),
}


async def durability_warnings(valkey: Redis) -> list[str]:
    """One sentence per setting that can lose acknowledged commands. Raises Unreachable."""
    try:
        found = await valkey.config_get(*_REQUIRED)
    except (LinkError, LinkTimeoutError) as error:
        raise Unreachable(str(error)) from error
    except RedisError as error:
        return [f"its settings cannot be read ({error}); it should have {_requirements()}"]
    actual = {_text(name): _text(value) for name, value in found.items()}
    return [
        f"{name} is {actual.get(name, 'unknown')}, should be {wanted}: {reason}"
        for name, (wanted, reason) in _REQUIRED.items()
        if actual.get(name) != wanted
    ]


def _requirements() -> str:
    return ", ".join(f"{name} {wanted}" for name, (wanted, _) in _REQUIRED.items())


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
