"""Start-up checks. Each failure is a CannotStart with a one-line message."""

import asyncio
import logging
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

WAIT_S: Final = 5.0  # enough for a restart of the server; after that a supervisor may start this process again
_RETRY_S: Final = 0.2
_SIGNING_SECRET_MIN_CHARS: Final = 22
_HAS_PASSWORD: Final = ("TURNOUT_VALKEY", "TURNOUT_SMTP")  # URLs that may contain one, allowed or not


log = logging.getLogger("turnout.startup")


class CannotStart(Exception):
    """The service cannot start. The message gives the reason in one line."""


def settings_error(error: ValidationError) -> str:
    """One line about the first wrong setting of the environment."""
    first = error.errors(include_url=False)[0]
    name = f"TURNOUT_{'_'.join(map(str, first['loc']))}".upper()
    value = "" if name in _HAS_PASSWORD else f" ({first['input']!r})"
    return f"{name} is not valid{value}: {message(first)}"


def read_secret(file: Path) -> str:
    """The content of ``file``. Raises CannotStart if it cannot be read or is empty."""
    try:
        secret = file.read_text().strip()
    except OSError as error:
        raise CannotStart(f"the secret {file} cannot be read: {error.strerror}") from error
    if not secret:
        raise CannotStart(f"the secret {file} is empty")
    return secret


def read_signing_secret(file: Path) -> str:
    """The secret in ``file`` that signs sessions. Raises CannotStart if it is too short to withstand guessing."""
    secret = read_secret(file)
    if len(secret) < _SIGNING_SECRET_MIN_CHARS:
        raise CannotStart(
            f"the secret {file} is too short: it needs {_SIGNING_SECRET_MIN_CHARS} characters, 128 bits in base64; "
            "`openssl rand -base64 32` makes one"
        )
    return secret


async def wait_for_valkey(url: str, use: Callable[[Redis], Awaitable[object]], timeout_s: float = WAIT_S) -> None:
    """Tries ``use`` on the server until it succeeds. Logs once that it waits.

    Raises:
        CannotStart: the server is unreachable for ``timeout_s``, not counting the time in which it loads its
            data; or it refuses ``use``.
    """
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + timeout_s
    is_reported = False
    async with connect(url) as valkey:
        while True:
            try:
                await use(valkey)
            except BusyLoadingError:
                deadline_s = loop.time() + timeout_s
            except (AuthenticationError, AuthorizationError, ResponseError) as error:
                raise CannotStart(f"Valkey at {_address(url)} refuses access: {error}") from error
            except RedisError as error:
                if loop.time() >= deadline_s:
                    loop.set_exception_handler(lambda *_: None)  # a pending name look-up would log a second line
                    raise CannotStart(f"Valkey at {_address(url)} cannot be reached: {error}") from error
            else:
                return
            if not is_reported:
                log.warning("waiting for Valkey at %s, for at most %g s", _address(url), timeout_s)
                is_reported = True
            await asyncio.sleep(_RETRY_S)


def _address(url: str) -> str:
    """The servers' addresses, without the password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else parts.netloc.rpartition("@")[2] or "127.0.0.1:6379"
