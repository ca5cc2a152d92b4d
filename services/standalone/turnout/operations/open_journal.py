"""Opens the journal that an operation names: on a running server, or in the files of a stopped one."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis.exceptions import BusyLoadingError, RedisError

from turnout.operations.errors import OperationError, OperationRefused
from turnout.operations.journal_server import JournalServer
from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect
from turnout_core.runtime.valkey_url import valkey_url

_ANSWER_TIMEOUT_S: Final = 60.0  # a large reply over a slow connection is no failure


@dataclass(frozen=True, slots=True)
class JournalTarget:
    """The journal that the options name.

    Attributes:
        valkey: URL of a server, or None.
        data: the data folder of ``turnout up``, used if there is no URL.
    """

    valkey: str | None
    data: Path | None

    def backup_folder(self) -> Path:
        """The folder for new backups."""
        return Path.cwd() if self.valkey or self.data is None else self.data


@asynccontextmanager
async def open_journal(target: JournalTarget, *, may_create: bool = False) -> AsyncIterator[JournalServer]:
    """Yields the target's server. Starts it for the duration of the block if it does not run.

    With ``may_create``, the data folder may be empty.

    Raises:
        OperationRefused, OperationError, EmbeddedError
    """
    async with (
        _server_url(target, may_create=may_create) as url,
        connect(url, answer_timeout_s=_ANSWER_TIMEOUT_S) as valkey,
    ):
        try:
            await valkey.ping()
        except (RedisError, OSError) as error:
            raise OperationError(
                f"the Valkey at {url} does not answer: {error}; check that it runs and that the URL is right"
            ) from error
        yield JournalServer(valkey, Keys())


@asynccontextmanager
async def _server_url(target: JournalTarget, *, may_create: bool) -> AsyncIterator[str]:
    if target.valkey:
        try:
            valkey_url(target.valkey)
        except ValueError as error:
            raise OperationRefused(f"the URL in --valkey or TURNOUT_VALKEY is {error}") from None
        yield target.valkey
        return
    if target.data is None:
        raise OperationRefused("no journal is named: name a server with --valkey URL or a data folder with --data DIR")
    url = f"unix://{(target.data / 'valkey.sock').absolute()}"
    if await _is_answering(url):
        yield url
        return
    if not may_create and not (target.data / "appendonlydir").is_dir():
        raise OperationRefused(f"there is no journal in the folder {target.data}")
    async with embedded_valkey(target.data) as own_url:
        yield own_url


async def _is_answering(url: str) -> bool:
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
