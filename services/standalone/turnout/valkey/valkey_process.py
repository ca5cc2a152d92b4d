"""The process of the embedded Valkey: its options, its start, and the last lines of its log."""

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

_LOG_TAIL_BYTES: Final = 4096
_LINE: Final = re.compile(r"\d+:\w \d+ \w+ \d+ [\d:.]+ (\S) (.*)")  # "27144:M 25 Nov 2026 00:46:29.200 # …"
_WARNING_MARK: Final = "#"  # Valkey's log level "warning"


def spawn(binary: Path, folder: Path, socket: Path, memory: str) -> subprocess.Popen[bytes]:
    """Starts ``binary`` with its files in ``folder``. It ends with this process, or with the calling thread.

    ``memory`` is the limit of its memory, as Valkey writes it, such as ``512mb``; ``0`` for none.
    """
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
        # The lease alone adds about 30 MB a day. Without it Valkey would rewrite the file from 64 MB on.
        "auto-aof-rewrite-min-size": "16mb",
        "maxmemory": memory,
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return subprocess.Popen(  # noqa: S603 - no argument comes from outside
        [binary, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        umask=UMASK,
        start_new_session=True,  # Ctrl-C must not reach Valkey, which stops after the services
        # Valkey stops cleanly on SIGTERM.
        preexec_fn=partial(end_with_parent, signal.SIGTERM, os.getpid()),  # noqa: PLW1509 - one prctl between fork and exec, no lock is taken
    )


def last_line(log: Path) -> str:
    """Returns the last line of the log, without the time; "" if there is none."""
    return next((words for _, words in _lines(log, 0)), "")


def last_warning(log: Path, since: int) -> str:
    """Returns the last warning after the byte ``since``; "" if there is none."""
    return next((words for mark, words in _lines(log, since) if mark == _WARNING_MARK), "")


def _lines(log: Path, since: int) -> Iterator[tuple[str, str]]:
    """Yields level mark ("" for a line without one) and text of each line, last first. Skips blank lines."""
    if not log.exists():
        return
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - _LOG_TAIL_BYTES))
        lines = file.read().decode(errors="replace").split("\n")
    for line in reversed(lines):
        if found := _LINE.fullmatch(line.strip()):
            yield found[1], found[2]
        elif line.strip():
            yield "", line.strip()
