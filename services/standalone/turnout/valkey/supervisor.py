"""Keeps the embedded Valkey there: whatever ended it, it is started again; what was acknowledged is in its file."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, NoReturn, Protocol

from turnout.valkey.embedded import Damaged, DiskFull, EmbeddedError

TRIES: Final = 5  # starts that fail in a row: by then it is no accident
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
_LOOK_AT_DISK_S: Final = 1.0
_STEADY_S: Final = 10.0  # who served that long ended by an accident of its own

log = logging.getLogger("turnout.valkey")


class Restartable(Protocol):
    """A server that is running."""

    async def start(self) -> None:
        """Returns once it answers. Raises EmbeddedError; DiskFull where only room is missing, Damaged where hope is."""
        ...

    async def ended(self) -> str:
        """Returns, with the reason, once it has ended."""
        ...


Pause = Callable[[float], Awaitable[None]]


async def keep(server: Restartable, pause: Pause = asyncio.sleep) -> NoReturn:
    """Starts ``server`` again each time that it ends, at first almost at once, then less and less often.

    While the disk is full it waits for room, however long: nothing is answered but 503 then, and nothing is lost.

    Raises EmbeddedError when it did not come up ``TRIES`` times in a row, Damaged at once.
    """
    loop = asyncio.get_running_loop()
    pauses = _pauses()
    while True:
        began = loop.time()
        why = await server.ended()
        if loop.time() - began > _STEADY_S:
            pauses = _pauses()
        log.warning("Valkey ended, and is started again: %s", why)
        await _start(server, pauses, pause)
        log.warning("Valkey is there again")


async def _start(server: Restartable, pauses: Iterator[float], pause: Pause) -> None:
    failures = 0
    while True:
        await pause(next(pauses))
        try:
            await _start_with_room(server, pause)
        except Damaged:
            raise
        except EmbeddedError as error:
            failures += 1
            if failures == TRIES:
                raise EmbeddedError(f"Valkey did not come up {TRIES} times in a row; {error}") from error
            log.warning("%s", error)
        else:
            return


async def _start_with_room(server: Restartable, pause: Pause) -> None:
    told = False
    while True:
        try:
            await server.start()
        except DiskFull as full:
            if not told:
                log.warning("%s; commands get 503 until there is room", full)
                told = True
            await pause(_LOOK_AT_DISK_S)
        else:
            return


def _pauses() -> Iterator[float]:
    """Seconds, doubling."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
