"""Removes the files of a rewrite that was killed. They would keep deleted text, and space on a full disk."""

import contextlib
from pathlib import Path
from typing import Final

_PATTERNS: Final = ("temp-*.aof", "temp-*.rdb")  # the names that Valkey writes to before it renames the file


def remove_leftovers(folder: Path) -> None:
    """Removes the unfinished files in ``folder``, which no server may use meanwhile. Other files are not touched."""
    for pattern in _PATTERNS:
        for path in folder.glob(pattern):
            with contextlib.suppress(OSError):  # the server can start beside it
                path.unlink()
