"""The process that draws pictures, as its gateway sees it."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Final

import msgspec

from turnout_gateway.pictures.facts import CardFacts
from turnout_gateway.pictures.protocol import LENGTH

_TIMEOUT_S: Final = 10.0  # the first picture also starts the process and reads fonts
_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")  # no settings: the process needs no secrets


class NotDrawn(Exception):
    """The process has ended, takes too long, or cannot draw this picture."""


class WorkerProcess:
    """Draws one picture at a time. The process starts with the first one, and again after it has ended."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def draw(self, facts: CardFacts) -> bytes:
        """The picture as PNG. Raises NotDrawn."""
        async with self._turn:
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    picture = await self._exchange(msgspec.msgpack.encode(facts))
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                await self.close()
                raise NotDrawn(repr(error)) from error
            except asyncio.CancelledError:
                await self.close()  # its answer would be taken for that of the next request
                raise
        if not picture:
            raise NotDrawn("see the log line above")
        return picture

    async def close(self) -> None:
        """Ends the process, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _exchange(self, request: bytes) -> bytes:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-m", "turnout_gateway.pictures.worker",
                stdin=PIPE, stdout=PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )  # fmt: skip
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise OSError("no pipes")
        stdin.write(LENGTH.pack(len(request)) + request)
        await stdin.drain()
        (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        return await stdout.readexactly(length)
