"""Restarts the embedded Valkey when it ends. Acknowledged commands are in its append-only file."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn, Protocol

from turnout.valkey.embedded import DamagedServerFile, DiskFull, EmbeddedError
from turnout_core.runtime.backoff import Backoff

START_ATTEMPTS: Final = 5  # failed starts in a row
_PAUSE_FIRST_S: Final = 0.1
_PAUSE_MAX_S: Final = 5.0
_DISK_CHECK_S: Final = 1.0
_STABLE_AFTER_S: Final = 10.0  # the back-off restarts after a run of this length

log = logging.getLogger("turnout.valkey")


class RestartableServer(Protocol):
    """A running server that can be restarted."""

    async def start(self) -> None:
        """Returns once the server answers. Raises EmbeddedError: DiskFull can be retried, DamagedServerFile cannot."""
        ...

    async def wait_until_ended(self) -> str:
        """Returns the reason once the server has ended."""
        ...


Pause = Callable[[float], Awaitable[None]]


async def supervise(server: RestartableServer, pause: Pause = asyncio.sleep) -> NoReturn:
    """Restarts ``server`` each time that it ends, with pauses that double.

    Waits for space while the disk is full. Commands get 503 meanwhile, and no acknowledged command is lost.

    Raises EmbeddedError after ``START_ATTEMPTS`` failed starts in a row, DamagedServerFile after the first.
    """
    loop = asyncio.get_running_loop()
    backoff = Backoff(_PAUSE_FIRST_S, _PAUSE_MAX_S)
    while True:
        began = loop.time()
        reason = await server.wait_until_ended()
        if loop.time() - began > _STABLE_AFTER_S:
            backoff.reset()
        log.warning("Valkey ended and will be restarted: %s", reason)
        await _start(server, backoff, pause)
        log.warning("Valkey restarted")


async def _start(server: RestartableServer, backoff: Backoff, pause: Pause) -> None:
    failures = 0
    while True:
        await pause(backoff.next_s())
        try:
            await _start_with_space(server, pause)
        except DamagedServerFile:
            raise
        except EmbeddedError as error:
            failures += 1
            if failures == START_ATTEMPTS:
                raise EmbeddedError(f"Valkey could not be started {START_ATTEMPTS} times in a row; {error}") from error
            log.warning("%s", error)
        else:
            return


async def _start_with_space(server: RestartableServer, pause: Pause) -> None:
    has_reported = False
    while True:
        try:
            await server.start()
        except DiskFull as full:
            if not has_reported:
                log.warning("%s; commands get 503 until there is space", full)
                has_reported = True
            await pause(_DISK_CHECK_S)
        else:
            return
