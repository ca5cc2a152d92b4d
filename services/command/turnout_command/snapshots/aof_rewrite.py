"""Rewrites the append-only files of Valkey and its replicas, so that deleted text leaves all disks.

Valkey documentation, "BGREWRITEAOF": replicas rewrite their files by themselves only when these have grown.

A rewrite writes what is in memory into new files. Then Valkey switches to them and deletes the former ones. A rewrite
that fails leaves the former files in use.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, ResponseError

from turnout_core.journal.port import JournalError
from turnout_core.journal.server_status import read_server_status
from turnout_core.journal.unreachable import RaiseUnreachable

_POLL_INTERVAL_S: Final = 0.2
_DEAD_SHARE: Final = 2  # a file of twice the live data: half of it is dead
_LIVE_MIN_BYTES: Final = 8 << 20  # so that a small instance does not rewrite for its lease, about 30 MB a day


class RewriteFailed(JournalError):
    """The file was not rewritten; another attempt may succeed. The message has the reason."""


class RewriteRefused(JournalError):
    """The server does not allow or know the command; another attempt would fail in the same way."""


class AofRewriter:
    """Rewrites the append-only file of the primary ``valkey``, and those of its replicas.

    Args:
        connect_to: makes a client of a replica, from its host and port; None without replicas.
    """

    def __init__(self, valkey: Redis, connect_to: Callable[[str, int], Redis] | None = None) -> None:
        self._valkey = valkey
        self._connect_to = connect_to

    async def is_mostly_dead(self) -> bool:
        """True if at least half of the file is no longer in memory. Raises Unreachable."""
        with RaiseUnreachable():
            found = await self._valkey.info("persistence", "memory")
        live = max(int(found.get("used_memory_dataset", 0)), _LIVE_MIN_BYTES)
        return int(found.get("aof_current_size", 0)) >= _DEAD_SHARE * live

    async def rewrite(self) -> None:
        """Rewrites the files: what left the memory before this call is then in none of a server that follows.

        Raises:
            RewriteFailed, RewriteRefused, Unreachable
        """
        await _rewrite(self._valkey)
        if self._connect_to is None:
            return
        for each in (await read_server_status(self._valkey)).replicas:
            async with self._connect_to(each.host, each.port) as replica:
                await _rewrite(replica)


async def _rewrite(valkey: Redis) -> None:
    await _wait_until_idle(valkey)  # a rewrite that runs already began before this call
    with RaiseUnreachable():
        try:
            await valkey.bgrewriteaof()
        except NoPermissionError as error:
            raise RewriteRefused(str(error)) from error
        except ResponseError as error:
            failure = RewriteRefused if str(error).startswith("unknown command") else RewriteFailed
            raise failure(str(error)) from error
    found = await _wait_until_idle(valkey)
    if found.get("aof_last_bgrewrite_status") != "ok":
        raise RewriteFailed("Valkey could not rewrite it; its log has the reason")


async def _wait_until_idle(valkey: Redis) -> dict[str, Any]:
    while True:
        with RaiseUnreachable():
            found: dict[str, Any] = await valkey.info("persistence")
        if not (found.get("aof_rewrite_in_progress") or found.get("aof_rewrite_scheduled")):
            return found
        await asyncio.sleep(_POLL_INTERVAL_S)
