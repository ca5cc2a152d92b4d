"""Rewrites Valkey's append-only file, so that deleted text leaves the disk (Valkey documentation, "BGREWRITEAOF").

A rewrite writes what is in memory into new files. Then Valkey switches to them and deletes the former ones. A rewrite
that fails leaves the former files in use.
"""

import asyncio
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, ResponseError

from turnout_core.journal.port import JournalError
from turnout_core.journal.unreachable import RaiseUnreachable

_POLL_INTERVAL_S: Final = 0.2
_DEAD_SHARE: Final = 2  # a file of twice the live data: half of it is dead
_LIVE_MIN_BYTES: Final = 8 << 20  # so that a small instance does not rewrite for its lease, about 30 MB a day


class RewriteFailed(JournalError):
    """The file was not rewritten; another attempt may succeed. The message has the reason."""


class RewriteRefused(JournalError):
    """The server does not allow or know the command; another attempt would fail in the same way."""


class AofRewriter:
    """Rewrites the append-only file of the server ``valkey``."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey

    async def is_mostly_dead(self) -> bool:
        """True if at least half of the file is no longer in memory. Raises Unreachable."""
        with RaiseUnreachable():
            found = await self._valkey.info("persistence", "memory")
        live = max(int(found.get("used_memory_dataset", 0)), _LIVE_MIN_BYTES)
        return int(found.get("aof_current_size", 0)) >= _DEAD_SHARE * live

    async def rewrite(self) -> None:
        """Rewrites the file: what left the memory before this call is then in no file.

        Raises:
            RewriteFailed, RewriteRefused, Unreachable
        """
        await self._wait_until_idle()  # a rewrite that runs already began before this call
        with RaiseUnreachable():
            try:
                await self._valkey.bgrewriteaof()
            except NoPermissionError as error:
                raise RewriteRefused(str(error)) from error
            except ResponseError as error:
                failure = RewriteRefused if str(error).startswith("unknown command") else RewriteFailed
                raise failure(str(error)) from error
        found = await self._wait_until_idle()
        if found.get("aof_last_bgrewrite_status") != "ok":
            raise RewriteFailed("Valkey could not rewrite it; its log has the reason")

    async def _wait_until_idle(self) -> dict[str, Any]:
        while True:
            with RaiseUnreachable():
                found: dict[str, Any] = await self._valkey.info("persistence")
            if not (found.get("aof_rewrite_in_progress") or found.get("aof_rewrite_scheduled")):
                return found
            await asyncio.sleep(_POLL_INTERVAL_S)
