"""Faults of resources: Valkey without free memory, or without disk space."""

import asyncio
import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from chaos.clients.waiting import wait_until
from chaos.faults.process import Process
from turnout_core.runtime.valkey_client import connect

_REQUEST_TIMEOUT_S: Final = 1.0
_RESTORE_TIMEOUT_S: Final = 60.0


async def without_memory(url: str, seconds: float) -> None:
    """Refuses all writes that need memory for ``seconds``, or until the server restarts."""

    async def set_limit(max_memory: str) -> bool:
        with suppress(RedisError, OSError):
            async with connect(url, answer_timeout_s=_REQUEST_TIMEOUT_S) as valkey:
                await valkey.config_set("maxmemory", max_memory)
                return True
        return False

    if await set_limit("1mb"):
        await asyncio.sleep(seconds)
        if not await wait_until(lambda: set_limit("0"), _RESTORE_TIMEOUT_S):
            raise TimeoutError("the memory limit of Valkey could not be removed")


async def without_disk(valkey: Process, folder: Path, free_bytes: int, seconds: float) -> None:
    """Limits the append-only file to ``free_bytes`` more, as a full disk does, so that a write fails in its middle.

    Valkey exits then, since it syncs always and cannot make the write durable. It starts again after ``seconds``,
    without the limit.
    """
    files = (folder / "appendonlydir").glob("*.aof")
    size = max((each.stat().st_size for each in files), default=0)
    valkey.limit(resource.RLIMIT_FSIZE, size + free_bytes)
    await asyncio.sleep(seconds)
    if valkey.is_running:
        valkey.limit(resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
    else:
        valkey.start()
