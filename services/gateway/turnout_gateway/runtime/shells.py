"""Sources of the shell of the pages: a file, or the edge that serves the assets to which it refers."""

import asyncio
import logging
import os
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from turnout_gateway.pages.shell import NoShell, Shell

VERSION_HEADER: Final = "turnout-index"
"""The edge names its ``index.html`` by it, in its answer and in each request for a page that it passes on."""

_FRESH_S: Final = 2.0  # without that header, a shell is asked for again after this time
_RETRY_S: Final = 0.25
_TIMEOUT_S: Final = 1.0  # the edge serves its own page instead
_MAX_BYTES: Final = 256 * 1024

log = logging.getLogger("turnout.gateway.pages")


class ShellSource(Protocol):
    """Gives the shell that fits the assets of the site."""

    async def find(self, version: str | None) -> Shell | None:
        """The shell of this version, or the present one for None; None if there is none at the moment."""
        ...


class FileShell:
    """The shell in a file, read again when that changes.

    Args:
        base_path: below which a proxy serves everything.
    """

    def __init__(self, path: Path, base_path: str = "") -> None:
        self._path = path
        self._base_path = base_path
        self._stamp: tuple[int, int] | None = None
        self._shell: Shell | None = None

    async def find(self, version: str | None) -> Shell | None:  # noqa: ARG002 - the port: there is one version
        stamp = self._stat()
        if stamp != self._stamp:
            self._stamp = stamp
            self._shell = self._read(str(stamp)) if stamp is not None else None
        return self._shell

    def _stat(self) -> tuple[int, int] | None:
        try:
            stat = os.stat(self._path)  # noqa: PTH116 - microseconds, for each page
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size

    def _read(self, version: str) -> Shell | None:
        try:
            return Shell(self._path.read_text(), self._base_path, version)
        except (OSError, UnicodeError, NoShell) as error:
            log.warning("pages are served as they are built: %s: %s", self._path, error)
            return None


class EdgeShell:
    """The shell that the edge serves, fetched when a request names another version.

    So pages fit the assets of the edge during an upgrade, too, whichever of both is replaced first.

    Args:
        url: of its ``index.html``.
        clock: monotonic time in seconds.
    """

    def __init__(self, url: str, base_path: str, clock: Callable[[], float]) -> None:
        self._url = url
        self._base_path = base_path
        self._clock = clock
        self._shell: Shell | None = None
        self._fetched_at_s = 0.0
        self._retry_at_s = 0.0  # after an answer that did not fit
        self._lock = asyncio.Lock()

    async def find(self, version: str | None) -> Shell | None:
        if not self._fits(version):
            async with self._lock:
                if not self._fits(version) and self._clock() >= self._retry_at_s:
                    await self._fetch()
                    if not self._fits(version):
                        self._retry_at_s = self._clock() + _RETRY_S
        shell = self._shell
        return shell if shell is not None and version in (None, shell.version) else None

    def _fits(self, version: str | None) -> bool:
        if self._shell is None:
            return False
        if version is None:
            return self._clock() - self._fetched_at_s < _FRESH_S
        return version == self._shell.version

    async def _fetch(self) -> None:
        try:
            text, version = await asyncio.to_thread(_get, self._url)
            if self._shell is None or self._shell.version != version or not version:
                self._shell = Shell(text, self._base_path, version)
        except (OSError, UnicodeError, NoShell) as error:
            log.warning("the edge serves pages as they are built: %s: %s", self._url, error)
            self._shell = None
        self._fetched_at_s = self._clock()


def _get(url: str) -> tuple[str, str]:
    """The text at ``url`` and its version. Raises OSError and UnicodeError."""
    opener = build_opener(ProxyHandler({}))  # the edge is a neighbour: no proxy of the machine leads to it
    with opener.open(url, timeout=_TIMEOUT_S) as answer:
        if answer.status != HTTPStatus.OK:
            raise URLError(f"status {answer.status}")
        return answer.read(_MAX_BYTES).decode(), answer.headers.get(VERSION_HEADER, "")
