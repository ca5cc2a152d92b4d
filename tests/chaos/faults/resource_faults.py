"""Valkey without memory, or without a disk to write to."""

import asyncio
import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from chaos.clients.waiting import becomes_true
from chaos.faults.process import Process
from turnout_core.runtime.valkey_client import connect

_ANSWERED_S: Final = 1.0
_GIVEN_BACK_S: Final = 60.0


async def without_memory(url: str, seconds: float) -> None:
    """For so long nothing may be written that needs memory, unless the server starts again meanwhile."""

    async def allow(most: str) -> bool:
        with suppress(RedisError, OSError):
            async with connect(url, answer_timeout_s=_ANSWERED_S) as valkey:
                await valkey.config_set("maxmemory", most)
                return True
        return False

    if await allow("1mb"):
        await asyncio.sleep(seconds)
        if not await becomes_true(lambda: allow("0"), _GIVEN_BACK_S):
            raise TimeoutError("Valkey does not take its memory back")


async def without_disk(valkey: Process, folder: Path, room_bytes: int, seconds: float) -> None:
    """The append-only file can grow by ``room_bytes`` and no more, as on a full disk: a write ends in its middle.

    Valkey does not survive that where it syncs always, since it could not answer truly any more. It is back after
    ``seconds``, with room again.
    """
    files = (folder / "appendonlydir").glob("*.aof")
    size = max((each.stat().st_size for each in files), default=0)
    valkey.limit(resource.RLIMIT_FSIZE, size + room_bytes)
    await asyncio.sleep(seconds)
    if valkey.running:
        valkey.limit(resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
    else:
        valkey.start()
