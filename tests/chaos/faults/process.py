"""A process that faults can kill, pause or limit."""

import asyncio
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2): nothing of a run outlives it
_STOP_S: Final = 15.0


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """
    Attributes:
        name: for the history.
        starts: counts the processes that there were under this name.
    """

    def __init__(self, name: str, arguments: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.starts = 0
        self.paused = False
        self._arguments = arguments
        self._log = log
        self._env = {**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"}
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._popen = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                start_new_session=True,
                restore_signals=False,  # a file at its limit (``limit``) is an error of the write, as on a full disk
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one prctl, no lock
            )
        self.starts += 1

    def send(self, number: int) -> None:
        """Sends a signal to this very process, if it is still there."""
        if self._popen is not None and self.running:
            self._popen.send_signal(number)
            self.paused = number == signal.SIGSTOP

    def limit(self, what: int, most: int) -> None:
        """Sets a resource limit (prlimit(2)) of this very process, if it is still there."""
        if self._popen is not None and self.running:
            _, hard = resource.prlimit(self._popen.pid, what)
            resource.prlimit(self._popen.pid, what, (most, hard))

    async def kill(self) -> None:
        """As by ``kill -9``."""
        self.send(signal.SIGKILL)
        await self._gone()

    async def stop(self) -> bool:
        """As by an operator; False when it did not stop in time and had to be killed."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_S):
                await self._gone()
        except TimeoutError:
            await self.kill()
            return False
        return True

    async def _gone(self) -> None:
        while self.running:  # noqa: ASYNC110 - another process has no event to wait for
            await asyncio.sleep(0.005)

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
