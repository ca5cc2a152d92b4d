"""Runs `turnout up` in a process of its own, as a user does."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

START_TIMEOUT_S = 60.0
_POLL_INTERVAL_S = 0.05


def free_port() -> int:
    """Returns a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class TurnoutProcess:
    """A process of `turnout up` with a port and a data folder. It can be started again after its end.

    Attributes:
        url: address of the product.
        log: file with the output of the process.
        open_files: the hard limit of open files of the process; None for that of the tests.
    """

    def __init__(
        self,
        data: Path,
        port: int | None = None,
        *,
        env: Mapping[str, str] | None = None,
        open_files: int | None = None,
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self._env = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "TURNOUT_EVENTS_PER_PERSON": "0",  # in many tests one organizer stands for all
            **(env or {}),
        }
        self.open_files = open_files
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, *arguments: str) -> None:
        """Starts the process and returns at once."""
        if self._process is not None:
            self._process.wait()
        limited = [] if self.open_files is None else ["prlimit", f"--nofile={self.open_files}:{self.open_files}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *limited,
                    sys.executable,
                    "-m",
                    "turnout",
                    "up",
                    "--port",
                    str(self.port),
                    "--data",
                    str(self.data),
                    *arguments,
                ],
                stdout=log,
                stderr=log,
                env=self._env,
            )

    def start(self, *arguments: str) -> "TurnoutProcess":
        """Starts the process and waits until it is ready. Raises RuntimeError with its output if it ends before."""
        self.launch(*arguments)
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise RuntimeError(f"turnout up did not start: {self.log.read_text()}")
            time.sleep(_POLL_INTERVAL_S)  # /readyz can only be polled
        return self

    def is_ready(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def stop(self, signal_number: int = signal.SIGTERM, timeout_s: float = 30) -> int:
        """Sends a signal and waits for the end. Returns the exit status."""
        assert self._process is not None
        self._process.send_signal(signal_number)
        return self._process.wait(timeout_s)

    def wait(self, timeout_s: float = 30) -> int:
        """Waits for the end. Returns the exit status."""
        assert self._process is not None
        return self._process.wait(timeout_s)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def end(self) -> None:
        """Stops the process if it runs."""
        if self.is_running:
            self.stop()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


@contextlib.contextmanager
def running_turnout(
    data: Path, *arguments: str, env: Mapping[str, str] | None = None, open_files: int | None = None
) -> Iterator[TurnoutProcess]:
    """Runs `turnout up` for the duration of the block."""
    turnout = TurnoutProcess(data, env=env, open_files=open_files).start(*arguments)
    try:
        yield turnout
    finally:
        turnout.end()
