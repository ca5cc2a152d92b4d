"""Keeps the data folder private: other users of the machine could sign sessions with the secret in it."""

import os
import stat
from pathlib import Path
from typing import IO, Final

UMASK: Final = 0o077  # for the processes that write into the folder
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_FILES: Final = ("lock", "valkey.log", "*.rdb", "appendonlydir", "appendonlydir/*")  # those that Valkey and we write


def make_private(folder: Path) -> None:
    """Makes ``folder`` if it is not there, and takes the permissions of others off it and off the files that are ours.

    Other files in the folder are not touched. Raises OSError: the folder cannot be made or belongs to another user.
    """
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    _restrict(folder, _FOLDER_MODE)
    for pattern in _FILES:
        for path in folder.glob(pattern):
            if not path.is_symlink():
                _restrict(path, _FOLDER_MODE if path.is_dir() else _FILE_MODE)


def open_private(path: Path) -> IO[str]:
    """Opens ``path`` to write; a new file belongs to its owner alone."""
    return open(path, "w", opener=lambda name, flags: os.open(name, flags, _FILE_MODE))


def _restrict(path: Path, mode: int) -> None:
    if stat.S_IMODE(path.stat().st_mode) & UMASK:
        os.chmod(path, mode)  # noqa: PTH101 - its error names the path
