"""Which Valkey an operation is about: one that runs, or the files of one that does not."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis.exceptions import BusyLoadingError, RedisError

from turnout.operations.errors import OperationError, Refused
from turnout.operations.journal_server import JournalServer
from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect, valkey_url

_PATIENCE_S: Final = 60.0  # nobody waits behind an operator's read, and a large reply over a slow link is no failure


@dataclass(frozen=True, slots=True)
class Target:
    """
    Attributes:
        valkey: URL of a server, or None.
        data: the data folder of ``turnout up``, looked at when there is no URL.
    """

    valkey: str | None
    data: Path | None

    def folder(self) -> Path:
        """Where backups go."""
        return Path.cwd() if self.valkey or self.data is None else self.data


@asynccontextmanager
async def opened(target: Target, *, make: bool = False) -> AsyncIterator[JournalServer]:
    """The target's server, which is started for the duration of the block if it does not run.

    With ``make``, a data folder without data is fine.

    Raises:
        Refused, OperationError, EmbeddedError
    """
    async with _served(target, make=make) as url, connect(url, answer_timeout_s=_PATIENCE_S) as valkey:
        try:
            await valkey.ping()
        except (RedisError, OSError) as error:
            raise OperationError(f"the Valkey at {url} does not answer: {error}") from error
        yield JournalServer(valkey, Keys())


@asynccontextmanager
async def _served(target: Target, *, make: bool) -> AsyncIterator[str]:
    if target.valkey:
        try:
            valkey_url(target.valkey)
        except ValueError as error:
            raise Refused(f"what --valkey or TURNOUT_VALKEY names is {error}") from None
        yield target.valkey
        return
    if target.data is None:
        raise Refused("which journal? Name a server with --valkey URL or a data folder with --data DIR")
    url = f"unix://{(target.data / 'valkey.sock').absolute()}"
    if await _answers(url):
        yield url
        return
    if not make and not (target.data / "appendonlydir").is_dir():
        raise Refused(f"there is no journal in the folder {target.data}")
    async with embedded_valkey(target.data) as own:
        yield own


async def _answers(url: str) -> bool:
    if not os.path.exists(url.removeprefix("unix://")):  # noqa: ASYNC240, PTH110 - one stat, before anything else runs
        return False
    async with connect(url) as valkey:
        try:
            await valkey.ping()
        except BusyLoadingError:
            return True
        except (RedisError, OSError):
            return False
    return True
