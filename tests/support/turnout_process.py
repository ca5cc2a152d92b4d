"""The product as a user runs it: the `turnout` command in a process of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

START_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.05


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Product:
    """`turnout up` on a port and a data folder.

    Attributes:
        url: where it serves.
        log: what it printed.
    """

    def __init__(self, data: Path, port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, *arguments: str) -> None:
        """Starts it, and waits for nothing."""
        if self._process is not None:
            self._process.wait()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "turnout", "up", "--port", str(self.port), "--data", str(self.data), *arguments],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def start(self, *arguments: str) -> "Product":
        """Starts it, and waits until it is fit to serve. Raises RuntimeError, with what it printed, when it ends."""
        self.launch(*arguments)
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise RuntimeError(f"turnout up did not start: {self.log.read_text()}")
            time.sleep(_LOOK_EVERY_S)  # between two looks at a process that has no other way to tell
        return self

    def ready(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def stop(self, how: int = signal.SIGTERM, timeout_s: float = 30) -> int:
        """Ends it with a signal; gives its exit status."""
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(timeout_s)

    def _end(self) -> None:
        if self.running:
            self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def end(self) -> None:
        """Stops it if it runs."""
        if self.running:
            self.stop()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None


@contextlib.contextmanager
def product(data: Path, *arguments: str) -> Iterator[Product]:
    """A running product, stopped on the way out."""
    it = Product(data).start(*arguments)
    try:
        yield it
    finally:
        it.end()
