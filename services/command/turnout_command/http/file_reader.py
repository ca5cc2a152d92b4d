"""Runs the process that reads the file of an import."""

import asyncio
import logging
import sys
from typing import Final

from turnout_command.importing.request import ImportRequest
from turnout_core.domain.rejections import Invalid, Unavailable

_WAITING_MAX: Final = 4  # files of 1 MB that wait for the one that is read
_TIMEOUT_S: Final = 60.0  # the process has at most 12 s of CPU time, but others may need the cores

log = logging.getLogger("turnout.importing")


class FileReader:
    """Reads one file at a time; a few may wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def read(self, request: ImportRequest, content: bytes) -> bytes:
        """The ``ImportResult`` of the file as JSON.

        Raises:
            Invalid: reading it takes too much time or memory.
            Unavailable: others are waiting already.
        """
        if self._waiting >= _WAITING_MAX:
            raise Unavailable
        self._waiting += 1
        try:
            async with self._turn:
                return await _run(request.encode(content))
        finally:
            self._waiting -= 1


async def _run(received: bytes) -> bytes:
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turnout_command.importing",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        log.warning("cannot start the process that reads a file: %s", error)
        raise Unavailable from error
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            result, _ = await process.communicate(received)
    except TimeoutError:
        raise _unreadable() from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.warning("the process that reads a file ended with %s", process.returncode)
        raise _unreadable()
    return result


def _unreadable() -> Invalid:
    return Invalid("The file takes too long to read. Divide it into smaller ones.")
