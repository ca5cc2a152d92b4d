"""Whether the journal's server keeps what it acknowledges, by its own settings; and how full it is."""

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout_core.journal.port import Unreachable

# Valkey documentation, "Persistence" and "Key eviction".
_WANTED: Final = {
    "appendonly": ("yes", "without it a restart loses what came after the last dump"),
    "appendfsync": ("always", "otherwise the last second of acknowledged commands is lost with the power"),
    "no-appendfsync-on-rewrite": ("no", "otherwise nothing is synced while the file is rewritten"),
    "maxmemory-policy": ("noeviction", "otherwise a full server throws the journal away"),
}


async def shortcomings(valkey: Redis) -> list[str]:
    """One sentence for each setting under which an acknowledged command can be lost. Raises Unreachable."""
    try:
        found = await valkey.config_get(*_WANTED)
    except (LinkError, LinkTimeoutError) as error:
        raise Unreachable(str(error)) from error
    except RedisError as error:
        return [f"its settings can not be read ({error}); it should have {_all()}"]
    actual = {_text(name): _text(value) for name, value in found.items()}
    return [
        f"{name} is {actual.get(name, 'unknown')}, should be {wanted}: {reason}"
        for name, (wanted, reason) in _WANTED.items()
        if actual.get(name) != wanted
    ]


async def memory(valkey: Redis) -> tuple[int, int]:
    """Bytes that the server holds, and that it may hold, 0 for no limit. Raises Unreachable.

    At the limit every append is refused (Valkey documentation, "INFO" and "Key eviction").
    """
    try:
        found = await valkey.info("memory")
    except RedisError as error:
        raise Unreachable(str(error)) from error
    return int(found["used_memory"]), int(found["maxmemory"])


def _all() -> str:
    return ", ".join(f"{name} {wanted}" for name, (wanted, _) in _WANTED.items())


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
