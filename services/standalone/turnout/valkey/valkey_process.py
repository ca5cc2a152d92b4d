"""The process of the embedded Valkey: its settings, its end with ours, and the last words of its log."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from turnout.valkey.private_files import UMASK
from turnout_core.runtime.parent import end_with_parent

_LAST_WORDS_BYTES: Final = 4096
_LINE: Final = re.compile(r"\d+:\w \d+ \w+ \d+ [\d:.]+ (\S) (.*)")  # "27144:M 25 Nov 2026 00:46:29.200 # …"
_COMPLAINT: Final = "#"  # Valkey's mark of a warning


def spawn(binary: Path, folder: Path, socket: Path) -> subprocess.Popen[bytes]:
    """Starts ``binary`` with its files in ``folder``. It ends when this process does, or the thread that called."""
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
        [binary, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        umask=UMASK,
        start_new_session=True,  # Ctrl-C is for us: Valkey stops after the services did
        # Valkey stops cleanly on SIGTERM.
        preexec_fn=partial(end_with_parent, signal.SIGTERM, os.getpid()),  # noqa: PLW1509 - one prctl between fork and exec, no lock is taken
    )


def last_words(log: Path) -> str:
    """The last line of its log, without the time; "" where there is none."""
    return next((words for _, words in _lines(log, 0)), "")


def last_complaint(log: Path, since: int) -> str:
    """The last line behind the byte ``since`` that is a warning, or worse."""
    return next((words for mark, words in _lines(log, since) if mark == _COMPLAINT), "")


def _lines(log: Path, since: int) -> Iterator[tuple[str, str]]:
    """Mark and words of each line, the last one first; some of Valkey's lines have no mark, and some are blank."""
    if not log.exists():
        return
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - _LAST_WORDS_BYTES))
        lines = file.read().decode(errors="replace").split("\n")
    for line in reversed(lines):
        if found := _LINE.fullmatch(line.strip()):
            yield found[1], found[2]
        elif line.strip():
            yield "", line.strip()
