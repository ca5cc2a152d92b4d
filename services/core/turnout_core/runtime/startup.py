"""Start-up checks. Each failure is a CannotStart with a one-line message."""

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

from turnout_core.domain.validation_messages import message
from turnout_core.runtime.valkey_client import connect

_PATIENCE_S: Final = 5.0  # a server that is being restarted is back by then; a supervisor may start us again
_RETRY_S: Final = 0.2
_SIGNING_SECRET_MIN_CHARS: Final = 22


class CannotStart(Exception):
    """``str`` says why, in one line."""


def settings_error(error: ValidationError) -> str:
    """One line about the first wrong setting of the environment."""
    first = error.errors(include_url=False)[0]
    name = f"TURNOUT_{'_'.join(map(str, first['loc']))}".upper()
    value = "" if name == "TURNOUT_VALKEY" else f" ({first['input']!r})"  # an address may hold a password
    return f"{name} is not valid{value}: {message(first)}"


def read_secret(file: Path) -> str:
    """The content of ``file``. Raises CannotStart if it cannot be read or is empty."""
    try:
        found = file.read_text().strip()
    except OSError as error:
        raise CannotStart(f"the secret {file} cannot be read: {error.strerror}") from error
    if not found:
        raise CannotStart(f"the secret {file} is empty")
    return found


def read_signing_secret(file: Path) -> str:
    """The secret in ``file`` that signs sessions. Raises CannotStart if it is too short to withstand guessing."""
    found = read_secret(file)
    if len(found) < _SIGNING_SECRET_MIN_CHARS:
        raise CannotStart(
            f"the secret {file} is too short: it needs {_SIGNING_SECRET_MIN_CHARS} characters, 128 bits in base64; "
            "`openssl rand -base64 32` makes one"
        )
    return found


async def wait_for_valkey(url: str, use: Callable[[Redis], Awaitable[object]], patience_s: float = _PATIENCE_S) -> None:
    """Tries ``use`` on the server until it succeeds.

    Raises:
        CannotStart: the server cannot be reached for ``patience_s`` (not counting the time in which it loads its
            data), or refuses ``use``.
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
                raise CannotStart(f"Valkey at {_address(url)} refuses access: {error}") from error
            except RedisError as error:
                if loop.time() >= deadline_s:
                    loop.set_exception_handler(
                        lambda *_: None
                    )  # a name look-up that is still pending would log a second line
                    raise CannotStart(f"Valkey at {_address(url)} cannot be reached: {error}") from error
            else:
                return
            await asyncio.sleep(_RETRY_S)


def _address(url: str) -> str:
    """The server's address, without the password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
