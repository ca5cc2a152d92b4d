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

_PR_SET_PDEATHSIG: Final = 1  # prctl(2): no process survives its run
_STOP_S: Final = 15.0


def free_port(address: str = "127.0.0.1") -> int:
    """Returns a port of ``address`` that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """A process that can be started again after its end.

    Attributes:
        name: name in the history.
        starts: number of starts so far.
    """

    def __init__(self, name: str, arguments: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.starts = 0
        self.is_paused = False
        self._arguments = arguments
        self._log = log
        self._env = {**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"}
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        """Its number. Raises ValueError before the first start."""
        if self._popen is None:
            raise ValueError(f"{self.name} was not started")
        return self._popen.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._popen = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                start_new_session=True,
                restore_signals=False,  # keep SIGXFSZ ignored: write(2) fails at the size limit, as on a full disk
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one prctl, no lock
            )
        self.starts += 1

    def send(self, number: int) -> None:
        """Sends a signal to the process if it runs."""
        if self._popen is not None and self.is_running:
            self._popen.send_signal(number)
            self.is_paused = number == signal.SIGSTOP

    def limit(self, kind: int, limit: int) -> None:
        """Sets a resource limit (prlimit(2)) of the process if it runs."""
        if self._popen is not None and self.is_running:
            _, hard = resource.prlimit(self._popen.pid, kind)
            resource.prlimit(self._popen.pid, kind, (limit, hard))

    async def kill(self) -> None:
        """Sends SIGKILL and waits for the end."""
        self.send(signal.SIGKILL)
        await self._wait_for_end()

    async def stop(self) -> bool:
        """Sends SIGTERM and waits for the end. Returns False if the process had to be killed."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_S):
                await self._wait_for_end()
        except TimeoutError:
            await self.kill()
            return False
        return True

    async def _wait_for_end(self) -> None:
        while self.is_running:  # noqa: ASYNC110 - another process has no event to wait for
            await asyncio.sleep(0.005)

    def log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
