"""What has to hold before a service starts. Whatever does not is told in one line: somebody reads it in a log."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    RedisError,
    ResponseError,
)

from turnout_core.runtime.valkey_client import connect

_PATIENCE_S: Final = 5.0  # a server that is being restarted is back by then; whoever started us may start us again
_AGAIN_AFTER_S: Final = 0.2


class CannotStart(Exception):
    """``str`` says why, in one line."""


def settings_error(error: ValidationError) -> str:
    """The first thing that is wrong with settings that came from the environment."""
    first = error.errors(include_url=False, include_context=False)[0]
    name = f"TURNOUT_{'_'.join(map(str, first['loc']))}".upper()
    given = "what it is" if name == "TURNOUT_VALKEY" else repr(first["input"])  # a password is in no log
    return f"{name} can not be {given}: {first['msg'].removeprefix('Value error, ')}"


def read_secret(file: Path) -> str:
    """What the file holds. Raises CannotStart where that is nothing."""
    try:
        found = file.read_text().strip()
    except OSError as error:
        raise CannotStart(f"the secret {file} can not be read: {error.strerror}") from error
    if not found:
        raise CannotStart(f"the secret {file} is empty")
    return found


async def wait_for_valkey(url: str, use: Callable[[Redis], Awaitable[object]], patience_s: float = _PATIENCE_S) -> None:
    """Tries ``use`` on the server until it answers.

    Raises:
        CannotStart: it can not be reached for ``patience_s`` (not counting the time in which it loads its data), or
            does not let us do it.
    """
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + patience_s
    async with connect(url) as valkey:
        while True:
            try:
                await use(valkey)
            except BusyLoadingError:
                deadline_s = loop.time() + patience_s
            except (AuthenticationError, AuthorizationError, ResponseError) as error:
                raise CannotStart(f"Valkey at {_where(url)} does not let us work: {error}") from error
            except RedisError as error:
                if loop.time() >= deadline_s:
                    loop.set_exception_handler(lambda *_: None)  # a name that is still being looked up: no second line
                    raise CannotStart(f"Valkey at {_where(url)} can not be reached: {error}") from error
            else:
                return
            await asyncio.sleep(_AGAIN_AFTER_S)


def _where(url: str) -> str:
    """The server's address, without the password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
