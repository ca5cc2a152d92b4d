"""Restarts the embedded Valkey whenever it ends; acknowledged commands are in its file."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn, Protocol

from turnout.valkey.embedded import Damaged, DiskFull, EmbeddedError
from turnout_core.runtime.backoff import Backoff

TRIES: Final = 5  # starts that fail in a row
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
_DISK_CHECK_S: Final = 1.0
_STEADY_S: Final = 10.0  # a server that ran that long was not broken from the start

log = logging.getLogger("turnout.valkey")


class Restartable(Protocol):
    """A server that is running."""

    async def start(self) -> None:
        """Returns once it answers. Raises EmbeddedError: DiskFull can be retried, Damaged cannot."""
        ...

    async def ended(self) -> str:
        """Returns the reason once it has ended."""
        ...


Pause = Callable[[float], Awaitable[None]]


async def keep(server: Restartable, pause: Pause = asyncio.sleep) -> NoReturn:
    """Restarts ``server`` each time that it ends, with pauses that double.

    Waits for space while the disk is full: commands get 503 meanwhile, and nothing is lost.

    Raises EmbeddedError when ``TRIES`` starts in a row have failed, Damaged at once.
    """
    loop = asyncio.get_running_loop()
    backoff = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
    while True:
        began = loop.time()
        why = await server.ended()
        if loop.time() - began > _STEADY_S:
            backoff.reset()
        log.warning("Valkey ended and will be restarted: %s", why)
        await _start(server, backoff, pause)
        log.warning("Valkey restarted")


async def _start(server: Restartable, backoff: Backoff, pause: Pause) -> None:
    failures = 0
    while True:
        await pause(backoff.next_s())
        try:
            await _start_with_room(server, pause)
        except Damaged:
            raise
        except EmbeddedError as error:
            failures += 1
            if failures == TRIES:
                raise EmbeddedError(f"Valkey could not be started {TRIES} times in a row; {error}") from error
            log.warning("%s", error)
        else:
            return


async def _start_with_room(server: Restartable, pause: Pause) -> None:
    reported = False
    while True:
        try:
            await server.start()
        except DiskFull as full:
            if not reported:
                log.warning("%s; commands get 503 until there is space", full)
                reported = True
            await pause(_DISK_CHECK_S)
        else:
            return
